"""Review queues (active learning): lists of the captures that are most worth a look."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from app.domain.capture_query import CaptureQuery, SortField
from app.domain.records import ReviewState
from app.item_models.capture_list_model import CaptureListModel
from app.services.classifier.insight_service import InsightService, RankedCaptures, RankingKind
from app.services.classifier.inspect_service import InspectService
from app.services.classifier.suggestion_state import SuggestionState
from app.services.program.preferences import Preferences
from app.services.project_service import ProjectService
from app.views.gallery.gallery_selection import GallerySelection
from app.views.shared.actions import Actions
from app.views.shared.message_bar import MessageBar
from app.views.wording import numbers

AUDIT_SIZE: Final = 100
_UNREVIEWED: Final = frozenset({ReviewState.UNREVIEWED})


class ReviewQueues(QObject):
    """Puts the gallery in the order in which captures are best reviewed."""

    def __init__(
        self,
        captures: CaptureListModel,
        insight: InsightService,
        inspect: InspectService,
        suggestions: SuggestionState,
        projects: ProjectService,
        actions: Actions,
        message_bar: MessageBar,
        preferences: Preferences,
        selection: GallerySelection,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._captures = captures
        self._insight = insight
        self._inspect = inspect
        self._suggestions = suggestions
        self._projects = projects
        self._message_bar = message_bar
        self._preferences = preferences
        self._selection = selection
        self._random = Random()
        self._listed: CaptureQuery | None = None
        self._starts = False
        self._said = ""
        self._on(actions.queue_least_sure, self.least_sure)
        self._on(actions.queue_disagreement, self.disagreement)
        self._on(actions.queue_label_errors, insight.find_label_errors)
        self._on(actions.queue_unlike, self.none_of_these)
        self._on(actions.queue_audit, self.audit)
        self._on(actions.queue_worth, insight.find_worth_labelling)
        self._on(actions.find_similar, self.similar)
        insight.ranking_found.connect(self._on_ranking)
        insight.failed.connect(message_bar.show_error)
        captures.query_changed.connect(self._on_query)
        captures.filter_applied.connect(self._on_listed)

    def least_sure(self, source_id: int | None = None) -> None:
        """What nobody has looked at, the least sure suggestions or predictions first; all of it, or of one source."""
        self._start(
            CaptureQuery(
                source_ids=None if source_id is None else frozenset({source_id}),
                states=_UNREVIEWED,
                min_confidence=0.0,
                sort=SortField.CONFIDENCE,
            )
        )

    def disagreement(self) -> None:
        """What nobody has looked at, the most different answers with and without super-resolution first."""
        least = self._preferences.values.disagreement_from
        self._start(
            CaptureQuery(
                states=_UNREVIEWED, min_disagreement=least, sort=SortField.DISAGREEMENT, descending=True
            )
        )

    def none_of_these(self) -> None:
        """What nobody has looked at, the captures first that are most probably of no labelled class."""
        if self._suggestions.suggestions is None:
            self._insight.find_unlike()  # of all that is labelled, if there is but one class
            return
        self._start(
            CaptureQuery(states=_UNREVIEWED, min_novelty=0.0, sort=SortField.NOVELTY, descending=True)
        )

    def audit(self) -> None:
        """Captures picked by chance, whatever their state: their share of errors is that of all."""

        def on_list(ids: list[int]) -> None:
            picked = self._random.sample(ids, min(AUDIT_SIZE, len(ids)))
            self.show(picked)

        query = CaptureQuery(min_confidence=0.0)
        self._projects.queries.ids(query, on_list)

    def similar(self) -> None:
        """What looks most like the capture that is looked at."""
        capture_id = self._inspect.capture_id
        if capture_id is not None:
            self._insight.find_similar(capture_id)

    def _on_ranking(self, ranking: RankedCaptures) -> None:
        if ranking.ids:
            self.show(ranking.ids)
        found, searched = len(ranking.ids), ranking.searched
        text = {
            RankingKind.SIMILAR: self.tr("The %Ln most similar capture(s), of {0}.", "", found),
            RankingKind.UNLIKE: self.tr(
                "The %Ln capture(s) most unlike labelled captures, of {0}.", "", found
            ),
            RankingKind.WORTH: self.tr(
                "%Ln capture(s) to label next, of {0}. Each represents many without a similar labelled "
                "capture.",
                "",
                found,
            ),
            RankingKind.LABEL_ERRORS: self.tr(
                "{1} of %Ln label(s) may be wrong, most likely first.", "", searched
            ),
        }[ranking.kind].format(numbers.count(searched), numbers.count(found))
        if not ranking.is_reliable:
            text += " " + self.tr("With so few labels, this is only a hint.")
        self._said = text
        self._message_bar.show_notice(text)

    def show(self, ids: list[int] | tuple[int, ...]) -> None:
        """List captures in this order, and begin with the first of them."""
        self._start(CaptureQuery(within=tuple(ids), sort=SortField.GIVEN))

    def _start(self, queue: CaptureQuery) -> None:
        """List captures, and begin with the first of them."""
        self._listed, self._starts = queue, True
        self._captures.set_query(queue)

    def _on_query(self) -> None:
        """What is said of a queue goes with it."""
        if self._listed is not None and self._captures.query != self._listed:
            self._listed, self._starts = None, False
        if self._said:
            self._message_bar.retract(self._said)
            self._said = ""

    def _on_listed(self) -> None:
        if self._starts:
            self._starts = False
            if self._captures.rowCount():
                self._selection.select_row(0)

    def _on(self, action: QAction, slot: Callable[[], None]) -> None:
        action.triggered.connect(lambda _checked=False: slot())
