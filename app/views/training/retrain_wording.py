"""Texts of the Retrain dialog: summary, warnings, remarks and forecast."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

from app.item_models import number_text
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
            "%Ln labelled or accepted capture(s), {0} since the last training.",
            "",
            stock.verified,
        ).format(count(stock.fresh))
    ]
    if 0 < stock.things < stock.verified:
        parts.append(
            translate(
                "RetrainWording", "They show about {0} things, each held out as a whole or not at all."
            ).format(count(stock.things))
        )
    if stock.verified < FEWEST_CAPTURES:
        parts.append(translate("RetrainWording", "Label at least {0} to retrain.").format(FEWEST_CAPTURES))
    counts = [one.verified for one in stock.classes if one.verified]
    if len(counts) > 1 and max(counts) >= 10 * min(counts):
        parts.append(
            translate(
                "RetrainWording",
                "Some classes have ten times as many captures as others; rare classes are sampled more "
                "often.",
            )
        )
    if stock.trust is None:
        parts.append(
            translate(
                "RetrainWording",
                "Too few confident predictions were reviewed to replay others.",
            )
        )
    elif stock.is_trusted:
        parts.append(
            translate(
                "RetrainWording",
                "{1} of {0} reviewed confident predictions were right, so others are replayed.",
            ).format(number_text.count(stock.trust_n), percent(stock.trust))
        )
    else:
        parts.append(
            translate(
                "RetrainWording",
                "Only {1} of {0} reviewed confident predictions were right, so none are replayed.",
            ).format(number_text.count(stock.trust_n), percent(stock.trust))
        )
    return " ".join(parts)


def warnings(concerns: Concerns) -> str:
    """What makes a training little worth; nothing when nothing does."""
    sentences = []
    if concerns.only_class:
        sentences.append(
            translate(
                "RetrainWording",
                "All labels are of one class, {0}. Label captures of other classes too.",
            ).format(concerns.only_class)
        )
    if concerns.single:
        names = ", ".join(concerns.single[:_MOST_NAMES])
        if len(concerns.single) > _MOST_NAMES:
            names = translate("RetrainWording", "{0} and {1} others").format(
                names, number_text.count(len(concerns.single) - _MOST_NAMES)
            )
        sentences.append(
            translate(
                "RetrainWording",
                "These classes have only one labelled capture each, too few for training and "
                "validation: {0}. Label at least {1} of each.",
            ).format(names, FEWEST_OF_CLASS)
        )
    return " ".join(sentences)


def forecast(found: LabelForecast | TooFewToForecast) -> str:
    """Whether more labels are worth it."""
    if isinstance(found, TooFewToForecast):
        return translate(
            "RetrainWording",
            "Enough labels? Too early to tell: labelled captures so far: {0}. Label about {1} more.",
        ).format(number_text.count(found.labels), number_text.count(found.more))
    return translate(
        "RetrainWording",
        "Enough labels? Estimated accuracy with %Ln label(s): {0}; with twice as many: about {1} ({2} "
        "to {3}).",
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
        found.append(translate("RetrainWording", "New class"))
    if one.is_thin:
        found.append(translate("RetrainWording", "Few labels"))
    if one.too_small:
        found.append(translate("RetrainWording", "{0} very small").format(number_text.count(one.too_small)))
    if not one.verified and not replayed:
        found.append(translate("RetrainWording", "May be forgotten"))
    return ", ".join(found)
