"""Run inside a name space of its own: saves onto a file system that is full, and gets free only later.

Usage: full_disk.py FOLDER
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from vimd_core.streaming.sightings.saving import patiently, save_sighting
from vimd_core.streaming.sightings.sightings import Look


def main(folder: Path) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], check=True)
    ballast = folder / "ballast"
    ballast.write_bytes(bytes(44 * 1024))
    image = np.random.default_rng(0).integers(
        0, 255, (90, 90, 3), dtype=np.uint8
    )  # 24 kB, which do not shrink
    look = Look(image, 1, 0.0, 1_700_000_000_000, 0, (0, 0, 90, 90))
    waits = 0

    def wait(_seconds: float) -> None:
        nonlocal waits
        waits += 1
        files = [path for path in folder.rglob("*") if path.is_file() and path != ballast]
        assert files == [], f"something was left half-written: {files}"
        if waits == 3:
            ballast.unlink()

    saved = patiently(
        lambda: save_sighting(folder, "", look, None), on_trouble=print, must_stop=lambda: False, wait=wait
    )
    assert waits == 3 and saved is not None
    with Image.open(saved.path) as opened:
        assert np.array_equal(np.asarray(opened), image)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
