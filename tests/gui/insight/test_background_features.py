"""Features of all captures are computed in the background by the real child, and follow what becomes of captures."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot
from verbs import make_captures, numbered, wait_for, wait_until_classified

from app.bootstrap import STARTER_MODEL, Studio
from app.storage.captures.feature_files import feature_files
from vimd_core.checkpoints.identity import model_id
from vimd_core.embeddings.companion import COMPANION_WIDTH
from vimd_core.embeddings.feature_ids import FeatureFiles
from vimd_core.embeddings.features import open_features

COUNT = 12


def known(studio: Studio) -> dict[int, bytes]:
    """What the companion has seen in each capture that has both features."""
    files = studio.services.features.files
    if files is None:
        return {}
    found = open_features(files.own, files.companion)
    return {int(one): row.tobytes() for one, row in zip(found.ids, found.companion, strict=True)}


def wait_until_known(qtbot: QtBot, studio: Studio, ids: set[int]) -> None:
    wait_for(
        qtbot,
        lambda: not studio.services.features.is_running and set(known(studio)) == ids,
        "features are computed",
    )


@pytest.fixture
def captures(tmp_path: Path) -> Path:
    return make_captures(tmp_path / "captures", numbered(COUNT))


def test_they_are_computed_after_classification_and_once(qtbot: QtBot, start, captures: Path) -> None:
    studio: Studio = start(captures, model=STARTER_MODEL)
    shown: list[object] = []
    studio.services.features.progress_changed.connect(shown.append)
    wait_until_classified(qtbot, studio, COUNT)
    wait_until_known(qtbot, studio, set(range(1, COUNT + 1)))
    assert shown and shown[-1] is None, "it was shown, and is over"
    project = studio.services.projects.project
    assert project is not None
    files = feature_files(project.folder, model_id(STARTER_MODEL))
    assert studio.services.features.files == files and files.companion is not None
    found = open_features(files.own, files.companion)
    assert found.companion.shape == (COUNT, COMPANION_WIDTH) and found.own.shape[0] == COUNT
    sizes = [path.stat().st_size for path in (files.own, files.companion)]
    with qtbot.waitSignal(studio.services.projects.closing):
        start.stop(studio)
    again: Studio = start(model=STARTER_MODEL)
    wait_until_classified(qtbot, again, COUNT)
    wait_until_known(qtbot, again, set(range(1, COUNT + 1)))
    assert [path.stat().st_size for path in (files.own, files.companion)] == sizes, "none was computed twice"


def test_those_of_a_changed_file_are_computed_anew_and_of_an_unreadable_one_dropped(
    qtbot: QtBot, start, captures: Path
) -> None:
    studio: Studio = start(captures, model=STARTER_MODEL)
    wait_until_classified(qtbot, studio, COUNT)
    wait_until_known(qtbot, studio, set(range(1, COUNT + 1)))
    before = known(studio)
    changed, broken = sorted(captures.iterdir())[2:4]
    Image.new("RGB", (40, 30), (200, 30, 90)).save(changed)
    broken.write_bytes(b"no picture at all")
    for path in (changed, broken):
        os.utime(path, ns=(1, path.stat().st_mtime_ns + 10**9))
    studio.services.files.check([3, 4])
    wait_until_known(qtbot, studio, set(range(1, COUNT + 1)) - {4})
    wait_for(qtbot, lambda: known(studio)[3] != before[3], "the new picture was looked at")
    after = known(studio)
    assert all(after[one] == before[one] for one in after if one != 3)


def test_without_the_companion_own_features_go_on_and_it_is_said_once(
    qtbot: QtBot, start, captures: Path
) -> None:
    studio: Studio = start(captures, model=STARTER_MODEL)
    features = studio.services.features
    said: list[object] = []
    features.limited.connect(said.append)
    # As the child would say it: the file that it loads can't be taken away from a test that runs beside others.
    features._has_companion = False
    wait_until_classified(qtbot, studio, COUNT)
    wait_for(qtbot, lambda: features.files is not None and not features.is_running, "own features are there")
    files = features.files
    assert isinstance(files, FeatureFiles) and files.companion is None
    assert open_features(files.own, None).companion.shape == (COUNT, 0)
    with qtbot.waitSignal(studio.services.insight.ranking_found, timeout=60_000) as found:
        studio.services.insight.find_similar(1)
    assert found.args[0].ids[0] == 1 and found.args[0].searched == COUNT
