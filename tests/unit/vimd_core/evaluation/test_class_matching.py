"""Which class a folder means."""

from __future__ import annotations

import pytest
from bundles import tiny_info

from vimd_core.errors import DatasetError
from vimd_core.evaluation.class_matching import match_class_folders

# Classes "Stop", "Yield", "Speed limit 20"; their training folders "14", "13", "00".


@pytest.mark.parametrize(
    ("folders", "indices"),
    [
        (("Stop", "Yield", "Speed limit 20"), [0, 1, 2]),
        (("00", "13", "14"), [2, 1, 0]),
        (("0",), [2]),
        (("stop", "speed-limit_20"), [0, 2]),
        (("00_speed_limit", "14 Stop sign"), [2, 0]),
        ((), []),
    ],
)
def test_ways_to_name_a_folder(folders: tuple[str, ...], indices: list[int]) -> None:
    assert match_class_folders(folders, tiny_info()) == indices


def test_a_folder_that_is_no_class_is_named_with_what_was_expected() -> None:
    with pytest.raises(DatasetError, match=r"Banana, Kiwi\. .*\(14, 13, 00"):
        match_class_folders(("Stop", "Banana", "Kiwi"), tiny_info())


def test_two_folders_of_one_class() -> None:
    with pytest.raises(DatasetError, match="14 and Stop both name the class Stop"):
        match_class_folders(("14", "Stop"), tiny_info())
