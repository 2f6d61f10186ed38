"""The repository holds together: versions, pins, scripts and samples agree with each other."""

from __future__ import annotations

import csv
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from importlib.metadata import distribution, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from PIL import Image

import vimd_core
from vimd_core.cli import build_parser

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLES = REPOSITORY / "resources" / "samples"
SCRIPTS = [
    *(".ci/run", "installer/environment.sh", "installer/run.sh", "installer/test.sh", "installer/build.sh"),
    "installer/macos/build_dmg.sh",
]
# Torch's CUDA build pins these itself; the CPU build has none of them.
CUDA_PARTS = ("nvidia-", "cuda-", "triton")


def read_pins() -> dict[str, Requirement]:
    lines = (REPOSITORY / "installer" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    assert len({canonicalize_name(pin.name) for pin in pins}) == len(pins), "a package is pinned twice"
    return {canonicalize_name(pin.name): pin for pin in pins}


def pinned_version(pin: Requirement) -> str:
    (specifier,) = pin.specifier
    assert specifier.operator == "==", f"{pin} is not an exact version"
    return specifier.version


def read_project() -> dict[str, list[str]]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {"run": project["dependencies"], **project["optional-dependencies"]}


def walk_requirements(requirements: list[str]) -> Iterator[Requirement]:
    """These requirements and theirs in turn, as the installed packages state them."""
    stated = [Requirement(text) for text in requirements]
    waiting, seen = [r for r in stated if not r.marker or r.marker.evaluate()], set[tuple[str, str]]()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name.startswith(CUDA_PARTS):
            continue
        yield requirement
        for extra in {"", *requirement.extras} - {known for package, known in seen if package == name}:
            seen.add((name, extra))
            stated = [Requirement(text) for text in distribution(name).requires or []]
            waiting += [r for r in stated if not r.marker or r.marker.evaluate({"extra": extra})]


def test_installed_version_is_the_one_in_the_source() -> None:
    assert version("vimd-studio") == vimd_core.__version__


@pytest.mark.parametrize("group", ["run", "app", "projects", "dev"])
def test_everything_that_gets_installed_is_pinned_within_its_range(group: str) -> None:
    pins = read_pins()
    for requirement in walk_requirements(read_project()[group]):
        name = canonicalize_name(requirement.name)
        assert name in pins, f"{requirement} is not in constraints.txt"
        assert requirement.specifier.contains(pinned_version(pins[name])), (
            f"{pins[name]} is not {requirement}"
        )


def test_pins_hold_no_package_that_nothing_needs() -> None:
    groups = read_project()
    needed = {
        canonicalize_name(r.name) for r in walk_requirements(groups["run"] + groups["app"] + groups["dev"])
    }
    needed |= {"pip", "setuptools"}
    for_this_machine = {name for name, pin in read_pins().items() if not pin.marker or pin.marker.evaluate()}
    assert for_this_machine == needed


def test_the_extra_of_the_window_has_all_that_projects_need() -> None:
    groups = read_project()
    assert set(groups["projects"]) < set(groups["app"])


def test_the_library_needs_neither_qt_nor_a_database() -> None:
    needed = {canonicalize_name(r.name) for r in walk_requirements(read_project()["run"])}
    assert not needed & {"pyside6-essentials", "shiboken6", "pyqtgraph", "sqlalchemy", "alembic"}


def test_torch_is_pinned_without_naming_a_build() -> None:
    assert pinned_version(read_pins()["torch"]) == "2.13.0"


@pytest.mark.parametrize("script", SCRIPTS)
def test_shell_script_is_well_formed_and_names_only_files_that_exist(script: str) -> None:
    subprocess.run(["bash", "-n", REPOSITORY / script], check=True)
    text = (REPOSITORY / script).read_text(encoding="utf-8")
    for name in re.findall(r"\$repository/([\w./-]+)", text):
        assert name.startswith(".venv") or (REPOSITORY / name).exists(), f"{script} names {name}"


def test_ci_script_can_be_started() -> None:
    assert (REPOSITORY / ".ci" / "run").stat().st_mode & 0o111


READMES = [
    "README.md",
    *(f"{folder}/README.md" for folder in ("app", "app/views", "vimd_core", "installer")),
    *(f"{folder}/README.md" for folder in ("resources/models", "resources/recipes", "resources/samples")),
    *("tests/benchmarks/README.md", "resources/CHANGELOG.md"),
]


def read_readme_commands() -> list[str]:
    texts = [(REPOSITORY / name).read_text(encoding="utf-8") for name in READMES]
    blocks = [block for text in texts for block in re.findall(r"```\n(.*?)```", text, re.DOTALL)]
    return [line for block in blocks for line in block.replace("\\\n", "").splitlines()]


@pytest.mark.parametrize(
    "line", sorted({line for line in read_readme_commands() if line.startswith("vimd ")})
)
def test_readme_commands_are_understood(line: str) -> None:
    assert build_parser().parse_args(shlex.split(line)[1:]).run


@pytest.mark.parametrize("name", READMES)
def test_readme_names_only_files_and_folders_that_exist(name: str) -> None:
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    scripts = re.findall(r"bash ([\w/.]+\.sh)", text)
    folders = re.findall(r"`((?:app|vimd_core|resources|installer|tests|\.ci)/[\w/.-]*)`", text)
    missing = [name for name in [*scripts, *folders] if not (REPOSITORY / name).exists()]
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    missing += [link for link in links if not (REPOSITORY / name).parent.joinpath(link).exists()]
    assert not missing


def test_readme_is_for_users_first() -> None:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 200
    assert {"bash installer/run.sh", "bash installer/test.sh"} <= set(text.splitlines())


@pytest.mark.parametrize("package", ["app", "vimd_core"])
def test_rooms_are_named_in_the_readme_of_their_package(package: str) -> None:
    """Inner paths in these READMEs are relative to the package."""
    folder = REPOSITORY / package
    text = (folder / "README.md").read_text(encoding="utf-8")
    rooms = {path.parent.relative_to(folder).parts[0] for path in folder.glob("*/__init__.py")}
    assert all(f"`{room}/" in text for room in rooms), rooms
    named = re.findall(r"`((?:[a-z_]+/)+[a-z_]*(?:\.py)?)`", text)
    inside = [name for name in named if not (folder / name).exists() and not (REPOSITORY / name).exists()]
    below = [name for name in inside if not list(folder.glob(f"*/{name}"))]
    assert not below


def read_labels() -> list[dict[str, str]]:
    with (SAMPLES / "labels.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_samples_show_each_class_small_and_as_listed() -> None:
    rows = read_labels()
    assert {path.name for path in (SAMPLES / "captures").iterdir()} == {row["capture"] for row in rows}
    assert {row["class_id"] for row in rows} == {f"{number:02d}" for number in range(43)}
    assert len({row["class_name"] for row in rows}) == 43
    for row in rows:
        assert row["capture"].startswith(row["class_id"] + "_")
        with Image.open(SAMPLES / "captures" / row["capture"]) as image:
            image.load()
            assert image.size == (int(row["width_px"]), int(row["height_px"]))
            assert max(image.size) <= 64


def test_near_samples_show_the_same_sign_from_nearer() -> None:
    rows = [row for row in read_labels() if row["near"]]
    assert {path.name for path in (SAMPLES / "near").iterdir()} == {row["near"] for row in rows}
    assert len(rows) == 12
    for row in rows:
        assert row["near"].rpartition("_")[0] == row["capture"].rpartition("_")[0]
        with Image.open(SAMPLES / "near" / row["near"]) as near:
            near.load()
            assert max(near.size) > max(int(row["width_px"]), int(row["height_px"]))


def test_sample_sources_are_cited() -> None:
    text = (SAMPLES / "README.md").read_text(encoding="utf-8")
    assert "Stallkamp" in text
    assert "terms" in text
