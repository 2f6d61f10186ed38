"""Makes the repository's `.venv` complete: called by run.sh, test.sh and build.sh, standard library only.

A stamp inside `.venv` says for what it was completed. The stamp goes before anything is changed and comes
back when all is installed, so an environment without one was left half-made and is made anew.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from system_libraries import missing_libraries, provide_libraries

REPOSITORY = Path(__file__).resolve().parent.parent
# build.sh has an environment of its own, without development tools that would end up in the package.
VENV = Path(os.environ.get("VIMD_ENVIRONMENT") or REPOSITORY / ".venv")
LOCK = VENV.with_name(f"{VENV.name}.lock")
STAMP = VENV / ".vimd-complete"
CONSTRAINTS = REPOSITORY / "installer" / "constraints.txt"
CPU_TORCH_INDEX = "https://download.pytorch.org/whl/cpu"
INDEX_TIMEOUT_S = 5


def say(text: str) -> None:
    """Tell the user what is going on, on stderr."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def venv_python() -> Path:
    """The environment's own Python."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def fingerprint(python_version: str) -> str:
    """What the environment depends on, as one hash."""
    digest = hashlib.sha256()
    for part in (
        (REPOSITORY / "pyproject.toml").read_bytes(),
        CONSTRAINTS.read_bytes(),
        python_version.encode(),
        os.fsencode(REPOSITORY),  # scripts in an environment name their own path: a moved one does not work
    ):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def read_stamp() -> dict[str, str]:
    """The stamp's content; empty when there is none or it is damaged."""
    try:
        content = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def is_complete(*, dev: bool, python_version: str) -> bool:
    """Whether the environment has everything that the current files ask for."""
    stamp = read_stamp()
    return stamp.get("fingerprint") == fingerprint(python_version) and (not dev or stamp.get("kind") == "dev")


def version_of(python: Path) -> str | None:
    """The version of a Python, or None when it can't be started or has no working pip."""
    try:
        answer = subprocess.run(
            [python, "-c", "import pip, platform; print(platform.python_version())"],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


@contextlib.contextmanager
def only_one_at_a_time() -> Iterator[None]:
    """Hold the repository's lock; the system lets go of it even when this process is killed."""
    with LOCK.open("a+b") as file:
        if sys.platform == "win32":
            import msvcrt

            while True:  # it gives up after ten seconds
                try:
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                    break
                except OSError:
                    say("Another set-up is at work in this folder; waiting for it to end.")
        else:
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Another set-up is at work in this folder; waiting for it to end.")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def remove_environment() -> None:
    """Remove `.venv`; of one that is a link, only the link."""
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    else:
        shutil.rmtree(VENV)


def create_venv() -> None:
    """Create `.venv` with pip alone."""
    subprocess.run([sys.executable, "-m", "venv", VENV], check=True)


def make_environment() -> None:
    """An empty environment, in place of whatever stands there."""
    if VENV.exists() or VENV.is_symlink():
        say(f"The environment in {VENV.name} is incomplete: making it anew.")
        remove_environment()
    say(f"Making an environment in {VENV} with Python {platform.python_version()}.")
    create_venv()


def pip(*arguments: str | Path) -> None:
    """Run the environment's pip under the pinned versions."""
    # Somebody who watches wants the progress of a long download; a log does not.
    verbosity = [] if sys.stderr.isatty() else ["--quiet"]
    subprocess.run(
        [venv_python(), "-m", "pip", "install", *verbosity, "--constraint", CONSTRAINTS, *arguments],
        check=True,
        stdout=sys.stderr,
        # Every editable installation would give a warning of several lines that says nothing of use.
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )


def has_nvidia_gpu() -> bool:
    """Whether an NVIDIA driver is at work here."""
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


def torch_that_pip_would_take() -> str:
    """The version of torch, with its local part such as "+cpu", that pip would choose by itself, or ""."""
    command: list[str | Path] = [venv_python(), "-m", "pip", "install", "--quiet", "--dry-run"]
    command += ["--ignore-installed", "--no-deps", "--report", "-", "--constraint", CONSTRAINTS, "torch"]
    answer = subprocess.run(command, capture_output=True, text=True)
    try:
        return str(json.loads(answer.stdout)["install"][0]["metadata"]["version"])
    except (ValueError, KeyError, IndexError):
        return ""


def answers(index: str) -> bool:
    """Whether a package index can be reached from here, within seconds."""
    try:
        with urllib.request.urlopen(f"{index}/torch/", timeout=INDEX_TIMEOUT_S):
            return True
    except (urllib.error.URLError, OSError, ValueError):
        return False


def install_torch() -> None:
    """Install torch first and alone: on Linux, the usual index has only the CUDA build, which is gigabytes.

    `VIMD_TORCH_INDEX` names another index to take it from; set but empty, it asks for the usual one.
    """
    index = os.environ.get("VIMD_TORCH_INDEX")
    if index is not None:
        pip("--no-deps", *(["--index-url", index] if index else []), "torch")
        return
    if sys.platform == "linux" and not has_nvidia_gpu() and not torch_that_pip_would_take().endswith("+cpu"):
        with contextlib.suppress(subprocess.CalledProcessError):
            if answers(CPU_TORCH_INDEX):
                say("No NVIDIA GPU found: taking the smaller CPU build of torch.")
                pip("--no-deps", "--index-url", CPU_TORCH_INDEX, "torch")
                return
        say("The index of torch's CPU builds can't be used: taking the usual build, which is larger.")
    pip("--no-deps", "torch")


def install(*, dev: bool) -> None:
    """Install the project in editable mode with all that it needs."""
    say("Installing what ViMD Studio needs; the first time this takes some minutes.")
    pip("pip", "setuptools")
    install_torch()
    # setuptools is there already, in the pinned version: building in isolation would fetch another one.
    pip("--no-build-isolation", "--editable", f"{REPOSITORY}[{'app,dev' if dev else 'app'}]")


def complete_environment(*, dev: bool) -> None:
    """Bring `.venv` to what the current files ask for."""
    python_version = version_of(venv_python())
    if python_version is not None and is_complete(dev=dev, python_version=python_version):
        return
    stamp = read_stamp()
    dev = dev or stamp.get("kind") == "dev"
    if python_version is None or not stamp:
        make_environment()
    STAMP.unlink(missing_ok=True)
    install(dev=dev)
    new_stamp = {"kind": "dev" if dev else "run", "fingerprint": fingerprint(version_of(venv_python()) or "")}
    partial = STAMP.with_suffix(".part")
    partial.write_text(json.dumps(new_stamp), encoding="utf-8")
    partial.replace(STAMP)


def main() -> int:
    """Entry point; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("run", "dev"), help="dev: with the tools that test.sh needs")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 0 if this is complete")
    arguments = parser.parse_args()
    dev = arguments.kind == "dev"
    if arguments.check:
        complete = is_complete(dev=dev, python_version=platform.python_version())
        return 0 if complete and not missing_libraries(VENV) else 1
    try:
        LOCK.parent.mkdir(parents=True, exist_ok=True)
        with only_one_at_a_time():
            complete_environment(dev=dev)
            return 0 if provide_libraries(VENV) else 1
    except subprocess.CalledProcessError:
        say("Setting up failed: what went wrong stands above. Once that is put right, start again.")
        return 1


if __name__ == "__main__":
    sys.exit(main())
