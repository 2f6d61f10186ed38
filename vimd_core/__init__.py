"""Super-resolution and Vision Mamba for low-resolution captures: the library behind ViMD Studio.

Importing this package loads neither torch nor Qt; the modules that need torch import it themselves.
"""

__version__ = "0.1.0"
