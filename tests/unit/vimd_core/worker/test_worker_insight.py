"""What the real child finds out from embeddings, and from a closer look at one capture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bundles import write_tiny_bundle
from test_worker import Child, load, started
from test_worker import make_captures as make_from_zero

from vimd_core.embeddings.file import append_embeddings
from vimd_core.processes.protocol import Message, encode

CLOSING = {"ranking", "doubts", "layout", "explanation", "answer", "finished", "cancelled", "failed"}


@pytest.fixture(scope="module")
def child(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Child]:
    bundle = write_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny.safetensors")
    with started() as started_child:
        yield load(started_child, bundle)


def make_captures(folder: Path, count: int) -> list[dict[str, Any]]:
    """Captures as a project numbers them: from 1."""
    return [capture | {"id": capture["id"] + 1} for capture in make_from_zero(folder, count)]


def ask(child: Child, kind: str, request_id: int, *numbers: int, **fields: Any) -> list[Message]:
    """Send a request, and give its answers up to the closing one."""
    payload = np.array(numbers, dtype="<i8").tobytes()
    assert child.process.stdin is not None
    child.process.stdin.write(encode(Message(kind, fields, request_id, payload)))
    child.process.stdin.flush()
    answers: list[Message] = []
    while not answers or answers[-1].type not in CLOSING:
        message = child.receive()
        if message.request_id == request_id:
            answers.append(message)
    return answers


def keep_embeddings(child: Child, captures: list[dict[str, Any]], path: Path) -> Path:
    for message in ask(child, "classify", 100, captures=captures, batch_size=4):
        if message.type == "classified":
            ids = [result["id"] for result in message.fields["results"] if "error" not in result]
            append_embeddings(path, message.fields["embedding_dim"], ids, message.payload)
    return path


def as_ranking(message: Message) -> tuple[list[int], list[float]]:
    count = message.fields["count"]
    ids = np.frombuffer(message.payload[: 8 * count], "<i8")
    return ids.tolist(), np.frombuffer(message.payload[8 * count :], "<f4").tolist()


def test_classifying_gives_embeddings_but_for_what_cannot_be_read(child: Child, tmp_path: Path) -> None:
    captures = make_captures(tmp_path, 5)
    Path(captures[2]["path"]).write_bytes(b"nothing")

    (classified, finished) = ask(child, "classify", 5, captures=captures)

    vectors = np.frombuffer(classified.payload, "<f2").reshape(-1, classified.fields["embedding_dim"])
    assert len(vectors) == 4
    assert np.linalg.norm(vectors.astype(np.float32), axis=1) == pytest.approx(np.ones(4), abs=2e-3)
    assert finished.fields["unreadable"] == 1


def test_embedding_alone_gives_the_same(child: Child, tmp_path: Path) -> None:
    captures = make_captures(tmp_path, 3)
    classified = ask(child, "classify", 6, captures=captures)[0]
    embedded, finished = ask(child, "embed", 7, captures=captures)
    assert embedded.fields["ids"] == [capture["id"] for capture in captures]
    assert embedded.payload == classified.payload
    assert finished.type == "finished"


def test_a_capture_is_most_similar_to_itself_and_then_to_its_twin(child: Child, tmp_path: Path) -> None:
    captures = make_captures(tmp_path, 6)
    twin = dict(captures[3], id=77)
    path = keep_embeddings(child, [*captures, twin], tmp_path / "e.bin")

    (ranking,) = ask(child, "find_similar", 8, captures[3]["id"], embeddings=str(path), top_k=4)

    ids, cosines = as_ranking(ranking)
    assert ids[:2] == [captures[3]["id"], 77]
    assert len(ids) == 4
    assert cosines[1] == pytest.approx(1.0, abs=2e-3)
    assert ranking.fields["searched"] == 7


@pytest.mark.parametrize("kind", ["find_similar", "find_unlike", "find_worth_labelling", "lay_out"])
def test_captures_that_are_gone_from_the_project_are_not_found(
    child: Child, tmp_path: Path, kind: str
) -> None:
    captures = make_captures(tmp_path, 6)
    path = keep_embeddings(child, captures, tmp_path / "e.bin")
    numbers = [captures[0]["id"]] if kind in ("find_similar", "find_unlike") else []
    absent = [captures[i]["id"] for i in (2, 4)]
    fields = {"embeddings": str(path), "cache": str(tmp_path / "e.map"), "absent": absent}
    found = ask(child, kind, 31, *numbers, **fields)[-1]
    ids = set(as_ranking(found)[0]) if kind != "lay_out" else set(np.frombuffer(found.payload[:32], "<i8"))
    assert ids
    assert not ids & set(absent)
    assert found.fields["count" if kind == "lay_out" else "searched"] == 4


def test_what_is_labelled_is_not_among_the_most_unlike(child: Child, tmp_path: Path) -> None:
    captures = make_captures(tmp_path, 6)
    path = keep_embeddings(child, captures, tmp_path / "e.bin")
    labelled = [captures[0]["id"], captures[1]["id"]]
    (ranking,) = ask(child, "find_unlike", 9, *labelled, embeddings=str(path), top_k=10)
    ids, distances = as_ranking(ranking)
    assert set(ids) == {capture["id"] for capture in captures[2:]}
    assert distances == sorted(distances, reverse=True)


def test_label_errors_say_what_they_are_based_on(child: Child, tmp_path: Path) -> None:
    captures = make_captures(tmp_path, 8)
    path = keep_embeddings(child, captures, tmp_path / "e.bin")
    ids = [capture["id"] for capture in captures]
    labels, groups = [i % 2 for i in range(8)], list(range(8))

    *progress, doubts = ask(child, "find_label_errors", 10, *ids, *labels, *groups, embeddings=str(path))

    assert [message.fields["share"] for message in progress] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert doubts.type == "doubts"
    assert doubts.fields["checked"] == 8
    assert doubts.fields["classes"] == 2
    assert doubts.fields["enough"] is False
    assert len(doubts.payload) == 20 * doubts.fields["count"]


def test_a_map_is_kept_for_the_next_time(child: Child, tmp_path: Path) -> None:
    path = keep_embeddings(child, make_captures(tmp_path, 12), tmp_path / "e.bin")
    cache = tmp_path / "e.map"

    *progress, first = ask(child, "lay_out", 11, embeddings=str(path), cache=str(cache))
    (second,) = ask(child, "lay_out", 12, embeddings=str(path), cache=str(cache))
    cache.write_bytes(cache.read_bytes()[:100])
    third = ask(child, "lay_out", 13, embeddings=str(path), cache=str(cache))[-1]

    assert progress
    assert not first.fields["cached"]
    assert second.fields["cached"]
    assert not third.fields["cached"]
    assert first.payload == second.payload == third.payload
    places = np.frombuffer(first.payload[8 * 12 :], "<f4")
    assert len(places) == 24
    assert places.min() >= 0
    assert places.max() <= 1


def test_a_map_that_is_no_longer_wanted_ends(child: Child, tmp_path: Path) -> None:
    vectors = np.random.default_rng(0).standard_normal((1500, 16)).astype(np.float16)
    path = tmp_path / "e.bin"
    append_embeddings(path, 16, range(1, 1501), vectors.tobytes())
    child.send("lay_out", 14, embeddings=str(path), cache=str(tmp_path / "e.map"))
    child.wait_until(lambda message: message.type == "progress")
    child.send("cancel", 14)
    closing = child.wait_until(lambda message: message.request_id == 14 and message.type != "progress")
    assert closing.type == "cancelled"
    assert not (tmp_path / "e.map").exists()


def test_a_question_about_one_capture_overtakes_a_map(child: Child, tmp_path: Path) -> None:
    (capture,) = make_captures(tmp_path, 1)
    vectors = np.random.default_rng(0).standard_normal((1500, 16)).astype(np.float16)
    path = tmp_path / "e.bin"
    append_embeddings(path, 16, range(1, 1501), vectors.tobytes())
    child.send("lay_out", 15, embeddings=str(path), cache=str(tmp_path / "e.map"))
    child.wait_until(lambda message: message.type == "progress")
    child.send("explain", 16, **capture)
    assert child.wait_until(lambda message: message.type in CLOSING).request_id == 16
    child.send("cancel", 15)
    child.wait_until(lambda message: message.request_id == 15 and message.type == "cancelled")


def test_an_explanation_covers_the_view(child: Child, tmp_path: Path) -> None:
    (capture,) = make_captures(tmp_path, 1)
    (found,) = ask(child, "explain", 17, **capture, class_index=1)
    heat = np.frombuffer(found.payload, "<f4")
    assert (found.fields["width_px"], found.fields["height_px"]) == (32, 32)
    assert len(heat) == 32 * 32
    assert heat.min() >= 0
    assert heat.max() <= 1
    assert found.fields["class_index"] == 1
    assert "hidden" in found.fields["method"]


def test_a_high_resolution_picture_is_classified_without_super_resolution(
    child: Child, tmp_path: Path
) -> None:
    (capture,) = make_captures(tmp_path, 1)
    (found,) = ask(child, "classify_directly", 18, **capture)
    assert len(found.fields["top"]) == 3
    assert sum(probability for _, probability in found.fields["top"]) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("find_similar", {"embeddings": "/nowhere/e.bin"}),
        ("find_unlike", {}),
        ("find_unlike", {"embeddings": "/nowhere/e.bin", "absent": ["1"]}),
        ("find_label_errors", {"embeddings": "/nowhere/e.bin"}),
        ("lay_out", {"embeddings": "/nowhere/e.bin", "cache": "/nowhere/e.map"}),
        ("explain", {"id": 1, "path": "/nowhere/a.png"}),
        ("classify_directly", {"id": 1, "path": "/nowhere/a.png"}),
    ],
)
def test_what_cannot_be_answered_is_said(child: Child, kind: str, fields: dict[str, Any]) -> None:
    (failed,) = ask(child, kind, 19, 1, 2, **fields)
    assert failed.type == "failed"
    assert failed.fields["kind"] != "crash"
    assert failed.fields["message"]


def test_what_is_worth_a_label_leaves_out_what_was_decided(child: Child, tmp_path: Path) -> None:
    path = keep_embeddings(child, make_captures(tmp_path, 12), tmp_path / "some.embeddings")
    decided, has_class = [2, 5, 7], [1, 0, 1]
    (ranking,) = ask(child, "find_worth_labelling", 20, *decided, *has_class, embeddings=str(path), top_k=20)
    ids, _ = as_ranking(ranking)
    assert sorted(ids) == [i for i in range(1, 13) if i not in decided]
    (first,) = ask(child, "find_worth_labelling", 21, embeddings=str(path), top_k=3)
    assert len(as_ranking(first)[0]) == 3
    (failed,) = ask(child, "find_worth_labelling", 22, 2, 5, 7, embeddings=str(path))
    assert failed.type == "failed" and "marks" in failed.fields["message"]
