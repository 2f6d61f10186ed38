"""The conversation with the child: what requests declare fits what serves them."""

from __future__ import annotations

from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from worker_requests import EXAMPLES, numbers

from vimd_core.errors import WorkerError
from vimd_core.processes.messages import Message, MessageSet, Priority, encode
from vimd_core.processes.protocol import FrameReader
from vimd_core.streaming.messages import FROM_SOURCE, FROM_SUPERVISOR
from vimd_core.worker import services  # noqa: F401 (loads all services)
from vimd_core.worker.conversation import ANSWERS, FROM_WINDOW
from vimd_core.worker.messages import (
    Cancelled,
    Failed,
    FindLabelErrors,
    Hello,
    WindowRequest,
)
from vimd_core.worker.serving import SERVICES, serves

KINDS = sorted(EXAMPLES, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_arrives_as_it_was_sent(kind: type[WindowRequest]) -> None:
    (frame,) = FrameReader().feed(encode(EXAMPLES[kind], 7))
    assert frame.request_id == 7
    assert FROM_WINDOW.decode(frame.body) == EXAMPLES[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_its_service_closes_a_request_as_that_declares(kind: type[WindowRequest]) -> None:
    returned = get_type_hints(SERVICES[kind])["return"]
    closings = set(get_args(returned) or [returned])
    assert closings - {Cancelled} == {kind.closed_by}
    assert {kind.closed_by, *kind.tells} <= set(ANSWERS.classes)
    # What can be taken back while it runs is long, and what is long lets a view overtake it.
    assert (Cancelled in closings) == (kind.priority is Priority.BACKGROUND)


def test_nothing_is_served_that_nobody_can_ask_for_and_nothing_twice() -> None:
    assert set(SERVICES) == set(KINDS)
    with pytest.raises(ValueError, match="Hello is served already"):
        serves(Hello)(SERVICES[Hello])


@pytest.mark.parametrize("kind", KINDS)
def test_any_request_may_fail_or_be_cancelled_and_what_comes_before_does_not_close_it(
    kind: type[WindowRequest],
) -> None:
    closing = {one for one in ANSWERS.classes if issubclass(one, (kind.closed_by, Failed, Cancelled))}
    assert len(closing) == 3
    assert not closing & set(kind.tells)


@pytest.mark.parametrize("conversation", [ANSWERS, FROM_WINDOW, FROM_SOURCE, FROM_SUPERVISOR])
def test_every_message_class_of_a_conversation_is_known_by_a_name_of_its_own(
    conversation: MessageSet[Message],
) -> None:
    tags = [one.__struct_config__.tag for one in conversation.classes]
    assert len(set(tags)) == len(tags) > 3


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: FindLabelErrors(Path("e"), numbers(1), numbers(1), numbers()),
    ],
)
def test_arrays_that_belong_together_have_one_length(wrong: object) -> None:
    with pytest.raises(ValueError, match="one length"):
        wrong()  # type: ignore[operator]


def test_what_the_child_says_is_not_taken_for_what_the_window_says() -> None:
    (frame,) = FrameReader().feed(encode(Cancelled(3)))
    with pytest.raises(WorkerError, match="malformed"):
        FROM_WINDOW.decode(frame.body)
