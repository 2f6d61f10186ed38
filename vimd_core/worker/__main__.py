"""`python -m vimd_core.worker`: the child processes of the window.

Without arguments it answers the window's requests; with `train FOLDER` it trains, whatever becomes of the window.
"""

import sys

from vimd_core.worker.main import main

if __name__ == "__main__":
    sys.exit(main())
