"""What the real child finds out from embeddings, and from a closer look at one capture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from bundles import write_tiny_bundle
from test_worker import Child, failure, load, started
from test_worker import make_captures as make_from_zero
from worker_requests import numbers

from vimd_core.checkpoints.identity import model_id
from vimd_core.embeddings.companion import COMPANION_WIDTH
from vimd_core.embeddings.feature_ids import FeatureFiles, OwnNetwork
from vimd_core.embeddings.file import append_embeddings
from vimd_core.worker.features.suggestion_messages import FindWorthLabelling, LabelsSoFar
from vimd_core.worker.messages import (
    Answer,
    Cancel,
    Cancelled,
    CaptureFile,
    Classified,
    ClassifiedDirectly,
    Classify,
    ClassifyDirectly,
    Doubts,
    Embed,
    Embedded,
    Explain,
    Explained,
    FindLabelErrors,
    FindSimilar,
    FindUnlike,
    Finished,
    LaidOut,
    LayOut,
    Progress,
    Ranking,
    WindowRequest,
)

NOWHERE = CaptureFile(1, Path("/nowhere/a.png"))
NO_FILES = FeatureFiles(Path("/nowhere/e.bin"), None)
NO_LABELS = LabelsSoFar(numbers(), numbers(), numbers())


@pytest.fixture(scope="module")
def child(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Child]:
    bundle = write_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny.safetensors")
    with started() as started_child:
        yield load(started_child, bundle)


def make_captures(folder: Path, count: int) -> tuple[CaptureFile, ...]:
    """Captures as a project numbers them: from 1."""
    return tuple(CaptureFile(one.id + 1, one.path) for one in make_from_zero(folder, count))


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> OwnNetwork:
    """A model beside the one that is loaded."""
    path = write_tiny_bundle(tmp_path_factory.mktemp("own") / "origin.safetensors", seed=7)
    return OwnNetwork(model_id(path), path)


def keep_features(child: Child, captures: tuple[CaptureFile, ...], path: Path) -> FeatureFiles:
    for answer in child.ask(Classify(captures, batch_size=4), 100):
        if isinstance(answer, Classified):
            vectors = answer.features
            append_embeddings(path, vectors.shape[1], [one.id for one in answer.results], vectors.data)
    return FeatureFiles(path, None)


def keep_random_features(path: Path) -> FeatureFiles:
    vectors = np.random.default_rng(0).standard_normal((1500, 16)).astype(np.float16)
    append_embeddings(path, 16, range(1, 1501), vectors.tobytes())
    return FeatureFiles(path, None)


def ranked(answer: Answer) -> tuple[list[int], list[float]]:
    assert isinstance(answer, Ranking)
    return answer.ids.to_array().tolist(), answer.scores.to_array().tolist()


def test_classifying_gives_features_but_for_what_cannot_be_read(child: Child, tmp_path: Path) -> None:
    captures = make_captures(tmp_path, 5)
    captures[2].path.write_bytes(b"nothing")

    (classified, finished) = child.ask(Classify(captures), 5)

    assert isinstance(classified, Classified) and isinstance(finished, Finished)
    vectors = classified.features.to_numpy()
    assert len(vectors) == len(classified.results) == 4
    # Two blocks of length 1: what the head reads, and what earlier layers have seen.
    assert np.linalg.norm(vectors.astype(np.float32), axis=1) == pytest.approx(np.full(4, 2**0.5), abs=3e-3)
    assert finished.unreadable == 1


def test_both_frozen_networks_look_without_the_model_in_use(
    child: Child, own: OwnNetwork, tmp_path: Path
) -> None:
    captures = make_captures(tmp_path, 5)
    captures[2].path.write_bytes(b"nothing")
    first, second, finished = child.ask(Embed(captures, own, with_companion=True, batch_size=3), 6)
    assert isinstance(first, Embedded) and isinstance(second, Embedded) and isinstance(finished, Finished)
    assert [one.id for answer in (first, second) for one in answer.read] == [1, 2, 4, 5]
    assert first.unreadable == (3,) and finished.unreadable == 1
    status = captures[0].path.stat()
    assert (first.read[0].file_size_bytes, first.read[0].modified_ns) == (status.st_size, status.st_mtime_ns)
    (classified, _) = child.ask(Classify(captures), 7)
    assert isinstance(classified, Classified)
    assert first.own.shape == (2, classified.features.shape[1])
    assert first.own.to_numpy().tolist() != classified.features.to_numpy()[:2].tolist(), "another network"
    assert first.companion.shape == (2, COMPANION_WIDTH)
    alone, _ = child.ask(Embed(captures[:2], None, with_companion=True), 8)
    assert isinstance(alone, Embedded) and alone.own.shape == (2, 0)
    np.testing.assert_allclose(alone.companion.to_numpy(), first.companion.to_numpy(), atol=2e-3)


def test_a_model_in_use_that_is_the_own_network_gives_its_features_by_classifying(
    child: Child, tmp_path: Path
) -> None:
    captures = make_captures(tmp_path, 3)
    bundle = write_tiny_bundle(tmp_path / "same.safetensors")
    classified = child.ask(Classify(captures), 40)[0]
    embedded = child.ask(Embed(captures, OwnNetwork(model_id(bundle), bundle), with_companion=False), 41)[0]
    assert isinstance(classified, Classified) and isinstance(embedded, Embedded)
    np.testing.assert_allclose(embedded.own.to_numpy(), classified.features.to_numpy(), atol=2e-3)
    assert embedded.companion.shape == (3, 0)


def test_an_own_network_whose_file_was_replaced_is_not_mistaken_for_it(child: Child, tmp_path: Path) -> None:
    path = write_tiny_bundle(tmp_path / "other.safetensors", seed=3)
    (failed,) = child.ask(
        Embed(make_captures(tmp_path, 1), OwnNetwork("0" * 64, path), with_companion=False), 42
    )
    assert "was replaced by another one" in failure(failed)[1]


def test_what_a_user_asks_overtakes_the_computing_of_features(
    child: Child, own: OwnNetwork, tmp_path: Path
) -> None:
    captures = make_captures(tmp_path, 30)
    child.send(Embed(captures, own, with_companion=True, batch_size=2), 43)
    child.wait_for(Embedded)
    child.send(Explain(captures[0]), 44)
    assert child.wait_for(Explained)[1] == 44
    child.send(Cancel(), 43)
    closing = child.closing(43)
    assert isinstance(closing, Cancelled) and closing.done < 30


def test_a_capture_is_most_similar_to_itself_and_then_to_its_twin(child: Child, tmp_path: Path) -> None:
    captures = make_captures(tmp_path, 6)
    twin = CaptureFile(77, captures[3].path)
    files = keep_features(child, (*captures, twin), tmp_path / "e.bin")

    (ranking,) = child.ask(FindSimilar(files, numbers(captures[3].id), top_k=4), 8)

    ids, cosines = ranked(ranking)
    assert ids[:2] == [captures[3].id, 77]
    assert len(ids) == 4
    assert cosines[1] == pytest.approx(1.0, abs=2e-3)
    assert isinstance(ranking, Ranking) and ranking.searched == 7


@pytest.mark.parametrize(
    "request_",
    [
        lambda files, absent: FindSimilar(files, numbers(1), absent),
        lambda files, absent: FindUnlike(files, numbers(1), absent),
        lambda files, absent: FindWorthLabelling(files, NO_LABELS, numbers(), absent),
        lambda files, absent: LayOut(files, files.own.with_suffix(".map"), absent),
    ],
)
def test_captures_that_are_gone_from_the_project_are_not_found(
    child: Child, tmp_path: Path, request_: Callable[[FeatureFiles, tuple[int, ...]], WindowRequest]
) -> None:
    captures = make_captures(tmp_path, 6)
    files = keep_features(child, captures, tmp_path / "e.bin")
    absent = (3, 5)
    found = child.ask(request_(files, absent), 31)[-1]
    assert isinstance(found, Ranking | LaidOut)
    ids = set(found.ids.to_array())
    assert ids
    assert not ids & set(absent)
    assert (len(ids) if isinstance(found, LaidOut) else found.searched) == 4


def test_what_is_labelled_is_not_among_the_most_unlike(child: Child, tmp_path: Path) -> None:
    captures = make_captures(tmp_path, 6)
    files = keep_features(child, captures, tmp_path / "e.bin")
    (ranking,) = child.ask(FindUnlike(files, numbers(1, 2), top_k=10), 9)
    ids, distances = ranked(ranking)
    assert set(ids) == {3, 4, 5, 6}
    assert distances == sorted(distances, reverse=True)


def test_label_errors_say_what_they_are_based_on(child: Child, tmp_path: Path) -> None:
    captures = make_captures(tmp_path, 8)
    files = keep_features(child, captures, tmp_path / "e.bin")
    ids, labels = numbers(*range(1, 9)), numbers(*(i % 2 for i in range(8)))

    *progress, doubts = child.ask(FindLabelErrors(files, ids, labels, ids), 10)

    shares = [answer.share for answer in progress if isinstance(answer, Progress)]
    assert shares == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert isinstance(doubts, Doubts)
    assert (doubts.checked, doubts.classes, doubts.are_enough) == (8, 2, False)
    assert doubts.ids.shape == doubts.suggested.shape == doubts.margins.shape


def test_a_map_is_kept_for_the_next_time(child: Child, tmp_path: Path) -> None:
    files = keep_features(child, make_captures(tmp_path, 12), tmp_path / "e.bin")
    cache = tmp_path / "e.map"

    *progress, first = child.ask(LayOut(files, cache), 11)
    (second,) = child.ask(LayOut(files, cache), 12)
    cache.write_bytes(cache.read_bytes()[:100])
    third = child.ask(LayOut(files, cache), 13)[-1]

    assert progress
    assert isinstance(first, LaidOut) and isinstance(second, LaidOut) and isinstance(third, LaidOut)
    assert [one.is_cached for one in (first, second, third)] == [False, True, False]
    assert first.places == second.places == third.places
    places = first.places.to_numpy()
    assert places.shape == (12, 2)
    assert places.min() >= 0
    assert places.max() <= 1


def test_a_map_that_is_no_longer_wanted_ends(child: Child, tmp_path: Path) -> None:
    files = keep_random_features(tmp_path / "e.bin")
    child.send(LayOut(files, tmp_path / "e.map"), 14)
    child.wait_for(Progress)
    child.send(Cancel(), 14)
    assert isinstance(child.closing(14), Cancelled)
    assert not (tmp_path / "e.map").exists()


def test_a_question_about_one_capture_overtakes_a_map(child: Child, tmp_path: Path) -> None:
    (capture,) = make_captures(tmp_path, 1)
    files = keep_random_features(tmp_path / "e.bin")
    child.send(LayOut(files, tmp_path / "e.map"), 15)
    child.wait_for(Progress)
    child.send(Explain(capture), 16)
    assert child.wait_for(Explained)[1] == 16
    child.send(Cancel(), 15)
    assert isinstance(child.closing(15), Cancelled)


def test_an_explanation_covers_the_view(child: Child, tmp_path: Path) -> None:
    (capture,) = make_captures(tmp_path, 1)
    (found,) = child.ask(Explain(capture, class_index=1), 17)
    assert isinstance(found, Explained)
    heat = found.heat.to_numpy()
    assert heat.shape == (32, 32)
    assert heat.min() >= 0
    assert heat.max() <= 1
    assert found.class_index == 1
    assert "hidden" in found.method


def test_a_high_resolution_picture_is_classified_without_super_resolution(
    child: Child, tmp_path: Path
) -> None:
    (capture,) = make_captures(tmp_path, 1)
    (found,) = child.ask(ClassifyDirectly(capture), 18)
    assert isinstance(found, ClassifiedDirectly)
    assert len(found.top) == 3
    assert sum(probability for _, probability in found.top) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize(
    "request_",
    [
        FindSimilar(NO_FILES, numbers(1)),
        FindUnlike(NO_FILES, numbers(1)),
        FindWorthLabelling(NO_FILES, NO_LABELS, numbers()),
        FindLabelErrors(NO_FILES, numbers(1), numbers(1), numbers(1)),
        LayOut(NO_FILES, Path("/nowhere/e.map")),
        Explain(NOWHERE),
        Explain(NOWHERE, class_index=99),
        ClassifyDirectly(NOWHERE),
    ],
)
def test_what_cannot_be_answered_is_said(child: Child, request_: WindowRequest) -> None:
    (failed,) = child.ask(request_, 19)
    kind, sentence = failure(failed)
    assert kind != "crash"
    assert sentence
