"""Twenty labels by keys in the real program: suggestions come with the second class and follow every label."""

from __future__ import annotations

import random
from pathlib import Path

from PIL import Image, ImageDraw
from program import query, run_story

NUM_EACH = 12


def draw(folder: Path) -> Path:
    """Small pictures of discs, bars and rings, no two alike, in no order."""
    generator = random.Random(16)
    folder.mkdir()
    names = [f"{shape}-{number:02}" for shape in ("disc", "bar", "ring") for number in range(NUM_EACH)]
    for place, name in enumerate(generator.sample(names, len(names))):
        shape = name.split("-")[0]
        colour = {"disc": (200, 40, 40), "bar": (40, 90, 210), "ring": (230, 200, 40)}[shape]
        ink = tuple(min(255, max(0, one + generator.randrange(-25, 26))) for one in colour)
        ground = tuple(generator.randrange(90, 150) for _ in range(3))
        image = Image.new("RGB", (32, 32), ground)
        pen = ImageDraw.Draw(image)
        x, y, r = generator.randrange(13, 20), generator.randrange(13, 20), generator.randrange(8, 12)
        box = (x - r, y - r, x + r, y + r)
        if shape == "disc":
            pen.ellipse(box, fill=ink)
        elif shape == "bar":
            pen.rectangle((x - r, y - 3, x + r, y + 3), fill=ink)
        else:
            pen.ellipse(box, outline=ink, width=4)
        image.save(folder / f"{name}-{place:02}.png")
    return folder


def share_right(suggested: dict[str, str]) -> float:
    return sum(name.split("-")[0] == said for name, said in suggested.items()) / len(suggested)


def test_suggestions_follow_twenty_labels_and_a_restart(
    home: Path, tmp_path: Path, model_arguments: list[str]
) -> None:
    pictures = draw(tmp_path / "pictures")
    count = 3 * NUM_EACH
    told = run_story("label_twenty", home, model_arguments, VIMD_PICTURES=str(pictures))
    assert told["after_one_class"] == {}
    two = told["after_two_classes"]
    assert len(two) == count - 2 and set(two.values()) == {"disc", "bar"}
    three = told["after_three_classes"]
    assert "ring" in three.values() and three != two
    # Every label is what was meant, and those that were accepted say that they were suggested.
    assert all(name.split("-")[0] == label for name, label in told["labels"].items())
    assert len(told["labels"]) == 20
    accepted = query(
        home, "SELECT count(*) FROM label_events WHERE model_id IS NULL AND model_class_id IS NOT NULL"
    )
    assert accepted == [(6,)]
    twenty, undone = told["after_twenty"], told["after_undo"]
    assert len(twenty) == count - 20 and len(undone) == count - 19
    assert share_right(twenty) > share_right(two) and share_right(twenty) >= 0.8
    assert "label" in told["footer"] or "%" in told["footer"]

    morning = run_story("next_morning", home, model_arguments)
    assert not morning["has_model"] and morning["suggestions"] == undone
