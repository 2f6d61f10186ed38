"""Makes the .deb and the .tar.zst of the built folder, and their SHA256SUMS.

Usage: python installer/linux_packages.py BUILT_FOLDER ICONS_FOLDER TARGET_FOLDER [--suffix=-cuda]
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import contents
import tidy
from system_libraries import DEBIAN_PACKAGES

LINUX: Final = Path(__file__).resolve().parent / "linux"
PLACE: Final = Path("usr/lib/vimd-studio")
_ARCHITECTURES: Final = {"x86_64": "amd64", "aarch64": "arm64"}
# What is not in the package, and the package of Debian and its like that has it. The first line is for every program;
# an ordinary desktop has the others too.
DEPENDS: Final = {
    "libc6": (
        *(
            "libc.so.6",
            "libm.so.6",
            "libdl.so.2",
            "libpthread.so.0",
            "librt.so.1",
            "libutil.so.1",
            "libresolv.so.2",
        ),
        "ld-linux*",
    ),
    "libgcc-s1": ("libgcc_s.so.1",),
    "libstdc++6": ("libstdc++.so.6",),
    "libxcb1": ("libxcb.so.1",),
    "libx11-6": ("libX11.so.6",),
    "libgl1": ("libGL.so.1",),
    "libegl1": ("libEGL.so.1",),
    "libopengl0": ("libOpenGL.so.0",),
    "libfontconfig1": ("libfontconfig.so.1",),
    "libfreetype6": ("libfreetype.so.6",),
    "libwayland-client0": ("libwayland-client.so.0",),
    "libwayland-cursor0": ("libwayland-cursor.so.0",),
    "libwayland-egl1": ("libwayland-egl.so.1",),
    "libdrm2": ("libdrm.so.2",),
    "libgbm1": ("libgbm.so.1",),
    "libvulkan1": ("libvulkan.so.1",),
}
_LEVEL: Final = "19"


def main() -> int:
    """Entry point; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("built", type=Path)
    parser.add_argument("icons", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--suffix", default="", help="behind the package's name")
    parser.add_argument("--level", default=_LEVEL, help="of compression: 3 is quick, 19 small")
    arguments = parser.parse_args()
    name = f"vimd-studio{arguments.suffix}"
    architecture = _ARCHITECTURES.get(platform.machine(), platform.machine())
    root = arguments.target / "root"
    shutil.rmtree(root, ignore_errors=True)
    lay_out(arguments.built, arguments.icons, root)
    depends = dependencies(root / PLACE)
    write_control(root, name, architecture, depends)
    stem = f"{name}_{contents.version()}_{architecture}"
    made = [make_deb(root, arguments.target / f"{stem}.deb", arguments.level)]
    made.append(make_archive(arguments.built, arguments.target / f"{stem}.tar.zst", arguments.level))
    lines = [f"{sha256(path)}  {path.name}\n" for path in made]
    (arguments.target / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")
    shutil.rmtree(root)
    for path in made:
        print(f"{path}: {path.stat().st_size / 1e6:.0f} MB")
    return 0


def lay_out(built: Path, icons: Path, root: Path) -> None:
    """The tree that the package puts on a machine; the built folder is linked, not copied."""
    (root / PLACE.parent).mkdir(parents=True)
    shutil.copytree(built, root / PLACE, symlinks=True, copy_function=os.link)
    programs = root / "usr/bin"
    programs.mkdir(parents=True)
    for program in (contents.STUDIO, contents.HEADLESS):
        (programs / program).symlink_to(Path("..") / PLACE.relative_to("usr") / program)
    shutil.copytree(icons / "hicolor", root / "usr/share/icons/hicolor")
    for source, target in (
        ("vimd-studio.desktop", "usr/share/applications/vimd-studio.desktop"),
        ("vimd-studio-mime.xml", "usr/share/mime/packages/vimd-studio.xml"),
    ):
        path = root / target
        path.parent.mkdir(parents=True)
        shutil.copyfile(LINUX / source, path)
    terms = root / "usr/share/doc/vimd-studio/copyright"
    terms.parent.mkdir(parents=True)
    terms.symlink_to(Path("../../../lib/vimd-studio/_internal/resources/LICENCES.txt"))


def dependencies(folder: Path) -> list[str]:
    """Packages that a machine must have for what the built folder holds.

    Raises:
        ValueError: it needs a library of which no package is known here.
    """
    from fnmatch import fnmatch

    found: set[str] = set()
    for library, user in tidy.missing(folder).items():
        package = next(
            (name for name, patterns in DEPENDS.items() if any(fnmatch(library, one) for one in patterns)),
            None,
        )
        # What was not here to be taken along: a library of X11's.
        package = package or DEBIAN_PACKAGES.get(library.partition(".so")[0] + ".so")
        if package is None:
            raise ValueError(f"{user} needs {library}: put it into the package, or its package into DEPENDS")
        found.add(package)
    # Built against this one, and an older one may lack what it has.
    libc = f"libc6 (>= {platform.libc_ver()[1]})"
    return [libc, *sorted(found - {"libc6"})]


def write_control(root: Path, name: str, architecture: str, depends: list[str]) -> None:
    """What dpkg reads of the package."""
    size_kb = sum(path.lstat().st_size for path in root.rglob("*") if not path.is_dir()) // 1024
    others = {"vimd-studio", "vimd-studio-cuda"} - {name}
    control = root / "DEBIAN"
    control.mkdir()
    lines = [
        f"Package: {name}",
        f"Version: {contents.version()}",
        f"Architecture: {architecture}",
        "Section: graphics",
        "Priority: optional",
        "Maintainer: ViMD Studio <vimd-studio@localhost>",
        f"Installed-Size: {size_kb}",
        f"Depends: {', '.join(depends)}",
        "Recommends: fonts-noto-cjk, libsecret-1-0",
        f"Conflicts: {', '.join(sorted(others))}",
        "Description: label and classify captures of a few pixels",
        " Enlarges small captures by super-resolution and classifies them by a Vision Mamba network that was distilled",
        " for them. Corrections take one key, are kept for good, and make better models.",
    ]
    (control / "control").write_text("\n".join(lines) + "\n", encoding="utf-8")
    sums = [
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(root)}\n"
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink() and control not in path.parents
    ]
    (control / "md5sums").write_text("".join(sums), encoding="utf-8")


def make_deb(root: Path, target: Path, level: str) -> Path:
    """Pack the tree."""
    command = ["dpkg-deb", "--root-owner-group", "-Zzstd", f"-z{level}", "--build", str(root), str(target)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return target


def make_archive(built: Path, target: Path, level: str) -> Path:
    """Pack the built folder by itself: unpacked anywhere, it runs there."""
    tar = [
        "tar",
        "--sort=name",
        "--owner=0",
        "--group=0",
        "--numeric-owner",
        "-C",
        str(built.parent),
        "-c",
        built.name,
    ]
    zstd = ["zstd", f"-{level}", "-T0", "--long=27", "-q", "-f", "-o", str(target)]
    with subprocess.Popen(tar, stdout=subprocess.PIPE) as packing:
        subprocess.run(zstd, stdin=packing.stdout, check=True)
    if packing.returncode:
        raise subprocess.CalledProcessError(packing.returncode, tar)
    return target


def sha256(path: Path) -> str:
    """A file's SHA-256 in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main())
