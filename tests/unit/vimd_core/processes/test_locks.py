"""The lock that ends with its process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from vimd_core.processes.locks import FileLock, is_locked

HOLDER = """
import sys
from pathlib import Path
from vimd_core.processes.locks import FileLock
lock = FileLock(Path(sys.argv[1]))
print(lock.take(), flush=True)
sys.stdin.read()
"""


def test_the_lock_lasts_as_long_as_the_process_that_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    assert not is_locked(path)
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "True\n"
        assert is_locked(path) and not FileLock(path).take()
        assert path.read_text() == f"process {holder.pid}\n"
        holder.kill()
    assert not is_locked(path)
    lock = FileLock(path)
    assert lock.take()
    lock.release()
    lock.release()
    assert not is_locked(path)
