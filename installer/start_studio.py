"""What `vimd-studio` of the packaged app runs."""

import sys

from own_libraries import leave_libraries_to_others

from app.__main__ import run

if __name__ == "__main__":
    leave_libraries_to_others()
    sys.exit(run())
