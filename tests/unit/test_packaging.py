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

import grimp
import pytest
from packaging.utils import canonicalize_name

import vimd_core
from vimd_core.diagnostics import _OPTIONAL_PACKAGES, _PACKAGES

REPOSITORY = Path(__file__).resolve().parents[2]
INSTALLER = REPOSITORY / "installer"
LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="Linux's packages are made on Linux")
NATIVE = ("installer/windows/vimd-studio.iss", "installer/windows/build.ps1", "installer/macos/build_dmg.sh")

# Imports see what the packaged program sees: what is left out is not there.
AS_PACKAGED = """
import importlib, pkgutil, sys
sys.path.insert(0, sys.argv[1])
import contents

class Packaged:
    def find_spec(self, name, path=None, target=None):
        if not contents.is_for(sys.argv[2], name):
            return None
        if any(name == one or name.startswith(f"{one}.") for one in left_out):
            return None
        return next((spec for one in finders if (spec := one.find_spec(name, path, target))), None)

left_out, finders = contents.left_out_modules(), sys.meta_path[:]
sys.meta_path[:] = [Packaged()]
"""
IMPORTS_AS_PACKAGED = f"""{AS_PACKAGED}
if sys.argv[2] == contents.STUDIO:
    import app.main, app.bootstrap, app.views.window.main_window, app.views.charts.plot_view
else:
    import vimd_core.commands, app.commands
    for package in (vimd_core.commands, app.commands):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            importlib.import_module(module.name)
    import vimd_core.worker.main, vimd_core.evaluation.html_report.page
"""
FILES_OF_THE_WHEEL = """
import sys
from setuptools import Distribution

distribution = Distribution({"script_name": "setup.py"})
distribution.parse_config_files(["pyproject.toml"])
distribution.get_command_obj("egg_info").egg_base = sys.argv[1]
files = distribution.get_command_obj("build_py")
files.build_lib = "wheel"
files.ensure_finalized()
for name in files.get_outputs(include_bytecode=False):
    print(name)
"""
LEARNS_AS_PACKAGED = f"""{AS_PACKAGED}
import torch
import torch._dynamo
network = torch.nn.Linear(3, 2)
optimizer = torch.optim.AdamW(network.parameters())
network(torch.ones(4, 3)).sum().backward()
optimizer.step()
"""


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
        "resources/models/efficientnet-lite2.safetensors",
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
    assert "resources/models/efficientnet-lite2.safetensors" in held
    assert "resources/translations/studio_zh_CN.qm" in held
    assert "app/storage/migrations/versions/r0001_first_schema.py" in held
    assert not [name for name in held if "screenshots" in name or name.endswith(".ts")]


def test_pip_installs_every_file_that_the_package_has(contents: ModuleType, tmp_path: Path) -> None:
    listed = subprocess.run(
        [sys.executable, "-c", FILES_OF_THE_WHEEL, tmp_path],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    installed = {Path(line).relative_to("wheel") for line in listed.stdout.splitlines()}
    packaged = {Path(folder) / Path(source).name for source, folder in contents.data_files()}
    assert packaged - installed == set()
    assert {
        Path(name) for name in ("vimd_core/py.typed", "vimd_core/__init__.pyi", "app/py.typed")
    } <= installed
    assert Path("app/views/window/main_window.py") in installed
    assert not [path for path in installed if path.suffix == ".ts" or "screenshots" in path.parts]


def test_the_window_goes_without_torch_and_the_command_line_without_the_window(contents: ModuleType) -> None:
    assert not any(contents.is_for(contents.STUDIO, name) for name in ("torch.nn", "numba", "jinja2.runtime"))
    assert not any(contents.is_for(contents.HEADLESS, name) for name in ("app.views.window", "pyqtgraph"))
    for program in (contents.STUDIO, contents.HEADLESS):
        for name in ("vimd_core.ops.scan", "app.storage.project", "torchlight", "app.viewsets"):
            assert contents.is_for(program, name)


def test_no_program_imports_what_is_only_in_the_other(contents: ModuleType) -> None:
    imports = grimp.build_graph("app", "vimd_core", include_external_packages=True)
    for program, packages in ((contents.STUDIO, ["app"]), (contents.HEADLESS, ["app.commands", "vimd_core"])):
        for package in packages:
            reached = imports.find_upstream_modules(package, as_package=True)
            assert reached, "the graph knows the package"
            assert [name for name in sorted(reached) if not contents.is_for(program, name)] == []


def test_every_program_starts_without_what_the_package_leaves_out(
    contents: ModuleType,
) -> None:
    for program in (contents.STUDIO, contents.HEADLESS):
        subprocess.run([sys.executable, "-c", IMPORTS_AS_PACKAGED, INSTALLER, program], check=True)


def test_a_step_of_learning_needs_nothing_that_the_package_leaves_out() -> None:
    subprocess.run([sys.executable, "-c", LEARNS_AS_PACKAGED, INSTALLER, "vimd"], check=True)


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

    weights = REPOSITORY / "resources" / "models" / "efficientnet-lite2.safetensors"
    text = licences.licence_text([Path(numpy.__file__), REPOSITORY / "app" / "main.py", weights])
    for part in (
        "ViMD Studio: Apache-2.0",
        "numpy ",
        "pyinstaller ",
        "EfficientNet-Lite2 (weights): Apache-2.0",
    ):
        assert part in text
    assert "Apache License" in text and "NumPy Developers" in text


def test_the_companion_is_what_its_batch_norms_made_of_it(installer: None) -> None:
    """A small part of the published form, converted, computes the same."""
    import torch
    from convert_companion import folded_state

    torch.manual_seed(0)
    norm = torch.nn.BatchNorm2d(8, eps=1e-3).eval()
    for part, (low, high) in {
        "weight": (0.5, 2),
        "bias": (-1, 1),
        "running_mean": (-1, 1),
        "running_var": (0.1, 2),
    }.items():
        getattr(norm, part).data.uniform_(low, high)
    kernel = torch.randn(8, 3, 3, 3)
    of_norm = {name: value for name, value in norm.state_dict().items() if name != "num_batches_tracked"}
    published = {
        f"{place}.weight": kernel
        for place in ("_conv_stem", "_conv_head", "_blocks.0._depthwise_conv", "_blocks.0._project_conv")
    }
    for place in ("_bn0", "_bn1", "_blocks.0._bn1", "_blocks.0._bn2"):
        published |= {f"{place}.{name}": value for name, value in of_norm.items()}
    state = folded_state(published | {"_fc.weight": torch.zeros(2, 2)})
    names = ("stem.0", "head.0", "blocks.0.depthwise.0", "blocks.0.project")
    assert set(state) == {f"{name}.{part}" for name in names for part in ("weight", "bias")}
    image = torch.rand(1, 3, 6, 6)
    expected = norm(torch.nn.functional.conv2d(image, kernel))
    for name in names:
        found = torch.nn.functional.conv2d(image, state[f"{name}.weight"], state[f"{name}.bias"])
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


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
