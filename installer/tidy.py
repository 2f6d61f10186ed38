"""Makes the built folder as small as it can be, and says what it needs of a machine. Linux only.

Usage: python installer/tidy.py FOLDER
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

import contents

_NEEDED: Final = re.compile(r"\(NEEDED\).*\[(.+)\]")
_ELF: Final = b"\x7fELF"


def main() -> int:
    """Entry point; returns the exit code."""
    folder = Path(sys.argv[1])
    libraries = folder / "_internal"
    for path in remove_unneeded(folder):
        print(f"left out, since nothing is linked to it: {path.name}")
    saved = sum(strip(path) for pattern in contents.STRIPPED for path in libraries.glob(pattern))
    print(f"names for debuggers taken out: {saved / 1e6:.0f} MB")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    print(f"size: {size / 1e6:.0f} MB")
    return 0


def needed(path: Path) -> list[str]:
    """Libraries that a library or an executable is linked to, by their names."""
    text = subprocess.run(["readelf", "-d", path], capture_output=True, text=True, check=False).stdout
    return _NEEDED.findall(text)


def elf_files(folder: Path) -> Iterator[Path]:
    """Every library and executable in a folder, once each."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == _ELF:
                    yield path


def remove_unneeded(folder: Path) -> list[Path]:
    """Take out what only something that was left out is linked to.

    PyInstaller gathers libraries of libraries before it knows what is left out.
    """
    removed: list[Path] = []
    while True:
        wanted = {name for path in elf_files(folder) for name in needed(path)}
        unneeded = [
            path
            for path in (folder / "_internal").glob("lib*.so*")
            if path.name not in wanted
            and not any(fnmatch(path.name, pattern) for pattern in contents.LOADED_BY_NAME)
        ]
        if not unneeded:
            return removed
        for path in unneeded:
            path.unlink()
        removed += unneeded


def strip(path: Path) -> int:
    """Take names that only debuggers read out of a library; returns by how many bytes it has become smaller."""
    if path.is_symlink() or not path.is_file():
        return 0
    before = path.stat().st_size
    subprocess.run(["strip", "--strip-unneeded", path], check=True)
    return before - path.stat().st_size


def missing(folder: Path) -> dict[str, str]:
    """What the folder's files are linked to and it doesn't hold: the library's name, and one file that needs it."""
    held = {path.name for path in folder.rglob("*.so*")}
    return {name: path.name for path in elf_files(folder) for name in needed(path) if name not in held}


if __name__ == "__main__":
    sys.exit(main())
