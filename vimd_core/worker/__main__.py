"""`python -m vimd_core.worker`: the child process of the window."""

import sys

from vimd_core.worker.main import main

if __name__ == "__main__":
    sys.exit(main())
