"""`python -m vimd_core` is `vimd`: for `torchrun -m`, and where the environment's scripts are not on the path."""

from __future__ import annotations

import sys

from vimd_core.cli import main

if __name__ == "__main__":
    sys.exit(main())
