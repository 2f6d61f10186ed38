"""What `vimd` of the packaged app runs: the command line, or with `child` a child process of the window."""

import multiprocessing
import sys

from own_libraries import leave_libraries_to_others

from vimd_core.processes.child_process import CHILD_ARGUMENT


def main() -> int:
    """Be one of the two."""
    multiprocessing.freeze_support()
    leave_libraries_to_others()
    if sys.argv[1:2] == [CHILD_ARGUMENT]:
        del sys.argv[1]
        from vimd_core.worker.main import main as be_child

        return be_child()
    from vimd_core.__main__ import run as run_command

    return run_command()


if __name__ == "__main__":
    sys.exit(main())
