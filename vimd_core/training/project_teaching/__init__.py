"""The project's teacher in a training: the captures that it sees, their features, and its soft answers on them.

The teacher itself is in `vimd_core.suggestions`, and how its answers are weighted among the losses in
`training.losses`.
"""
