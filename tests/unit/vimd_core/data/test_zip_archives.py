"""Archives from anywhere: images come out, nothing else happens."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from vimd_core.data.files import zip_archives
from vimd_core.data.files.zip_archives import unpack_images
from vimd_core.errors import CancelledError, DatasetError


def png(colour: tuple[int, int, int] = (1, 2, 3)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(stream, "PNG")
    return stream.getvalue()


def make(path: Path, entries: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_images_come_out_with_their_folders(tmp_path: Path) -> None:
    archive = make(
        tmp_path / "a.zip",
        {
            "stop/1.png": png(),
            "stop/2.PNG": png(),
            "note.txt": b"x",
            ".hidden.png": png(),
            "@eaDir/1.png": png(),
            "__MACOSX/._1.png": png(),
        },
    )
    unpacked = unpack_images(archive, tmp_path / "out")
    assert files(unpacked.folder) == {"stop/1.png", "stop/2.PNG"}
    assert (unpacked.images, unpacked.left_out) == (2, 4)
    assert (tmp_path / "out" / "stop" / "1.png").read_bytes() == png()


@pytest.mark.parametrize(
    "name",
    ["../evil.png", "a/../../evil.png", "/evil.png", "C:/evil.png", "..\\evil.png", "a\\..\\..\\e.png"],
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    archive = make(tmp_path / "a.zip", {name: png(), "good.png": png()})
    unpacked = unpack_images(archive, tmp_path / "in" / "out")
    assert files(tmp_path) == {"a.zip", "in/out/good.png"}
    assert unpacked.left_out == 1


def test_links_are_left_out(tmp_path: Path) -> None:
    path = make(tmp_path / "a.zip", {"good.png": png()})
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("link.png")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert files(unpack_images(path, tmp_path / "out").folder) == {"good.png"}


def test_a_bomb_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    archive = make(tmp_path / "bomb.zip", {"good.png": png(), "zeros.png": b"\0" * (64 << 20)})
    assert archive.stat().st_size < 1 << 20
    with pytest.raises(DatasetError, match="far beyond its size"):
        unpack_images(archive, tmp_path / "out")
    assert files(tmp_path) == {"bomb.zip"}


def test_many_entries_that_add_up_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_archives, "MAX_TOTAL_BYTES", 5000)
    archive = make(tmp_path / "a.zip", {f"{i}.png": bytes(900) for i in range(10)}, zipfile.ZIP_STORED)
    with pytest.raises(DatasetError, match="far beyond"):
        unpack_images(archive, tmp_path / "out")
    assert files(tmp_path) == {"a.zip"}


def test_damaged_encrypted_and_empty_ones_are_said(tmp_path: Path) -> None:
    whole = make(tmp_path / "a.zip", {"1.png": png() * 50}, zipfile.ZIP_STORED).read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "letter.zip").write_bytes(b"Dear aunt" * 99)
    middle = len(whole) // 2
    (tmp_path / "flipped.zip").write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    make(tmp_path / "texts.zip", {"note.txt": b"x"})
    for name in ("cut", "letter", "flipped", "texts"):
        with pytest.raises(DatasetError, match=f"{name}.zip"):
            unpack_images(tmp_path / f"{name}.zip", tmp_path / "out")
        assert not (tmp_path / "out").exists()


def test_cancelled_it_leaves_nothing(tmp_path: Path) -> None:
    archive = make(tmp_path / "a.zip", {"1.png": png()})
    with pytest.raises(CancelledError):
        unpack_images(archive, tmp_path / "out", is_cancelled=lambda: True)
    assert files(tmp_path) == {"a.zip"}


def test_names_that_differ_by_case_alone_come_once(tmp_path: Path) -> None:
    archive = make(tmp_path / "a.zip", {"A.png": png(), "a.PNG": png((9, 9, 9))})
    assert files(unpack_images(archive, tmp_path / "out").folder) == {"A.png"}
