"""An answer in the live view belongs to the thing that the model was asked about, and never stands on another one."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot
from sign_scene import FRAMES_EACH, SIGN, scene

from app.services.streams.live_service import LiveAnswer, LiveService, LiveState
from app.views.live.live_cards import LiveCards, short_wording
from vimd_core.processes.messages import Pixels
from vimd_core.streaming.grabbers.frames import Frame
from vimd_core.streaming.messages import ShownFrame
from vimd_core.streaming.sightings.pipeline import Pipeline
from vimd_core.streaming.sources.regions import Region
from vimd_core.streaming.sources.settings import CaptureSettings, MotionSettings
from vimd_core.worker.messages import Answer, LookAt, Looked

LEFT, TOP, SIDE = SIGN
FPS = 15
VIEW_PX = 4


class Streams(QObject):
    """Gives a frame whenever it is asked for one."""

    frame_came = Signal(int, object)

    def look(self, _stream_id: int, _max_side_px: int, *, with_looks: bool) -> None:
        return


class Classify:
    is_model_loaded = True
    class_names = tuple(f"Class {n}" for n in range(100))

    def set_live(self, _is_on: bool) -> None:
        return


class Worker(QObject):
    """Names each look by its mean, and answers when it is told to."""

    stopped = Signal()
    is_up = True

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[tuple[Callable[[Answer], None], Answer]] = []

    def send(self, request: LookAt, *, on_answer: Any, on_crash: Any) -> int:
        tops = tuple(((name_of(look.to_numpy()), 0.92),) for look in request.looks)
        view = Pixels((VIEW_PX, VIEW_PX, 3), memoryview(bytes(3 * VIEW_PX * VIEW_PX)))
        self.waiting.append((on_answer, Looked(tops, (view,) * len(tops))))
        return len(self.waiting)

    def cancel(self, _request_id: int) -> None:
        self.waiting.clear()

    def forget(self, _request_id: int) -> None:
        return

    def answer(self) -> None:
        on_answer, message = self.waiting.pop(0)
        on_answer(message)


def name_of(pixels: np.ndarray[Any, Any]) -> int:
    return int(pixels.mean()) % 100


@dataclass
class Live:
    """The service with a source whose frames the test gives."""

    pipeline: Pipeline
    streams: Streams = field(default_factory=Streams)
    worker: Worker = field(default_factory=Worker)
    things: list[LiveAnswer] = field(default_factory=list)
    number: int = 0

    def __post_init__(self) -> None:
        self.service = LiveService(self.streams, self.worker, Classify())  # type: ignore[arg-type]
        self.service.things_changed.connect(self._take)
        self.service.follow(1, 100)

    def _take(self, things: list[LiveAnswer]) -> None:
        self.things = things

    def show(self, picture: np.ndarray[Any, Any], at_s: float | None = None) -> None:
        """A frame comes."""
        self.number += 1
        frame = Frame(picture, self.number / FPS if at_s is None else at_s, number=self.number)
        self.pipeline.process(frame)
        looks = tuple(self.pipeline.looks(frame))
        height, width = picture.shape[:2]
        shown = ShownFrame(picture, self.number, 0.0, width, height, frame.taken_ns, looks)
        self.streams.frame_came.emit(1, shown)


@pytest.fixture(autouse=True)
def ended_in_this_thread() -> Iterator[None]:
    """Callbacks and services hold each other: left to whatever thread collects them, Qt's part would crash it."""
    yield
    gc.collect()


@pytest.fixture
def at_the_sign(qtbot: QtBot) -> Live:
    region = Region(name="Sign", x_px=LEFT - 6, y_px=TOP - 6, width_px=SIDE + 12, height_px=SIDE + 12)
    return Live(Pipeline(CaptureSettings(regions=(region,), trigger="demand")))


def right_name(answer: LiveAnswer) -> str:
    image = answer.image
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return f"Class {name_of(pixels[:, : 3 * image.width()])}"


