"""A file is written whole or not at all, through links and into pipes, and nobody's leftovers stay or harm."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from vimd_core.processes.atomic_files import atomic_write, is_stream

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and signals of Unix")

SLOW_WRITER = """
import sys, time
from pathlib import Path
from vimd_core.processes.atomic_files import atomic_write
with atomic_write(Path(sys.argv[1])) as temporary:
    temporary.write_text("half")
    print("writing", flush=True)
    time.sleep(60)
"""


def write(path: Path, text: str) -> None:
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def start_slow_writer(path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW_WRITER, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "writing\n"
    return process


def test_a_link_stays_a_link_and_its_target_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target, link = tmp_path / "real" / "table.csv", tmp_path / "link.csv"
    target.write_text("old")
    link.symlink_to(Path("real") / "table.csv")
    write(link, "new")
    assert link.is_symlink() and target.read_text() == "new" and list(tmp_path.glob("**/.*")) == []
    (tmp_path / "dangling.csv").symlink_to(tmp_path / "real" / "not yet.csv")
    write(tmp_path / "dangling.csv", "first")
    assert (tmp_path / "real" / "not yet.csv").read_text() == "first"


def test_rights_of_the_replaced_file_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("old")
    path.chmod(0o640)
    write(path, "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    write(tmp_path / "fresh.csv", "new")
    (tmp_path / "plain").touch()
    assert (tmp_path / "fresh.csv").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_pipes_and_devices_get_the_content(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    received: list[str] = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_text()))
    reader.start()
    write(pipe, "through the pipe")
    reader.join(timeout=30)
    assert received == ["through the pipe"] and stat.S_ISFIFO(pipe.stat().st_mode)
    write(Path("/dev/null"), "nowhere")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode) and is_stream(Path("/dev/stdout"))
    with pytest.raises(OSError, match="No space left"):
        write(Path("/dev/full"), "nowhere")


def test_standard_output_keeps_what_is_in_it(tmp_path: Path) -> None:
    log = tmp_path / "log"
    program = (
        "import pathlib; from vimd_core.processes.atomic_files import atomic_write\n"
        "with atomic_write(pathlib.Path('/dev/stdout')) as t: t.write_text('rows\\n')"
    )
    command = f'{{ echo before; {sys.executable} -c "$PROGRAM"; echo after; }} > {log}'
    subprocess.run(["bash", "-c", command], env=os.environ | {"PROGRAM": program}, check=True, timeout=60)
    assert log.read_text() == "before\nrows\nafter\n"


def test_a_name_of_the_greatest_length_can_be_written(tmp_path: Path) -> None:
    for name in ("n" * 251 + ".csv", "é" * 125 + ".csv"):
        write(tmp_path / name, "whole")
        assert (tmp_path / name).read_text() == "whole"


def test_what_a_killed_process_left_is_removed_and_what_one_writes_is_not(tmp_path: Path) -> None:
    first = start_slow_writer(tmp_path / "table.csv")
    second = start_slow_writer(tmp_path / "other.csv")
    try:
        first.send_signal(signal.SIGKILL)
        first.wait(timeout=30)
        assert len(list(tmp_path.glob(".*.part"))) == 2
        (tmp_path / ".mine.part").write_text("no file of ours")
        write(tmp_path / "table.csv", "whole")
        assert [path.name[:11] for path in tmp_path.glob(".*.*.part")] == [".other.csv."]
        assert (tmp_path / ".mine.part").exists() and (tmp_path / "table.csv").read_text() == "whole"
    finally:
        second.kill()
        second.wait()
