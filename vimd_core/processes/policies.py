"""Supervision policies of all child processes: start-up, silence and stop times (watchdog), restarts. Torch-free."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from vimd_core.processes.backoff import Delays
from vimd_core.processes.supervision import SupervisionPolicy

# Between attempts to open a source, and before its child process is restarted. Short: a camera is one machine in the
# same building, and its picture has to be back within 5 s of its return.
RECONNECT_DELAYS: Final = Delays(first_s=0.25, longest_s=1.6)

CLASSIFIER_POLICY: Final = SupervisionPolicy(
    start_s=120.0,  # until it is ready; a first import of torch from a slow disk is long
    silence_s=15.0,
    stop_s=1.5,  # it gives itself half a second, and holds nothing that a kill could spoil
    deaths=8,
)
# The same child without a window: what a command asks of it is asked once.
COMMAND_POLICY: Final = replace(CLASSIFIER_POLICY, deaths=1)
SOURCE_POLICY: Final = SupervisionPolicy(
    start_s=60.0,  # until the first heartbeat; a first import from a slow disk is long
    silence_s=10.0,
    stop_s=2.0,
    deaths=None,
    steady_s=30.0,
    delays=RECONNECT_DELAYS,
)
# It may be silent for as long as a network drive is, and holds nothing that a kill could spoil.
INDEXER_POLICY: Final = SupervisionPolicy(stop_s=0.0)
# Nobody looks on: it may take long, and ends when its one answer is there.
GROUPING_POLICY: Final = SupervisionPolicy(silence_s=60.0, stop_s=1.5)
# It outlives the window, saves before it ends, however long that takes, and its own workers end with it.
TRAINING_POLICY: Final = SupervisionPolicy(stop_s=None, leads_group=True, detached=True)
# Whoever measures waits for the result, and nothing of it is kept.
MEASURING_POLICY: Final = SupervisionPolicy(stop_s=30.0, leads_group=True)
