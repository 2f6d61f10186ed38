"""Finding captures in real folders."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

import pytest
from PIL import Image

from vimd_core.data.files.folders import (
    SearchReport,
    count_kinds,
    find_captures,
    find_class_folders,
    natural_key,
)
from vimd_core.data.files.measuring import measure_file
from vimd_core.errors import DatasetError


def make_files(folder: Path, *names: str) -> None:
    """Empty files, with the folders that they need: what is inside does not matter here."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def names_found(folder: Path, *, recursive: bool = True) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in find_captures([folder], recursive)]


def test_names_are_sorted_as_people_count() -> None:
    wanted = ["9", "10", "A2.png", "a10.png", "b1"]
    assert sorted(["b1", "a10.png", "A2.png", "10", "9"], key=natural_key) == wanted


def test_files_come_before_sub_folders(tmp_path: Path) -> None:
    make_files(tmp_path, "a/1.png", "a/10.PNG", "a/2.jpeg", "z.tif", "b10/x.pgm", "b9/x.webp")
    assert names_found(tmp_path) == ["z.tif", "a/1.png", "a/2.jpeg", "a/10.PNG", "b9/x.webp", "b10/x.pgm"]
    assert names_found(tmp_path, recursive=False) == ["z.tif"]


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    make_files(tmp_path, "a.png", ".hidden.png", ".folder/b.png", "notes.txt", "noextension")
    report = SearchReport()
    assert [path.name for path in find_captures([tmp_path], True, report)] == ["a.png"]
    assert (report.hidden, report.others, report.problems) == (2, {"TXT": 1, "": 1}, [])


OF_SYSTEMS = (
    "@eaDir/a.png/SYNOPHOTO_THUMB_M.jpg",
    "$RECYCLE.BIN/$R1.png",
    "System Volume Information/a.png",
    ".Trashes/501/a.png",
    ".Trash-1000/files/a.png",
    "__MACOSX/a.png",
    "lost+found/a.png",
    "#recycle/a.png",
    "@Recycle/a.png",
    ".thumbnails/a.png",
    ".picasaoriginals/a.png",
    ".@__thumb/a.png",
    "Stop/._1.png",
    "Stop/@EADIR/1.png",
)


def test_what_systems_keep_for_themselves_is_passed_over(tmp_path: Path) -> None:
    make_files(tmp_path, *OF_SYSTEMS, "Stop/1.png", "Yield/2.png")
    assert names_found(tmp_path) == ["Stop/1.png", "Yield/2.png"]
    assert find_class_folders(tmp_path).classes == ("Stop", "Yield")
    assert names_found(tmp_path / "lost+found") == ["a.png"], "what is named itself is read"


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    make_files(tmp_path, "a/1.png")
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a" / "itself").symlink_to(tmp_path / "a" / "itself")
    assert names_found(tmp_path) == ["a/1.png"]


def test_a_link_to_a_folder_is_followed(tmp_path: Path) -> None:
    make_files(tmp_path, "far/1.png")
    (tmp_path / "near").mkdir()
    (tmp_path / "near" / "link").symlink_to(tmp_path / "far", target_is_directory=True)
    assert names_found(tmp_path / "near") == ["link/1.png"]


def test_nothing_is_found_twice(tmp_path: Path) -> None:
    make_files(tmp_path, "a/1.png", "2.png")
    one, two, folder = tmp_path / "a" / "1.png", tmp_path / "2.png", tmp_path / "a"
    assert list(find_captures([one, one, tmp_path, folder, two], True)) == [one, two]


def test_a_named_file_is_taken_whatever_its_extension(tmp_path: Path) -> None:
    make_files(tmp_path, "a.dat")
    assert list(find_captures([tmp_path / "a.dat"])) == [tmp_path / "a.dat"]


def test_a_named_image_that_is_gone_is_left_to_the_reader(tmp_path: Path) -> None:
    make_files(tmp_path, "here.png")
    assert list(find_captures([tmp_path, tmp_path / "gone.png"])) == [
        tmp_path / "here.png",
        tmp_path / "gone.png",
    ]


def test_missing_folder_is_said_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no file or folder"):
        find_captures([tmp_path, tmp_path / "none"])


def test_unreadable_folder_is_an_error_and_not_empty(ordinary_user: None) -> None:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0)
        try:
            with pytest.raises(DatasetError, match="can't be read"):
                find_captures([Path(name)])
        finally:
            Path(name).chmod(0o700)


def test_unreadable_sub_folder_is_named_and_the_rest_is_found(ordinary_user: None) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_files(folder, "a/1.png", "locked/2.png", "z/3.png")
        (folder / "locked").chmod(0)
        try:
            report = SearchReport()
            found = [path.name for path in find_captures([folder], True, report)]
        finally:
            (folder / "locked").chmod(0o700)
        assert found == ["1.png", "3.png"]
        assert len(report.problems) == 1
        assert str(folder / "locked") in str(report.problems[0])


def test_a_folder_that_vanishes_during_the_search_is_said_and_the_rest_is_found(tmp_path: Path) -> None:
    """As a mount that is gone: it is no reason to give up what lies elsewhere."""
    make_files(tmp_path, "a/1.png", "b/2.png", "c/3.png")
    report = SearchReport()
    captures = find_captures([tmp_path], True, report)
    assert next(captures).name == "1.png"
    (tmp_path / "b" / "2.png").unlink()
    (tmp_path / "b").rmdir()
    assert [path.name for path in captures] == ["3.png"]
    assert [str(tmp_path / "b") in str(problem) for problem in report.problems] == [True]


