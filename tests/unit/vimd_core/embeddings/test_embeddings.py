"""The file of embeddings: appended to, cut off where it is torn, and made anew when it is another model's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from embedding_verbs import M, angles, clusters, keep, opened

from vimd_core.embeddings.file import (
    append_embeddings,
    embedding_count,
    forget_embeddings,
    open_embeddings,
    stored_ids,
)
from vimd_core.errors import DatasetError


def test_what_is_appended_is_found_again(tmp_path: Path) -> None:
    vectors, _ = clusters(30)
    path = keep(tmp_path / "new" / "e.bin", vectors[:20])
    keep(path, vectors[20:], first_id=21)

    stored = open_embeddings(path)

    assert stored.ids.tolist() == list(range(1, 31))
    assert embedding_count(path) == 30
    np.testing.assert_array_equal(stored.vectors, vectors.half().numpy())
    assert stored.rows_of(np.array([30, 99, 1])).tolist() == [29, -1, 0]


def test_a_later_embedding_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    vectors, _ = clusters(6)
    path = keep(tmp_path / "e.bin", vectors[:4])
    keep(path, vectors[4:], first_id=2)  # 2 and 3 again

    stored = open_embeddings(path)

    assert sorted(stored.ids[stored.ids > 0].tolist()) == [1, 2, 3, 4]
    row = stored.rows_of(np.array([2]))[0]
    np.testing.assert_array_equal(stored.vectors[row], vectors[4].half().numpy())


@pytest.mark.parametrize("lost_bytes", [1, 8, 2 * M + 7])
def test_a_torn_record_is_cut_off(tmp_path: Path, lost_bytes: int) -> None:
    vectors, _ = clusters(12)
    path = keep(tmp_path / "e.bin", vectors[:10])
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - lost_bytes)

    assert stored_ids(path) == set(range(1, 10))
    keep(path, vectors[10:], first_id=11)
    assert stored_ids(path) == {*range(1, 10), 11, 12}
    np.testing.assert_array_equal(open_embeddings(path).vectors[-1], vectors[-1].half().numpy())


@pytest.mark.parametrize("content", [b"", b"ViMD", b"something else that is longer than a header is"])
def test_a_damaged_file_counts_as_none_and_is_made_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "e.bin"
    path.write_bytes(content)
    assert stored_ids(path) == set()
    with pytest.raises(DatasetError, match="not computed yet"):
        open_embeddings(path)

    keep(path, clusters(3)[0])
    assert stored_ids(path) == {1, 2, 3}


def test_holes_of_zeros_are_no_captures(tmp_path: Path) -> None:
    path = keep(tmp_path / "e.bin", clusters(3)[0])
    with path.open("ab") as file:
        file.write(bytes(2 * (8 + 2 * M)))
    assert stored_ids(path) == {1, 2, 3}
    assert opened(path).ids.tolist() == [1, 2, 3]


def test_a_file_of_another_model_is_made_anew(tmp_path: Path) -> None:
    path = keep(tmp_path / "e.bin", clusters(3)[0])
    append_embeddings(path, 4, [7], np.ones(4, "<f2").tobytes())
    stored = open_embeddings(path)
    assert (stored.ids.tolist(), stored.dim, stored.vectors.tolist()) == ([7], 4, [[1, 1, 1, 1]])
    assert path.read_bytes()[:32] == b"ViMDemb1" + (4).to_bytes(4, "little") + bytes(20)
    assert path.stat().st_size == 32 + 8 + 2 * 4


def test_of_a_capture_twice_in_a_row_the_later_embedding_counts(tmp_path: Path) -> None:
    path = keep(tmp_path / "e.bin", angles(0))
    keep(path, angles(90))
    stored = open_embeddings(path)
    assert stored.ids.tolist() == [0, 1]
    assert stored.rows_of(np.array([1])).tolist() == [1]


def test_one_capture_alone_is_found_and_others_are_not(tmp_path: Path) -> None:
    stored = open_embeddings(keep(tmp_path / "e.bin", angles(0), first_id=5))
    assert stored.rows_of(np.array([9, 5, 2])).tolist() == [-1, 0, -1]


def test_only_a_file_with_its_mark_is_one(tmp_path: Path) -> None:
    path = keep(tmp_path / "e.bin", clusters(3)[0])
    content = path.read_bytes()
    path.write_bytes(b"ViMDemb2" + content[8:])
    assert embedding_count(path) == 0 and stored_ids(path) == set()
    keep(path, clusters(1)[0], first_id=9)
    assert stored_ids(path) == {9}


def test_an_embedding_has_one_to_65535_numbers(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folders" / "e.bin"
    for dim in (1, 65535):
        append_embeddings(path, dim, [3], bytes(2 * dim))
        assert (stored_ids(path), open_embeddings(path).dim) == ({3}, dim)
    for dim in (0, -1, 65536):
        with pytest.raises(DatasetError, match="bytes are no embeddings of 1 captures"):
            append_embeddings(path, dim, [3], bytes(2 * max(0, dim)))


def test_a_header_alone_knows_nothing(tmp_path: Path) -> None:
    path = tmp_path / "e.bin"
    append_embeddings(path, 4, [], b"")
    assert embedding_count(path) == 0 and stored_ids(path) == set()
    assert embedding_count(tmp_path / "missing") == 0 and stored_ids(tmp_path / "missing") == set()
    for dim in (0, 1 << 16):
        path.write_bytes(b"ViMDemb1" + dim.to_bytes(4, "little") + bytes(20 + 9000))
        assert embedding_count(path) == 0


def test_a_number_below_zero_is_no_capture_where_records_are_in_disorder(tmp_path: Path) -> None:
    path = keep(tmp_path / "e.bin", clusters(3)[0])
    with path.open("ab") as file:
        file.write((-5).to_bytes(8, "little", signed=True) + bytes(2 * M))
    assert stored_ids(path) == {1, 2, 3}
    assert open_embeddings(path).ids.tolist() == [1, 2, 3, 0]


def test_embeddings_of_the_wrong_size_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError):
        append_embeddings(tmp_path / "e.bin", M, [1, 2], b"\0" * 5)
    with pytest.raises(DatasetError):
        append_embeddings(tmp_path / "e.bin", M, [0], b"\0" * 2 * M)


def test_what_is_forgotten_leaves_a_hole(tmp_path: Path) -> None:
    vectors, _ = clusters(5)
    path = keep(tmp_path / "e.bin", vectors)
    keep(path, vectors[:1], first_id=2)  # 2 again
    opened = open_embeddings(path)
    forget_embeddings(path, [2, 4, 99])
    assert stored_ids(path) == {1, 3, 5}
    np.testing.assert_array_equal(opened.vectors[0], vectors[0].half().numpy())
    keep(path, vectors[1:2], first_id=4)
    assert stored_ids(path) == {1, 3, 4, 5}
    forget_embeddings(tmp_path / "missing", [1])
    (tmp_path / "damaged").write_bytes(b"something else")
    forget_embeddings(tmp_path / "damaged", [1])
    assert (tmp_path / "damaged").read_bytes() == b"something else"
