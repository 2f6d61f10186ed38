"""The set-up that run.sh and test.sh share: what it looks for, what it says, how it recovers."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

INSTALLER = Path(__file__).resolve().parents[2] / "installer"
UNIX_ONLY = pytest.mark.skipif(
    sys.platform == "win32", reason="the scripts find programs by PATH as Unix does"
)
LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="asks Linux's dynamic linker")


def make_program(folder: Path, name: str, script: str) -> Path:
    program = folder / name
    program.write_text(f"#!{shutil.which('bash')}\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    return program


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder for PATH that holds no Python and no apt-get, only what the scripts use."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("dirname", "uname", "id"):
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return folder


def require_python(programs: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Source environment.sh with these programs alone, and print the Python that it takes."""
    script = f'set -euo pipefail; source "{INSTALLER}/environment.sh"; require_python; printf "%s" "$python"'
    return subprocess.run(
        [str(shutil.which("bash")), "-c", script],
        env={"PATH": str(programs), **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


@UNIX_ONLY
def test_a_suitable_python_is_found_behind_one_that_is_not(programs: Path) -> None:
    make_program(programs, "python3", "echo is version 3.9")
    make_program(programs, "python3.12", "echo usable")
    answer = require_python(programs)
    assert (answer.returncode, answer.stdout) == (0, "python3.12")


@UNIX_ONLY
def test_this_very_python_is_judged_usable(programs: Path) -> None:
    answer = require_python(programs, VIMD_PYTHON=sys.executable)
    assert (answer.returncode, answer.stdout) == (0, sys.executable)


@UNIX_ONLY
@pytest.mark.parametrize(("minor", "is_usable"), [(10, False), (11, True), (13, True), (14, False)])
def test_python_is_judged_by_its_version(programs: Path, minor: int, is_usable: bool) -> None:
    pretend = f"import sys; sys.version_info = (3, {minor}, 0); exec(sys.argv[1])"
    make_program(programs, "python3", f'exec "{sys.executable}" -c "{pretend}" "$2"')
    answer = require_python(programs)
    assert answer.returncode == (0 if is_usable else 1)
    assert is_usable or f"but python3 is version 3.{minor}" in answer.stderr


@UNIX_ONLY
def test_without_a_python_one_sentence_says_what_to_install(programs: Path) -> None:
    answer = require_python(programs)
    assert answer.returncode == 1
    assert "needs Python 3.11, 3.12 or 3.13. Install one" in answer.stderr


@UNIX_ONLY
def test_a_python_that_is_too_old_is_named(programs: Path) -> None:
    make_program(programs, "python3", "echo is version 3.9")
    answer = require_python(programs)
    assert answer.returncode == 1
    assert "but python3 is version 3.9" in answer.stderr


@UNIX_ONLY
def test_a_missing_venv_module_is_installed_as_root_and_named_otherwise(
    programs: Path, tmp_path: Path
) -> None:
    done = tmp_path / "installed"
    make_program(programs, "python3", f'[[ -e "{done}" ]] && echo usable || echo lacks python3.11-venv')
    make_program(
        programs, "apt-get", f'[[ $1 == install && $* == *python3.11-venv* ]] && : >"{done}" || true'
    )
    answer = require_python(programs)
    if os.geteuid() == 0:
        assert (answer.returncode, answer.stdout) == (0, "python3")
    else:
        assert answer.returncode == 1
        assert "sudo apt-get install python3 python3.11-venv" in answer.stderr


@pytest.fixture(scope="module")
def fresh_environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What create_venv makes, made once: each time costs seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(INSTALLER))
        import set_up

        patch.setattr(set_up, "VENV", tmp_path_factory.mktemp("fresh") / ".venv")
        set_up.create_venv()
        return Path(set_up.VENV)


@pytest.fixture
def set_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fresh_environment: Path) -> ModuleType:
    """The module, at work on an environment of its own and with the long installation left out."""
    monkeypatch.syspath_prepend(str(INSTALLER))
    import set_up

    monkeypatch.setattr(set_up, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(set_up, "STAMP", tmp_path / ".venv" / ".vimd-complete")
    monkeypatch.setattr(set_up, "LOCK", tmp_path / ".venv.lock")
    monkeypatch.setattr(
        set_up, "create_venv", lambda: shutil.copytree(fresh_environment, set_up.VENV, symlinks=True)
    )
    monkeypatch.setattr(set_up, "install", lambda *, dev: None)
    return set_up


def current_version() -> str:
    return ".".join(map(str, sys.version_info[:3]))


def test_a_completed_environment_is_left_alone(set_up: ModuleType) -> None:
    set_up.complete_environment(dev=False)
    ours = set_up.VENV / "ours"
    ours.touch()
    set_up.complete_environment(dev=False)
    assert ours.exists()
    assert set_up.is_complete(dev=False, python_version=current_version())
    assert not set_up.is_complete(dev=True, python_version=current_version())


def test_the_development_tools_are_kept_when_only_the_app_is_asked_for(
    set_up: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up.complete_environment(dev=True)
    monkeypatch.setattr(set_up, "fingerprint", lambda python_version: "changed")
    set_up.complete_environment(dev=False)
    assert set_up.is_complete(dev=True, python_version=current_version())


def test_an_interrupted_installation_is_made_anew(
    set_up: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*, dev: bool) -> None:
        (set_up.VENV / "half").touch()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(set_up, "install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            set_up.complete_environment(dev=False)
    assert not set_up.is_complete(dev=False, python_version=current_version())
    set_up.complete_environment(dev=False)
    assert not (set_up.VENV / "half").exists()
    assert set_up.is_complete(dev=False, python_version=current_version())


def test_an_interrupted_upgrade_is_made_anew(set_up: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*, dev: bool) -> None:
        (set_up.VENV / "half").touch()
        raise KeyboardInterrupt

    set_up.complete_environment(dev=False)
    with monkeypatch.context() as patch:
        patch.setattr(set_up, "fingerprint", lambda python_version: "changed")
        patch.setattr(set_up, "install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            set_up.complete_environment(dev=False)
    set_up.complete_environment(dev=False)
    assert not (set_up.VENV / "half").exists()


@UNIX_ONLY
def test_an_environment_whose_python_is_gone_is_made_anew(set_up: ModuleType) -> None:
    set_up.complete_environment(dev=False)
    python = set_up.venv_python()
    python.unlink()
    python.symlink_to("/nowhere/python3")
    set_up.complete_environment(dev=False)
    assert set_up.version_of(python) == current_version()


@UNIX_ONLY
def test_of_an_environment_that_is_a_link_only_the_link_goes(set_up: ModuleType, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").touch()
    set_up.VENV.symlink_to(elsewhere)
    set_up.complete_environment(dev=False)
    assert (elsewhere / "precious").exists()
    assert not set_up.VENV.is_symlink()


@LINUX_ONLY
def test_libraries_that_the_linker_cannot_find_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.syspath_prepend(str(INSTALLER))
    import PySide6
    import system_libraries

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen:size=1x1")
    plugin = Path("Qt/plugins/platforms/libqoffscreen.so")
    packages = tmp_path / "lib" / "python3.11" / "site-packages" / "PySide6"
    (packages / plugin).parent.mkdir(parents=True)
    # Away from its neighbours the plugin finds none of Qt's own libraries.
    shutil.copyfile(Path(PySide6.__file__).parent / plugin, packages / plugin)
    assert "libQt6Gui.so.6" in system_libraries.missing_libraries(tmp_path)
    assert system_libraries.missing_libraries(tmp_path / "empty") == []


def test_the_libraries_that_an_empty_debian_lacks_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(INSTALLER))
    import system_libraries

    libraries = ["libEGL.so.1", "libGL.so.1", "libgthread-2.0.so.0", "libglib-2.0.so.0", "libunheard.so.5"]
    assert system_libraries.packages_for(libraries) == ["libegl1", "libgl1", "libglib2.0-0"]


@pytest.mark.parametrize("works", [True, False])
def test_torch_comes_from_the_index_of_cpu_builds_if_that_works(
    set_up: ModuleType, monkeypatch: pytest.MonkeyPatch, works: bool
) -> None:
    asked: list[tuple[str, ...]] = []

    def pip(*arguments: str) -> None:
        asked.append(arguments)
        if not works and "--index-url" in arguments:
            raise subprocess.CalledProcessError(1, "pip")

    monkeypatch.delenv("VIMD_TORCH_INDEX", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(set_up, "has_nvidia_gpu", lambda: False)
    monkeypatch.setattr(set_up, "torch_that_pip_would_take", lambda: "2.13.0")
    monkeypatch.setattr(set_up, "answers", lambda index: True)
    monkeypatch.setattr(set_up, "pip", pip)
    set_up.install_torch()
    from_cpu_index = ("--no-deps", "--index-url", set_up.CPU_TORCH_INDEX, "torch")
    assert asked == ([from_cpu_index] if works else [from_cpu_index, ("--no-deps", "torch")])


def test_an_index_that_does_not_answer_is_known_at_once(set_up: ModuleType) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert not set_up.answers(f"http://127.0.0.1:{unused.getsockname()[1]}")
