"""Puts the terms of everything that is bundled into one text. The spec calls it with what PyInstaller has gathered."""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import contents

_MARKS: Final = ("LICEN", "NOTICE", "COPYING", "COPYRIGHT", "AUTHORS")
_TEXTS: Final = Path(__file__).resolve().parent / "licences"
# Their wheels name their terms and hold no text of them.
_TEXTS_OF: Final = {
    "pyside6-essentials": ("LGPL-3.txt", "GPL-3.txt"),
    "shiboken6": ("LGPL-3.txt", "GPL-3.txt"),
    "pi-heif": ("LGPL-3.txt", "GPL-3.txt"),  # of its decoders, libheif and libde265; its own are with it
}
# In the package although none of its files is: the executables' first part.
_ALWAYS: Final = ("pyinstaller",)
_OURS: Final = "vimd-studio"
# Weights of others beside our own: name, terms, whose they are. Those terms are the text of our own licence.
_WEIGHTS: Final = {
    "efficientnet-lite2.safetensors": (
        "EfficientNet-Lite2 (weights)",
        "Apache-2.0",
        "Trained and published by Google LLC (EfficientNet-Lite), converted to PyTorch by ML Illustrated, copyright\n"
        "2020; batch norms folded and the classifier left out by ViMD Studio. Licensed under the Apache License,\n"
        "Version 2.0, whose text is under ViMD Studio above.",
    ),
}
_RULE: Final = "=" * 100


class LicenceMissingError(Exception):
    """Something is bundled whose terms are not known."""


def licence_text(sources: Iterable[Path]) -> str:
    """The terms of everything that these files belong to.

    Args:
        sources: the files that are bundled, where they are on this machine.

    Raises:
        LicenceMissingError: a file belongs to nothing that is known, or has no terms with it.
    """
    owners = _distribution_files()
    packages = {name: importlib.metadata.distribution(name) for name in _ALWAYS}
    others: set[Path] = set()
    weights: set[str] = set()
    has_python = False
    prefixes = {Path(sys.base_prefix).resolve(), Path(sysconfig.get_path("stdlib")).resolve()}
    for source in sources:
        path = source.resolve()
        distribution = owners.get(path)
        if distribution is not None:
            packages[distribution.name.lower()] = distribution
        elif path.is_relative_to(contents.REPOSITORY):
            weights |= {path.name} & _WEIGHTS.keys()
        elif any(path.is_relative_to(prefix) for prefix in prefixes if prefix != Path("/usr")):
            has_python = True
        elif path.is_absolute():
            others.add(path)
    parts = [("ViMD Studio", "Apache-2.0", (contents.REPOSITORY / "LICENSE").read_text(encoding="utf-8"))]
    if has_python:
        parts.append((f"Python {sys.version.split()[0]}", "PSF-2.0", _python_licence()))
    parts += [_WEIGHTS[name] for name in sorted(weights)]
    packages.pop(_OURS, None)
    parts += [_part(packages[name]) for name in sorted(packages)]
    parts += _system_parts(sorted(others))
    listed = "\n".join(f"{name}: {terms}" for name, terms, _ in parts)
    texts = "\n".join(
        f"\n{_RULE}\n{name}: {terms}\n{_RULE}\n\n{text.strip()}\n" for name, terms, text in parts
    )
    return f"What ViMD Studio is made of:\n\n{listed}\n{texts}"


def _distribution_files() -> dict[Path, importlib.metadata.Distribution]:
    return {
        Path(str(distribution.locate_file(file))).resolve(): distribution
        for distribution in importlib.metadata.distributions()
        for file in distribution.files or []
    }


def _part(distribution: importlib.metadata.Distribution) -> tuple[str, str, str]:
    metadata = distribution.metadata
    classifiers = [text for text in metadata.get_all("Classifier", []) if text.startswith("License ::")]
    terms = metadata.get("License-Expression") or " ".join((metadata.get("License") or "").split())[:80]
    terms = terms or ", ".join(text.rpartition(":: ")[2] for text in classifiers)
    files = [
        Path(str(distribution.locate_file(file)))
        for file in distribution.files or []
        if "-info" in file.parts[0] and any(mark in file.name.upper() for mark in _MARKS)
    ]
    files += [_TEXTS / name for name in _TEXTS_OF.get(distribution.name.lower().replace("_", "-"), ())]
    if not files or not terms:
        raise LicenceMissingError(f"{distribution.name} has no licence text with it")
    texts = [path.read_text(encoding="utf-8", errors="replace").strip() for path in sorted(files)]
    return f"{distribution.name} {distribution.version}", terms, "\n\n".join(dict.fromkeys(texts))


def _python_licence() -> str:
    places = (Path(sysconfig.get_path("stdlib")) / "LICENSE.txt", Path(sys.base_prefix) / "LICENSE.txt")
    for path in (*places, Path("/usr/share/doc/python3/copyright")):
        if path.is_file():
            return path.read_text(encoding="utf-8", errors="replace")
    raise LicenceMissingError("Python's own licence text is not there")


def _system_parts(paths: list[Path]) -> Iterator[tuple[str, str, str]]:
    """Libraries of the system that builds: Debian says of each file which package it is of."""
    if not paths:
        return
    dpkg = shutil.which("dpkg")
    if dpkg is None:
        if sys.platform != "linux":  # what belongs to Windows and macOS is not bundled, or is Python's
            return
        raise LicenceMissingError(f"no dpkg says whose files these are: {paths}")
    packages: dict[str, list[str]] = {}
    for path in paths:
        package = _debian_package(dpkg, path)
        packages.setdefault(package, []).append(path.name)
    for package, names in sorted(packages.items()):
        copyright_file = Path("/usr/share/doc") / package / "copyright"
        if not copyright_file.is_file():
            raise LicenceMissingError(f"{package} has no copyright file")
        text = copyright_file.read_text(encoding="utf-8", errors="replace")
        yield f"{package} (Debian)", f"terms below, of {', '.join(names)}", text


def _debian_package(dpkg: str, path: Path) -> str:
    # Debian lists some libraries below /lib that lie below /usr/lib.
    for place in (path, Path("/", *path.parts[2:]) if path.parts[1:2] == ("usr",) else path):
        asked = subprocess.run([dpkg, "-S", str(place)], capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            return asked.stdout.partition(":")[0]
    raise LicenceMissingError(f"{path} is of no package: nobody can say on which terms it may be passed on")
