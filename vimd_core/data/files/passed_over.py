"""Ignored files and folders: those of systems, storage devices and file managers, never captures. Torch-free."""

from __future__ import annotations

from typing import Final

_NAMES: Final = frozenset(
    {
        # Windows
        "$recycle.bin",
        "recycler",
        "recycled",
        "system volume information",
        "$winreagent",
        "thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        # macOS, and what it leaves on the disks and in the archives of others; the rest begins with a dot
        "__macosx",
        "network trash folder",
        "temporary items",
        # Linux and Android
        "lost+found",
        "lost.dir",
        # Synology and QNAP storage: indexes with thumbnails, bins, snapshots
        "@eadir",
        "#recycle",
        "#snapshot",
        "@tmp",
        "@recycle",
        "@recently-snapshot",
        "@__thumb",
    }
)


def is_passed_over(name: str) -> bool:
    """Whether a file or folder of that name is left out of what is found in a folder.

    That is so for hidden ones (which begin with a dot: `.Trashes`, `.thumbnails`, `.@__thumb`, AppleDouble's `._name`)
    and for recycle bins, thumbnails and indexes that systems make.
    """
    return name.startswith(".") or name.casefold() in _NAMES
