"""`python -m vimd_core.worker`: the child processes of the window.

Without arguments it answers the window's requests; with `train FOLDER` it trains, whatever becomes of the window.
"""

import sys
from pathlib import Path

from vimd_core.runtime import prepare_process

if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "train":
        prepare_process()
        from vimd_core.worker.training import train_in_folder

        sys.exit(train_in_folder(Path(sys.argv[2])))
    from vimd_core.worker.main import main

    sys.exit(main())