def test_the_old_answer_never_stands_on_the_new_thing_while_the_model_is_slow(at_the_sign: Live) -> None:
    live = at_the_sign
    live.show(scene(0))
    assert [answer.state for answer in live.things] == [LiveState.ASKED]
    live.worker.answer()
    (answer,) = live.things
    assert answer.state is LiveState.ANSWERED and answer.name == right_name(answer)
    first = answer.name
    wrong = 0
    for number in range(1, 2 * FRAMES_EACH):
        assert len(live.service._said) <= 1
        live.show(scene(number))
        (answer,) = live.things
        if number < FRAMES_EACH:
            assert answer.name == first  # what stays keeps its answer
        else:
            wrong += answer.name == first
            assert short_wording(answer) == "…"
    assert wrong == 0
    # The model was asked about the first sign all the time: its answer is not the second one's.
    live.worker.answer()
    (answer,) = live.things
    assert answer.state is LiveState.ASKED
    live.show(scene(2 * FRAMES_EACH - 1))
    live.worker.answer()
    (answer,) = live.things
    assert answer.state is LiveState.ANSWERED and answer.name == right_name(answer) != first
    assert len(live.service._said) == 1  # what is gone is forgotten


def moving(number: int) -> np.ndarray[Any, Any]:
    """One thing crosses, another one comes in where it was, and at last there is nothing."""
    chance = np.random.default_rng(1)
    picture = chance.integers(90, 110, (120, 160, 3), dtype=np.uint8)
    if 12 <= number < 30:
        left = 20 + 4 * (number - 12)
        pattern = np.random.default_rng(2 if number < 21 else 3).integers(0, 255, (6, 6, 3), dtype=np.uint8)
        picture[40:70, left : left + 30] = pattern.repeat(5, axis=0).repeat(5, axis=1)
    return picture


def test_with_motion_the_answer_moves_with_its_thing_and_goes_with_it(qtbot: QtBot) -> None:
    live = Live(Pipeline(CaptureSettings(motion=MotionSettings(min_size_px=10))))
    boxes, names = [], {}
    for number in range(36):
        live.show(moving(number))
        if live.worker.waiting and number in (17, 25):
            live.worker.answer()
        for answer in live.things:
            names.setdefault("first" if number < 21 else "second", set()).add(answer.name)
            boxes.append(answer.box[0])
        if 21 <= number < 25:
            assert all(answer.state is LiveState.ASKED for answer in live.things)
        if number >= 32:
            assert live.things == []
    assert len(set(boxes)) > 4
    assert names["first"] - {""} and not (names["first"] - {""}) & names["second"]


def test_of_two_things_each_has_its_own_answer(qtbot: QtBot) -> None:
    live = Live(Pipeline(CaptureSettings(motion=MotionSettings(min_size_px=10))))
    for number in range(30):
        picture = np.random.default_rng(1).integers(90, 110, (120, 160, 3), dtype=np.uint8)
        if number >= 12:
            left = 10 + 4 * (number - 12)
            picture[10:40, left : left + 30] = np.random.default_rng(2).integers(0, 99, 3)
            picture[70:100, left : left + 30] = np.random.default_rng(3).integers(150, 255, 3)
            picture[75:85, left + 5 : left + 20] = 0
            picture[15:25, left + 5 : left + 20] = 255
        live.show(picture)
        if len(live.things) == 2 and live.worker.waiting:
            live.worker.answer()
    assert len(live.things) == 2
    assert len({answer.name for answer in live.things}) == 2
    assert len(live.service._said) == 2  # and nothing is remembered of what is gone


def test_nothing_is_said_of_an_even_surface_and_what_is_still_is_not_praised(at_the_sign: Live) -> None:
    live = at_the_sign
    live.show(np.full((360, 480, 3), 120, np.uint8))
    live.worker.answer()
    (answer,) = live.things
    assert (answer.state, answer.name, short_wording(answer)) == (LiveState.PLAIN, "", "no image")
    chance = np.random.default_rng(0)
    for at_s in range(100, 115):
        noisy = np.clip(scene(0) + chance.normal(0, 4, scene(0).shape), 0, 255).astype(np.uint8)
        live.show(noisy, float(at_s))
        live.worker.answer()
    (answer,) = live.things
    assert answer.state is LiveState.STILL and short_wording(answer).endswith("%, no motion")
    cards = LiveCards()
    cards.show_answers(live.things, 0.5)
    assert not cards.cards[0].answer.isEnabled()
    live.show(scene(FRAMES_EACH), 116.0)
    live.worker.answer()
    assert [answer.state for answer in live.things] == [LiveState.ANSWERED]


def test_a_process_that_was_started_anew_has_no_old_answers(at_the_sign: Live) -> None:
    live = at_the_sign
    for number in range(3):
        live.show(scene(number))
    live.worker.answer()
    assert live.things[0].name
    live.number = 0
    live.show(scene(0))
    assert live.things[0].state is LiveState.ASKED
