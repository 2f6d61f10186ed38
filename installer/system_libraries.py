"""Finds, and as root on a Debian-like machine installs, the system libraries that the installed wheels lack.

Wheels bring most of what they link to, but not what belongs to a machine's graphics and fonts. What is
missing is asked of the dynamic linker, so that nothing is installed on a guess.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# Files whose links tell what is needed, below site-packages; `{platform}` is Qt's platform plugin.
LINKED_FILES = (
    "PySide6/QtWidgets.abi3.so",
    "PySide6/Qt/plugins/platforms/libq{platform}.so",
    "cv2/cv2*.so",
    "numba/np/ufunc/omppool*.so",
)
# Library (without its version) -> Debian package that has it.
DEBIAN_PACKAGES = {
    "libEGL.so": "libegl1",
    "libGL.so": "libgl1",
    "libGLX.so": "libglx0",
    "libOpenGL.so": "libopengl0",
    "libX11-xcb.so": "libx11-xcb1",
    "libX11.so": "libx11-6",
    "libdbus-1.so": "libdbus-1-3",
    "libfontconfig.so": "libfontconfig1",
    "libfreetype.so": "libfreetype6",
    "libglib-2.0.so": "libglib2.0-0",
    "libgomp.so": "libgomp1",
    "libgthread-2.0.so": "libglib2.0-0",
    "libwayland-client.so": "libwayland-client0",
    "libwayland-cursor.so": "libwayland-cursor0",
    "libwayland-egl.so": "libwayland-egl1",
    "libxcb-cursor.so": "libxcb-cursor0",
    "libxcb-icccm.so": "libxcb-icccm4",
    "libxcb-image.so": "libxcb-image0",
    "libxcb-keysyms.so": "libxcb-keysyms1",
    "libxcb-randr.so": "libxcb-randr0",
    "libxcb-render-util.so": "libxcb-render-util0",
    "libxcb-render.so": "libxcb-render0",
    "libxcb-shape.so": "libxcb-shape0",
    "libxcb-shm.so": "libxcb-shm0",
    "libxcb-sync.so": "libxcb-sync1",
    "libxcb-util.so": "libxcb-util1",
    "libxcb-xfixes.so": "libxcb-xfixes0",
    "libxcb-xkb.so": "libxcb-xkb1",
    "libxcb.so": "libxcb1",
    "libxkbcommon-x11.so": "libxkbcommon-x11-0",
    "libxkbcommon.so": "libxkbcommon0",
    "libz.so": "zlib1g",
}


def say(text: str) -> None:
    """Tell the user what is going on, on stderr."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def qt_platform() -> str:
    """The name of the platform plugin that Qt will load in this session."""
    chosen = os.environ.get("QT_QPA_PLATFORM", "").split(";")[0].split(":")[0]
    return chosen or ("wayland" if os.environ.get("WAYLAND_DISPLAY") else "xcb")


def missing_libraries(venv: Path) -> list[str]:
    """The libraries that the dynamic linker can't find for the installed wheels.

    Returns:
        File names such as "libEGL.so.1", sorted; empty on other systems than Linux.
    """
    if sys.platform != "linux" or shutil.which("ldd") is None:
        return []
    patterns = [pattern.format(platform=qt_platform()) for pattern in LINKED_FILES]
    files = [file for pattern in patterns for file in venv.glob(f"lib/python*/site-packages/{pattern}")]
    if not files:
        return []
    # In its own language ldd says "not found".
    environment = {**os.environ, "LC_ALL": "C"}
    answer = subprocess.run(["ldd", *files], capture_output=True, text=True, env=environment)
    lines = (line.split() for line in answer.stdout.splitlines() if line.endswith("=> not found"))
    return sorted({line[0] for line in lines})


def packages_for(libraries: list[str]) -> list[str]:
    """The Debian packages that have these libraries; libraries of unknown packages are left out."""
    names = {DEBIAN_PACKAGES.get(library[: library.index(".so") + 3]) for library in libraries}
    return sorted(name for name in names if name)


def provide_libraries(venv: Path) -> bool:
    """Install the missing libraries if that is possible here, and say what is missing otherwise.

    Returns:
        Whether all are there now.
    """
    missing = missing_libraries(venv)
    if not missing:
        return True
    say(f"The installed packages lack system libraries: {', '.join(missing)}.")
    packages = packages_for(missing)
    if shutil.which("apt-get") is None or not packages:
        say("Install the packages of your system that have them, and start again.")
        return False
    if sys.platform == "win32" or os.geteuid() != 0:
        say(f"Install them and start again: sudo apt-get install {' '.join(packages)}")
        return False
    say(f"Installing them with: apt-get install {' '.join(packages)}")
    # An image without package lists finds nothing before an update; where the update fails, old lists may do.
    _apt_get("update", "-qq")
    _apt_get("install", "-qqy", "--no-install-recommends", *packages)
    missing = missing_libraries(venv)
    if missing:
        say(f"Still missing: {', '.join(missing)}. Install the packages that have them, and start again.")
    return not missing


def _apt_get(*arguments: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # Its output is a line for each step of each package; errors come on stderr.
    quiet = subprocess.DEVNULL
    subprocess.run(["apt-get", *arguments], env=environment, stdin=quiet, stdout=quiet)


if __name__ == "__main__":
    sys.exit(0 if provide_libraries(Path(sys.argv[1])) else 1)
