"""Losses: what a training step minimises.

Another loss: its formula goes into `loss_functions`, its weight into `objectives.LossConfig`, and the objective of the
network that learns by it (`objectives`) returns it as one more named term; the run loop adds up and reports all terms.
"""
