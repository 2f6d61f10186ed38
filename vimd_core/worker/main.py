"""Main function of the child process, from start-up to shut-down."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Final

from vimd_core.errors import WorkerError
from vimd_core.processes.channel import Channel, take_over_standard_streams
from vimd_core.processes.child_process import ATTACHED, EXIT_BAD_REQUEST, EXIT_PARENT_GONE
from vimd_core.processes.heartbeat import end_with_parent
from vimd_core.processes.protocol import HEARTBEAT_INTERVAL_S
from vimd_core.processes.runtime import free_threads, prepare_process, yield_to_windows
from vimd_core.worker.conversation import FROM_WINDOW
from vimd_core.worker.messages import Cancel, Failed, Heartbeat, Shutdown, WindowRequest
from vimd_core.worker.requests import RequestQueue

SHUTDOWN_GRACE_S: Final = 0.5


def main() -> int:
    """Do what the arguments of the process say: `train FOLDER` trains there (with `attached` behind it no longer than
    its parent lives), `stream` reads a source, `index` finds and reads files, none answer requests.

    Returns:
        The exit code.
    """
    match sys.argv[1:]:
        case ["train", folder, *how] if how in ([], [ATTACHED]):
            if how:
                end_with_parent(0)
            prepare_process()
            from vimd_core.worker.training import train_in_folder

            return train_in_folder(Path(folder))
        case ["stream"]:
            from vimd_core.streaming.child import main as read_source

            return read_source()
        case ["index"]:
            from vimd_core.worker.indexing import main as read_files

            return read_files()
        case _:
            return _answer()


def _answer() -> int:
    """Answer requests on the standard streams until `shutdown` comes or the window's process is gone.

    Heartbeats and the reader start before torch is imported, which takes a second and more, so that the
    window sees at once that its child lives and can end it at any time.

    Returns:
        The exit code: 0 after `shutdown`.
    """
    if sys.stderr is not None:
        faulthandler.enable(file=sys.stderr)
    with contextlib.suppress(ValueError):
        # Ctrl+C in a terminal reaches the whole process group; it is the window that decides when to end.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel = take_over_standard_streams(on_lost=lambda: os._exit(EXIT_PARENT_GONE))
    queue, ended = RequestQueue(), threading.Event()
    threading.Thread(target=_beat, args=(channel, ended), name="vimd-heartbeat", daemon=True).start()
    threading.Thread(target=_listen, args=(channel, queue, ended), name="vimd-reader", daemon=True).start()
    yield_to_windows()
    prepare_process()
    threads = free_threads()
    # Read by OpenMP when torch is loaded; without it each library would make a pool for all cores.
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))

    import torch

    torch.set_num_threads(threads)
    from vimd_core.worker.services import RequestServer

    RequestServer(queue, channel.send).run_until_closed()
    ended.set()
    return 0


def _beat(channel: Channel, ended: threading.Event) -> None:
    while True:
        channel.send(Heartbeat())
        if ended.wait(HEARTBEAT_INTERVAL_S / 2):
            return


def _listen(channel: Channel, queue: RequestQueue, ended: threading.Event) -> None:
    try:
        for frame in channel.receive():
            try:
                message = FROM_WINDOW.decode(frame.body)
            except WorkerError as e:
                channel.send(Failed(type(e).__name__, e.sentence), frame.request_id)
                continue
            match message:
                case Cancel():
                    queue.cancel(frame.request_id)
                case Shutdown():
                    queue.close()
                    ended.wait(SHUTDOWN_GRACE_S)
                    # Whether in the middle of something long or not: nothing here is worth keeping, and to
                    # unload torch takes seconds where the computer is busy.
                    os._exit(0)
                case WindowRequest():
                    queue.put(message, frame.request_id)
    except WorkerError as e:
        sys.stderr.write(f"{e}\n")
        sys.stderr.flush()
        os._exit(EXIT_BAD_REQUEST)
    os._exit(EXIT_PARENT_GONE)
