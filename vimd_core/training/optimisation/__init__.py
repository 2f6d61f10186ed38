"""Optimisation: learning rate, parameter groups, weight averaging, mixed precision, frozen layers.

Another learning-rate schedule is a class in `learning_rate`; `classifier_task` and `super_resolution` choose it.
"""
