"""`python -m vimd_core.worker`: the child processes of the window.

Without arguments it answers the window's requests; with `train FOLDER` it trains, whatever becomes of the window; with
`stream` it reads one source of captures.
"""

import sys
from pathlib import Path


def main() -> int:
    """Be one of the three."""
    if sys.argv[1:] == ["stream"]:
        # Neither torch nor the settings of its threads are needed there.
        from vimd_core.streaming.child import main as read_source

        return read_source()
    if len(sys.argv) == 3 and sys.argv[1] == "train":
        from vimd_core.runtime import prepare_process

        prepare_process()
        from vimd_core.worker.training import train_in_folder

        return train_in_folder(Path(sys.argv[2]))
    from vimd_core.worker.main import main as classify

    return classify()


if __name__ == "__main__":
    sys.exit(main())
