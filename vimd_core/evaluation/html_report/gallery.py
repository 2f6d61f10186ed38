"""Captures beside their super-resolved views, with what they are and what the model said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vimd_core.evaluation.html_report.examples import Pictures
from vimd_core.evaluation.html_report.html import Html, element, name, path_name, percent
from vimd_core.evaluation.measured import MeasuredCaptures


def gallery(
    measured: MeasuredCaptures,
    indices: Sequence[int],
    pictures: Mapping[int, Pictures],
    classes: Sequence[str],
    *,
    with_bicubic: bool = False,
) -> Html | None:
    """Captures with what they are and what was said.

    Args:
        measured: all captures.
        indices: which are wanted, in order; those without pictures are left out.
        pictures: by index.
        classes: names of the model's classes.
        with_bicubic: tell the answer for the bicubic view too.

    Returns:
        The gallery, or None when there is nothing to show.
    """
    predicted, confidence, bicubic = measured.predicted, measured.confidence, measured.bicubic_predicted
    bicubic_confidence = measured.bicubic_probabilities.max(axis=1)
    figures: list[Html] = []
    for index in (one for one in indices if one in pictures):
        label = int(measured.labels[index])
        said = [("" if not with_bicubic else "with SR: ", int(predicted[index]), float(confidence[index]))]
        if with_bicubic:
            said.append(("bicubic: ", int(bicubic[index]), float(bicubic_confidence[index])))
        answers = [
            element(
                "div",
                element(
                    "span",
                    f"{view}",
                    name(classes[answer]),
                    f" {percent(sure)}",
                    class_="right" if answer == label else "wrong",
                ),
            )
            for view, answer, sure in said
        ]
        caption = element(
            "figcaption",
            element("b", name(classes[label])),
            *answers,
            element(
                "small",
                f"{measured.widths_px[index]} × {measured.heights_px[index]} px, ",
                path_name(measured.paths[index].name),
            ),
        )
        drawn = pictures[index]
        images = element(
            "div",
            element("img", src=drawn.lr, class_="lr", alt="capture", loading="lazy"),
            element("img", src=drawn.sr, alt="super-resolved view", loading="lazy"),
        )
        figures.append(element("figure", images, caption))
    return element("div", *figures, class_="gallery") if figures else None
