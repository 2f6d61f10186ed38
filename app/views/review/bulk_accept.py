"""Accepts at once what is shown with high confidence in the current list, after asking with the number of captures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject

from app.domain.capture_query import CaptureQuery, GroupField
from app.domain.records import ReviewState
from app.item_models.capture_list_model import CaptureListModel
from app.services.captures.label_service import LabelService
from app.services.classifier.suggestion_state import SuggestionState
from app.services.project_service import ProjectService
from app.views.shared.message_bar import MessageBar
from app.views.wording.numbers import percent

ACCEPT_FROM: Final = 0.95
_UNREVIEWED: Final = frozenset({ReviewState.UNREVIEWED})


class BulkAccept(QObject):
    """Takes the suggestions, or the predictions where these are shown, as they were when it was asked about them."""

    def __init__(
        self,
        captures: CaptureListModel,
        projects: ProjectService,
        labels: LabelService,
        suggestions: SuggestionState,
        is_meant: Callable[[str], bool],
        message_bar: MessageBar,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._captures = captures
        self._projects = projects
        self._labels = labels
        self._suggestions = suggestions
        self._is_meant = is_meant
        self._message_bar = message_bar

    def accept_confident(self) -> None:
        """Ask which captures of the list these are, and then about them."""
        query = confident_of(self._captures.query)
        if query is None:
            self._say_none()
        else:
            self._projects.queries.ids(query, self._on_ids)

    def _on_ids(self, ids: list[int]) -> None:
        shown = [one for one in self._suggestions.shown_of(ids) if one.probability >= ACCEPT_FROM]
        are_suggestions = self._suggestions.are_shown
        chosen = [one.capture_id for one in shown] if are_suggestions else ids
        if not chosen:
            self._say_none()
            return
        question = (
            self.tr(
                "Accept the suggestions for %Ln capture(s) with a confidence of {0} or more?", "", len(chosen)
            )
            if are_suggestions
            else self.tr(
                "Accept the predictions for %Ln capture(s) with a confidence of {0} or more?", "", len(chosen)
            )
        )
        if self._is_meant(question.format(percent(ACCEPT_FROM))):
            self._labels.accept(chosen, shown, keeps_labels=True)

    def _say_none(self) -> None:
        self._message_bar.show_notice(
            self.tr("No unreviewed capture in this list has a confidence of {0} or more.").format(
                percent(ACCEPT_FROM)
            )
        )


def confident_of(query: CaptureQuery) -> CaptureQuery | None:
    """Those captures of a list that nobody has looked at and that are shown with high confidence."""
    if query.states is not None and ReviewState.UNREVIEWED not in query.states:
        return None
    return replace(
        query,
        states=_UNREVIEWED,
        unreadable=False,
        min_confidence=max(ACCEPT_FROM, query.min_confidence or 0.0),
        group=GroupField.NONE,
    )
