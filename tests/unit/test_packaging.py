"""The packages of all systems agree with the repository, as far as that can be seen without building them."""

from __future__ import annotations

import configparser
import plistlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from importlib.metadata import distribution, distributions
from pathlib import Path
from types import ModuleType

import pytest
from packaging.utils import canonicalize_name

import vimd_core
from vimd_core.diagnostics import _OPTIONAL_PACKAGES, _PACKAGES

REPOSITORY = Path(__file__).resolve().parents[2]
INSTALLER = REPOSITORY / "installer"
LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="Linux's packages are made on Linux")
NATIVE = ("installer/windows/vimd-studio.iss", "installer/windows/build.ps1", "installer/macos/build_dmg.sh")


@pytest.fixture
def installer(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(INSTALLER))
    yield
    for name, module in list(sys.modules.items()):
        if Path(getattr(module, "__file__", None) or "").parent == INSTALLER:
            del sys.modules[name]


@pytest.fixture
def contents(installer: None) -> ModuleType:
    import contents

    return contents


def test_the_version_comes_from_the_one_place(contents: ModuleType) -> None:
    assert contents.version() == vimd_core.__version__
    told = subprocess.run(
        [sys.executable, INSTALLER / "contents.py"], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == vimd_core.__version__


@pytest.mark.parametrize("path", [*NATIVE, "installer/build.sh", "installer/linux/vimd-studio.desktop"])
def test_no_script_has_a_version_of_its_own(path: str) -> None:
    assert vimd_core.__version__ not in (REPOSITORY / path).read_text(encoding="utf-8")


def test_a_package_without_what_the_project_needs_is_not_made(
    contents: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert contents.missing_packages() == []
    there = [one for one in distributions() if canonicalize_name(one.name) not in ("watchdog", "keyring")]
    monkeypatch.setattr(contents.importlib.metadata, "distributions", lambda: there)
    assert contents.missing_packages() == ["watchdog", "keyring"], "of the library and of the window"


def test_every_left_out_module_and_file_has_a_reason(contents: ModuleType) -> None:
    for reason in [*contents.LEFT_OUT_MODULES.values(), *contents.LEFT_OUT_FILES.values()]:
        assert len(reason) > 5


def test_nothing_of_ours_and_nothing_that_runs_is_left_out(contents: ModuleType) -> None:
    for kept in (
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqwayland.so",
        "PySide6/Qt/translations/qtbase_zh_CN.qm",
        "torch/lib/libtorch_cpu.so",
        "resources/models/traffic-signs-compact.safetensors",
    ):
        assert not contents.is_left_out(kept)
    assert contents.is_left_out("PySide6/Qt/translations/qtbase_de.qm")
    assert contents.is_left_out("PySide6\\Qt\\qml\\a.qml")
    assert not any(
        contents.is_left_out(f"{folder}/{Path(source).name}") for source, folder in contents.data_files()
    )


def test_what_the_project_needs_is_not_left_out(contents: ModuleType) -> None:
    left_out = {canonicalize_name(name) for name in contents.LEFT_OUT_MODULES}
    for requirement in contents.requirements_of_app():
        name = canonicalize_name(requirement.name)
        tops = (distribution(name).read_text("top_level.txt") or name.replace("-", "_")).split()
        assert not {canonicalize_name(top) for top in tops} & left_out, f"{name} is needed"


def test_versions_that_doctor_reads_are_in_the_package(contents: ModuleType) -> None:
    read = {*_PACKAGES, *(name for name, extra in _OPTIONAL_PACKAGES.items() if extra != "cuda")}
    assert {canonicalize_name(name) for name in read} <= {
        canonicalize_name(name) for name in contents.METADATA
    }


def test_resources_and_migrations_are_in_the_package(contents: ModuleType) -> None:
    held = {f"{folder}/{Path(source).name}" for source, folder in contents.data_files()}
    assert "resources/models/traffic-signs-compact.safetensors" in held
    assert "resources/translations/studio_zh_CN.qm" in held
    assert "app/storage/migrations/versions/r0001_first_schema.py" in held
    assert not [name for name in held if "screenshots" in name or name.endswith(".ts")]


def test_the_window_goes_without_torch(contents: ModuleType) -> None:
    assert contents.is_for_children("torch.nn") and contents.is_for_children("numba")
    assert not contents.is_for_children("app.main") and not contents.is_for_children("vimd_core.ops.scan")


@pytest.mark.parametrize("path", NATIVE)
def test_every_file_that_a_script_names_is_there(path: str) -> None:
    text = (REPOSITORY / path).read_text(encoding="utf-8").replace("\\", "/")
    named = set(re.findall(r"installer/[\w/.-]+\.\w+", text))
    relative = set(re.findall(r"\.\./\.\./([A-Z]\w+)$", text, flags=re.MULTILINE))
    assert named or relative
    assert not [name for name in named | relative if not (REPOSITORY / name).exists()]


def test_the_windows_installer_is_for_one_user_and_leaves_projects_alone() -> None:
    text = (INSTALLER / "windows" / "vimd-studio.iss").read_text(encoding="utf-8")
    assert "PrivilegesRequired=lowest" in text
    assert "[UninstallDelete]" not in text and "{localappdata}" not in text
    sections = re.findall(r"^\[(\w+)\]$", text, flags=re.MULTILINE)
    assert len(sections) == len(set(sections)) and {"Setup", "Files", "Icons", "Registry"} <= set(sections)
    for line in text.splitlines():
        assert line.count('"') % 2 == 0, line
        assert not line.startswith("Root:") or 'Subkey: "Software\\Classes\\' in line


def test_the_powershell_script_is_balanced_and_stops_at_failures() -> None:
    text = (INSTALLER / "windows" / "build.ps1").read_text(encoding="utf-8")
    assert '$ErrorActionPreference = "Stop"' in text
    code = re.sub(r'"[^"]*"', '""', re.sub(r"<#.*?#>", "", text, flags=re.DOTALL))
    for opening, closing in ("()", "{}", "[]"):
        assert code.count(opening) == code.count(closing)


def test_macos_reads_why_and_what(contents: ModuleType) -> None:
    information = plistlib.loads(plistlib.dumps(contents.macos_information()))
    assert information["NSCameraUsageDescription"]
    assert information["CFBundleShortVersionString"] == vimd_core.__version__
    declared = {one["UTTypeIdentifier"] for one in information["UTExportedTypeDeclarations"]}
    opened = {name for one in information["CFBundleDocumentTypes"] for name in one["LSItemContentTypes"]}
    assert declared <= opened
    entitlements = plistlib.loads((INSTALLER / "macos" / "entitlements.plist").read_bytes())
    assert entitlements["com.apple.security.device.camera"] is True


def test_the_menu_entry_takes_files_and_names_what_is_installed() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment, method-assign]
    entry.read(INSTALLER / "linux" / "vimd-studio.desktop", encoding="utf-8")
    section = entry["Desktop Entry"]
    assert section["Exec"] == "vimd-studio %F" and section["Terminal"] == "false"
    assert section["Icon"] == section["StartupWMClass"] == "vimd-studio"
    for list_name in ("Categories", "MimeType", "Keywords"):
        assert section[list_name].endswith(";")
    kinds = ElementTree.parse(INSTALLER / "linux" / "vimd-studio-mime.xml").getroot()
    declared = {child.get("type") for child in kinds}
    assert declared <= set(section["MimeType"].split(";"))


@LINUX_ONLY
def test_a_deb_has_all_that_a_desktop_wants(installer: None, tmp_path: Path) -> None:
    import linux_packages

    built, icons = tmp_path / "dist" / "vimd-studio", tmp_path / "icons"
    (built / "_internal").mkdir(parents=True)
    for name in ("vimd", "vimd-studio"):
        (built / name).write_text("#!/bin/sh\n", encoding="utf-8")
    (icons / "hicolor" / "16x16" / "apps").mkdir(parents=True)
    (icons / "hicolor" / "16x16" / "apps" / "vimd-studio.png").touch()
    root = tmp_path / "root"
    linux_packages.lay_out(built, icons, root)
    linux_packages.write_control(root, "vimd-studio", "amd64", ["libc6"])
    package = linux_packages.make_deb(root, tmp_path / "a.deb", "1")
    listed = subprocess.run(["dpkg-deb", "-c", package], capture_output=True, text=True, check=True).stdout
    for path in (
        "./usr/bin/vimd-studio -> ../lib/vimd-studio/vimd-studio",
        "./usr/bin/vimd -> ../lib/vimd-studio/vimd",
        "./usr/share/applications/vimd-studio.desktop",
        "./usr/share/mime/packages/vimd-studio.xml",
        "./usr/share/icons/hicolor/16x16/apps/vimd-studio.png",
    ):
        assert path in listed
    assert "root/root" in listed, "files belong to root whoever builds"
    fields = subprocess.run(["dpkg-deb", "-f", package], capture_output=True, text=True, check=True).stdout
    assert f"Version: {vimd_core.__version__}" in fields


@LINUX_ONLY
def test_a_library_that_nobody_brings_is_refused(installer: None, monkeypatch: pytest.MonkeyPatch) -> None:
    import linux_packages
    import tidy

    monkeypatch.setattr(tidy, "missing", lambda _folder: {"libxcb.so.1": "a", "libc.so.6": "b"})
    assert [name.split()[0] for name in linux_packages.dependencies(Path())] == ["libc6", "libxcb1"]
    monkeypatch.setattr(tidy, "missing", lambda _folder: {"libunheard.so.5": "libqxcb.so"})
    with pytest.raises(ValueError, match=r"libqxcb\.so needs libunheard\.so\.5"):
        linux_packages.dependencies(Path())


def test_other_programs_get_the_systems_libraries(installer: None, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    from own_libraries import leave_libraries_to_others

    monkeypatch.setenv("LD_LIBRARY_PATH", "/ours")
    leave_libraries_to_others()
    assert "LD_LIBRARY_PATH" not in os.environ
    monkeypatch.setenv("LD_LIBRARY_PATH", "/ours:/theirs")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/theirs")
    leave_libraries_to_others()
    assert os.environ["LD_LIBRARY_PATH"] == "/theirs"


def test_everything_bundled_has_its_terms(installer: None) -> None:
    import licences
    import numpy

    text = licences.licence_text([Path(numpy.__file__), REPOSITORY / "app" / "main.py"])
    for part in ("ViMD Studio: Apache-2.0", "numpy ", "pyinstaller "):
        assert part in text
    assert "Apache License" in text and "NumPy Developers" in text


def test_a_file_of_nobody_is_not_passed_on(installer: None, tmp_path: Path) -> None:
    import licences

    stray = tmp_path / "libstray.so"
    stray.touch()
    if sys.platform == "linux":
        with pytest.raises(licences.LicenceMissingError):
            licences.licence_text([stray])


@LINUX_ONLY
def test_icons_are_drawn_in_all_sizes_and_formats(tmp_path: Path) -> None:
    from PIL import Image

    subprocess.run([sys.executable, INSTALLER / "icons.py", tmp_path], check=True, timeout=120)
    for size_px in (16, 22, 24, 32, 48, 64, 128, 256, 512):
        with Image.open(tmp_path / "hicolor" / f"{size_px}x{size_px}" / "apps" / "vimd-studio.png") as image:
            assert image.size == (size_px, size_px) and image.getbbox()
    with Image.open(tmp_path / "vimd-studio.ico") as image:
        assert {(16, 16), (256, 256)} <= image.info["sizes"]
    with Image.open(tmp_path / "vimd-studio.icns") as image:
        assert image.size[0] >= 512
