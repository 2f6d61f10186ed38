"""`python -m vimd_core.streaming`: the child process that reads one source."""

import sys

from vimd_core.streaming.child import main

if __name__ == "__main__":
    sys.exit(main())
