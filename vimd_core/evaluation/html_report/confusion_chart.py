"""The confusion matrix as a heat map that stays readable with hundreds of classes.

Sizes: K classes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from vimd_core.evaluation.html_report.html import element, shortened

Confusion = npt.NDArray[np.int64]
_LABEL_WIDTH: Final = 168
_TOP: Final = 26


def confusion_chart(confusion: Confusion, classes: Sequence[str]) -> Markup:
    """A heat map with a title on each cell that holds captures; empty cells are not drawn.

    A cell is the darker the larger its share of the true class is, by its square root, so that rare mistakes
    are seen. Right answers and mistakes have different colours.

    Args:
        confusion: (K, K) counts, rows are true classes.
        classes: K names.
    """
    count = len(classes)
    cell = _cell_size(count)
    side = count * cell
    names = [shortened(one, 48) for one in classes]
    support = confusion.sum(axis=1)
    parts = [element("rect", x=_LABEL_WIDTH, y=_TOP, width=side, height=side, class_="field")]
    parts += _axes(names, cell)
    for true, said in np.argwhere(confusion):
        share = float(confusion[true, said] / support[true])
        told = f"{names[true]} → {names[said]}: {confusion[true, said]:,} of {support[true]:,}"
        parts.append(
            element(
                "rect",
                element("title", told),
                x=int(_LABEL_WIDTH + said * cell),
                y=int(_TOP + true * cell),
                width=cell,
                height=cell,
                class_="hit" if true == said else "miss",
                fill_opacity=0.15 + 0.85 * math.sqrt(share),
            )
        )
    width, height = _LABEL_WIDTH + side + 4, _TOP + side + 4
    return element(
        "svg",
        *parts,
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        class_="confusion",
        role="img",
        aria_label="Confusion matrix: rows are true classes, columns are the model's answers",
    )


def _cell_size(count: int) -> int:
    """Units of a cell's side: large with few classes, and never too small to be pointed at."""
    # Up to a hundred rows each has its name beside it, which needs 11 units.
    return max(11 if count <= 100 else 8, min(28, 640 // max(1, count)))


def _axes(names: Sequence[str], cell: int) -> list[Markup]:
    """Numbers of the classes on top, numbers and names beside the rows as far as there is room."""
    count = len(names)
    every = max(1, -(-22 // cell))
    row_every = max(1, -(-11 // cell))
    size = min(12, max(9, cell - 1))
    characters = int(0.83 * _LABEL_WIDTH / (0.56 * size))
    parts: list[Markup] = []
    for index in range(count):
        middle = (index + 0.5) * cell
        if index % every == 0:
            x = _LABEL_WIDTH + middle
            parts.append(element("text", str(index), x=x, y=_TOP - 6.0, text_anchor="middle", font_size=10))
            parts.append(element("line", x1=x, y1=_TOP - 4.0, x2=x, y2=float(_TOP), class_="grid"))
        if index % row_every == 0:
            label = f"{shortened(names[index], characters)}  {index}"
            y = _TOP + middle + size * 0.35
            parts.append(element("text", label, x=_LABEL_WIDTH - 5.0, y=y, text_anchor="end", font_size=size))
    return parts
