"""Retraining of a project's model: what to learn from, the folder and process of a run, curves, the forecast. No Qt.

How labels are split and what an effort means is decided in `vimd_core.training.retraining`; whether the new model is
better, by the gate in `vimd_core.evaluation.gate`.
"""
