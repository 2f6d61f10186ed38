"""The review's room: labelling by keys, review queues, removing, changed files, undo, and their actions."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject

from app.domain.records import ActionKind
from app.views.gallery.room import GalleryRoom
from app.views.review.bulk_accept import BulkAccept
from app.views.review.changed_files import ChangedFiles
from app.views.review.key_focus import KeyFocus
from app.views.review.label_feedback import LabelFeedback
from app.views.review.questions import ReviewQuestions
from app.views.review.remove_commands import RemoveCommands
from app.views.review.review_queues import ReviewQueues
from app.views.review.review_session import ReviewSession
from app.views.shared.room_context import RoomContext, on

_ADVANCE = "label/advance"


class ReviewRoom(QObject):
    """What keys and menus do to the captures that are selected in the gallery."""

    def __init__(self, context: RoomContext, gallery: GalleryRoom, questions: ReviewQuestions) -> None:
        super().__init__(context.window)
        services, captures, bar = context.services, context.captures, context.message_bar
        self._settings = context.settings
        self._preferences = context.preferences
        self._questions = questions
        selection = gallery.selection
        self.session = ReviewSession(
            services.labels,
            services.inspect,
            services.suggestions.state,
            selection.settle,
            self._is_meant,
            self,
        )
        self.queues = ReviewQueues(
            captures,
            services.insight,
            services.inspect,
            services.suggestions.state,
            services.projects,
            context.actions,
            bar,
            context.preferences,
            selection,
            self,
        )
        self.bulk_accept = BulkAccept(
            captures,
            services.projects,
            services.labels,
            services.suggestions.state,
            partial(self._is_meant, only_unreviewed=True),
            bar,
            self,
        )
        self.removing = RemoveCommands(
            services.labels, services.streams, captures, self.session, selection, questions, bar, self
        )
        self._changed_files = ChangedFiles(services, captures, questions, bar, self)
        self._feedback = LabelFeedback(services.labels, self.session, context.actions, bar, self)
        self.keys = KeyFocus(gallery.view, lambda: len(self.session.selected) > 1, context.window)
        selection.changed.connect(self.session.set_selection)
        self.session.move_wanted.connect(selection.go)
        self.session.refused.connect(bar.show_notice)
        self.session.has_changed.connect(gallery.flash)
        self._connect_actions(context)

    def _connect_actions(self, context: RoomContext) -> None:
        actions, session, labels = context.actions, self.session, context.services.labels
        on(actions.undo, labels.undo)
        on(actions.redo, labels.redo)
        on(actions.remove, self.removing.remove_selected)
        on(actions.accept, session.accept)
        on(actions.accept_confident, self.bulk_accept.accept_confident)
        on(actions.none_of_these, session.choose_none)
        on(actions.unsure, lambda: session.mark(ActionKind.UNSURE))
        on(actions.reject, lambda: session.mark(ActionKind.REJECT))
        on(actions.clear_label, lambda: session.mark(ActionKind.CLEAR))
        on(actions.next, lambda: session.move(1))
        on(actions.previous, lambda: session.move(-1))
        for position, action in enumerate(actions.choose):
            action.triggered.connect(lambda _checked=False, chosen=position: session.choose(chosen))
        for position, action in enumerate(actions.choose_pinned):
            action.triggered.connect(lambda _checked=False, chosen=position: session.choose_pinned(chosen))
        actions.auto_advance.toggled.connect(self._on_auto_advance)
        actions.auto_advance.setChecked(self._settings.value(_ADVANCE, True, bool) is True)

    def _is_meant(self, question: str, *, only_unreviewed: bool = False) -> bool:
        """Whether many captures shall be labelled at once; without asking when the user has chosen that."""
        values = self._preferences.values
        if not values.asks_before_many:
            return True
        is_meant, asks_again = self._questions.ask_many(question, only_unreviewed=only_unreviewed)
        if is_meant and not asks_again:
            self._preferences.set(replace(values, asks_before_many=False))
        return is_meant

    def _on_auto_advance(self, advances: bool) -> None:
        self.session.advances = advances
        self._settings.setValue(_ADVANCE, advances)