@pytest.mark.parametrize("number", [errno.ENOTCONN, errno.EIO, errno.ESTALE, errno.ETIMEDOUT])
def test_a_dead_mount_is_said_and_the_rest_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    make_files(tmp_path, "a/1.png", "dead/2.png", "z/3.png")
    scandir = os.scandir

    def of_a_dead_mount(folder: Path) -> object:
        if Path(folder).name == "dead":
            raise OSError(number, os.strerror(number), str(folder))
        return scandir(folder)

    monkeypatch.setattr("vimd_core.data.files.folders.os.scandir", of_a_dead_mount)
    report = SearchReport()
    assert [path.name for path in find_captures([tmp_path], True, report)] == ["1.png", "3.png"]
    reason = os.strerror(number)
    assert list(map(str, report.problems)) == [
        f"{tmp_path / 'dead'} can't be read ({reason}): check its permissions and its drive."
    ]


def test_with_a_report_no_named_path_ends_the_search(tmp_path: Path) -> None:
    make_files(tmp_path, "here/1.png")
    (tmp_path / "loop").symlink_to("loop")
    long = tmp_path / ("x" * 300)
    report = SearchReport()
    found = find_captures([tmp_path / "none", tmp_path / "loop", long, tmp_path / "here"], True, report)
    assert [path.name for path in found] == ["1.png"]
    assert ["no file or folder" in str(report.problems[0]), "circular link" in str(report.problems[1])] == [
        True,
        True,
    ]
    assert "too long for this system" in str(report.problems[2])
    assert len(str(report.problems[2])) < 300


def test_a_folder_too_deep_for_the_system_is_said_and_the_rest_is_found(tmp_path: Path) -> None:
    make_files(tmp_path, "a/1.png", "z/3.png")
    (tmp_path / "deep").mkdir()
    place = os.open(tmp_path / "deep", os.O_RDONLY)
    for _ in range(20):  # deeper than a path can say
        os.mkdir("y" * 250, dir_fd=place)
        inner = os.open("y" * 250, os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = inner
    os.close(place)
    report = SearchReport()
    assert [path.name for path in find_captures([tmp_path], True, report)] == ["1.png", "3.png"]
    assert ["too long for this system" in str(problem) for problem in report.problems] == [True]


def test_an_image_without_an_images_extension_is_found_by_its_content(tmp_path: Path) -> None:
    make_files(tmp_path, "empty", "a.txt", "b.docx", "c.DOCX", "d.psd")
    for name in (
        "none",
        "e.dat",
        "f.txt",
        "g.png~",
        "h.png.part",
    ):  # the last ones are copies, or not whole yet
        Image.new("RGB", (4, 4)).save(tmp_path / name, format="PNG")
    report = SearchReport()
    found = [path.name for path in find_captures([tmp_path], True, report)]
    assert found == ["e.dat", "none"]
    assert report.others == {"DOCX": 2, "PSD": 1, "TXT": 2, "": 1, "PNG~": 1, "PART": 1}
    assert count_kinds(report.others) == "2 DOCX, 2 TXT, 1 without extension, 1 PART, 1 PNG~, 1 PSD"


def test_pipes_and_sockets_are_never_opened(tmp_path: Path) -> None:
    for name in ("a.png", "b", "c.dat"):
        os.mkfifo(tmp_path / name)
    (tmp_path / "gone.png").symlink_to("nowhere.png")
    (tmp_path / "loop.png").symlink_to("loop.png")
    report = SearchReport()
    found = list(find_captures([tmp_path], True, report))
    assert [path.name for path in found] == ["a.png", "gone.png", "loop.png"]
    assert report.others == {"": 1, "DAT": 1}
    for path in found:  # what an import does with them
        with pytest.raises(OSError):
            measure_file(path)


def test_reads_folders_as_it_goes(tmp_path: Path) -> None:
    """A hundred thousand captures must not be listed before the first one is given."""
    make_files(tmp_path, "a/1.png")
    captures = find_captures([tmp_path], True)
    make_files(tmp_path, "b/2.png")
    assert next(captures).name == "1.png"
    make_files(tmp_path, "b/3.png")
    assert [path.name for path in captures] == ["2.png", "3.png"]


def test_class_folders(tmp_path: Path) -> None:
    make_files(tmp_path, "10/b.png", "9/a.png", "9/deep/c.png", ".git/x.png", "readme.txt")
    found = find_class_folders(tmp_path)
    assert found.classes == ("9", "10")
    assert [(path.name, index) for path, index in found.captures] == [
        ("a.png", 0),
        ("c.png", 0),
        ("b.png", 1),
    ]


def test_no_class_folders(tmp_path: Path) -> None:
    make_files(tmp_path, "a.png")
    with pytest.raises(DatasetError, match="no sub-folders"):
        find_class_folders(tmp_path)


def test_empty_classes_are_named(tmp_path: Path) -> None:
    make_files(tmp_path, "a/1.png")
    (tmp_path / "b").mkdir()
    with pytest.raises(DatasetError, match="hold no images: b;"):
        find_class_folders(tmp_path)
    assert find_class_folders(tmp_path, allow_few=True).classes == ("a", "b")


def test_only_one_class(tmp_path: Path) -> None:
    make_files(tmp_path, "a/1.png")
    with pytest.raises(DatasetError, match="only the class a"):
        find_class_folders(tmp_path)
    assert len(find_class_folders(tmp_path, allow_few=True).captures) == 1


def test_class_folders_without_images(tmp_path: Path) -> None:
    make_files(tmp_path, "a/1.txt", "b/2.txt")
    with pytest.raises(DatasetError, match="hold no images"):
        find_class_folders(tmp_path, allow_few=True)


@pytest.mark.parametrize("name", ["none", "file.txt"])
def test_class_folders_need_a_folder(tmp_path: Path, name: str) -> None:
    make_files(tmp_path, "file.txt")
    with pytest.raises(DatasetError):
        find_class_folders(tmp_path / name)
