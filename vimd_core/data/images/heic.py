"""HEIC plug-in for Pillow, loaded when the first such file comes. Torch-free."""

from __future__ import annotations

import functools


@functools.cache
def register_heic() -> bool:
    """Make HEIC known to Pillow; its decoder is loaded for those who have such files alone.

    Returns:
        Whether it can be read here.
    """
    try:
        from pi_heif import register_heif_opener
    except ImportError:
        return False
    register_heif_opener(thumbnails=False)
    return True
