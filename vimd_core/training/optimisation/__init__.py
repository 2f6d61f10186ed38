"""How weights change: learning rate, parameter groups, weight averaging, number format, frozen layers.

Another learning-rate schedule is a class in `learning_rate`; `classifier_task` and `super_resolution` choose it.
"""
