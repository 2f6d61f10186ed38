"""Texts of the Retrain dialog: summary, warnings, remarks and forecast."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

from app.retraining.choice import FEWEST_CAPTURES
from app.retraining.forecast import LabelForecast, TooFewToForecast
from app.retraining.training_stock import FEWEST_OF_CLASS, ClassStock, Concerns, LearningStock
from app.views.wording.numbers import count, percent

_MOST_NAMES: Final = 5

translate = QCoreApplication.translate


def summary(stock: LearningStock) -> str:
    """How many labels there are, and whether the model's own answers are replayed."""
    parts = [
        translate(
            "RetrainWording",
            "%Ln capture(s) (has/have) a class that you gave or accepted, {0} of them since the last training.",
            "",
            stock.verified,
        ).format(count(stock.fresh))
    ]
    if stock.verified < FEWEST_CAPTURES:
        parts.append(translate("RetrainWording", "Label at least {0} to retrain.").format(FEWEST_CAPTURES))
    counts = [one.verified for one in stock.classes if one.verified]
    if len(counts) > 1 and max(counts) >= 10 * min(counts):
        parts.append(
            translate(
                "RetrainWording",
                "Some classes have ten times as many as others: rare ones are shown more often.",
            )
        )
    if stock.trust is None:
        parts.append(
            translate(
                "RetrainWording",
                "Too few of the model's sure answers were looked at to replay others of them.",
            )
        )
    elif stock.is_trusted:
        parts.append(
            translate(
                "RetrainWording",
                "Of {0} sure answers that you looked at {1} were right, so others are replayed.",
            ).format(f"{stock.trust_n:,}", percent(stock.trust))
        )
    else:
        parts.append(
            translate(
                "RetrainWording",
                "Of {0} sure answers that you looked at only {1} were right: none are replayed.",
            ).format(f"{stock.trust_n:,}", percent(stock.trust))
        )
    return " ".join(parts)


def warnings(concerns: Concerns) -> str:
    """What makes a training little worth; nothing when nothing does."""
    sentences = []
    if concerns.only_class:
        sentences.append(
            translate(
                "RetrainWording",
                "All labels are of one class, {0}: a model can't learn to tell classes apart from that. "
                "Label captures of other classes, too.",
            ).format(concerns.only_class)
        )
    if concerns.single:
        names = ", ".join(concerns.single[:_MOST_NAMES])
        if len(concerns.single) > _MOST_NAMES:
            names = translate("RetrainWording", "{0} and {1} others").format(
                names, f"{len(concerns.single) - _MOST_NAMES:,}"
            )
        sentences.append(
            translate(
                "RetrainWording",
                "A single capture is labelled as each of these classes, which is too few to learn from and to "
                "check by: {0}. Label at least {1} of each.",
            ).format(names, FEWEST_OF_CLASS)
        )
    return " ".join(sentences)


def forecast(found: LabelForecast | TooFewToForecast) -> str:
    """Whether more labels are worth it."""
    if isinstance(found, TooFewToForecast):
        return translate(
            "RetrainWording",
            "Enough yet? Too early to tell: that is measured on labelled captures that the model has not learnt "
            "from, and there are {0} of them. Label about {1} more.",
        ).format(f"{found.unlearnt:,}", f"{found.more:,}")
    return translate(
        "RetrainWording",
        "Enough yet? Estimated accuracy on captures that the model has not learnt from: {0} with %Ln label(s), "
        "about {1} with twice as many ({2} to {3}).",
        "",
        found.labels,
    ).format(
        percent(found.now),
        percent(found.doubled),
        percent(found.low),
        percent(found.high),
    )


def remarks(one: ClassStock, *, replayed: int) -> str:
    """What is to be said of a class."""
    found = []
    if one.is_new:
        found.append(translate("RetrainWording", "new to the model"))
    if one.is_thin:
        found.append(translate("RetrainWording", "few: expect little"))
    if one.too_small:
        found.append(translate("RetrainWording", "{0} very small").format(f"{one.too_small:,}"))
    if not one.verified and not replayed:
        found.append(translate("RetrainWording", "nothing here keeps it"))
    return ", ".join(found)
