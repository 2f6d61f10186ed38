"""Tools > Retrain and Tools > Models: puts their dialogs before the services, and what comes of it into the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.training_records import TrainingRun
from app.item_models.class_list_model import ClassListModel
from app.services.container import Services
from app.services.program.preferences import NEVER, Preferences
from app.services.training.model_service import GateReport
from app.services.training.retrain_service import RetrainService
from app.views.shared.actions import Actions
from app.views.shared.message_bar import MessageBar
from app.views.window.dialogs import Dialogs
from app.views.wording.numbers import percent

if TYPE_CHECKING:
    from app.views.models.gate_dialog import GateDialog
    from app.views.models.models_dialog import ModelsDialog
    from vimd_core.evaluation.gate import Verdict

_SUGGESTION: Final = "suggested training"


class TrainingCommands(QObject):
    """Asks what to train, shows the gate when a model is done, and lists the models."""

    changes_chosen = Signal(object)  # captures to list in the gallery, each with an `AnswerChange`
    panel_wanted = Signal()

    def __init__(
        self,
        services: Services,
        classes: ClassListModel,
        actions: Actions,
        dialogs: Dialogs,
        message_bar: MessageBar,
        choose_model: Callable[[], None],
        preferences: Preferences,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._services = services
        self._classes = classes
        self._actions = actions
        self._dialogs = dialogs
        self._message_bar = message_bar
        self._choose_model = choose_model
        self._preferences = preferences
        self._fresh: int | None = None  # a model that was just made, and may promote itself
        self._window = window
        self.gate: GateDialog | None = None
        self.models: ModelsDialog | None = None
        for action, slot in (
            (actions.retrain, self.ask),
            (actions.models, self.show_models),
            (actions.roll_back, services.models.roll_back),
        ):
            action.triggered.connect(lambda _checked=False, slot=slot: slot())
        services.retrain.candidate_ready.connect(self._on_candidate)
        services.retrain.can_go_on.connect(self._on_can_go_on)
        services.retrain.failed.connect(message_bar.show_error)
        services.retrain.suggested.connect(self._on_suggested)
        services.retrain.suggestion_over.connect(lambda: message_bar.withdraw(_SUGGESTION))
        services.labels.labels_changed.connect(lambda _result: services.retrain.count_soon())
        services.models.report_ready.connect(self._on_report)
        services.models.failed.connect(message_bar.show_error)
        services.models.exported.connect(
            lambda file: message_bar.show_notice(self.tr("The model was exported to {0}.").format(file))
        )
        services.classify.model_loaded.connect(lambda _name, _notice: self._list_again())
        services.projects.opened.connect(lambda _name, _folder: self._enable())
        services.projects.closing.connect(self._on_project_closing)
        self._enable()

    def ask(self) -> None:
        """Ask what to train, and begin."""
        if self._services.projects.project is None:
            return
        request = self._dialogs.ask_retrain(self._services.retrain, self._services.speed)
        if request is not None:
            self._services.retrain.start(request)
            self.panel_wanted.emit()

    def show_models(self) -> None:
        """List all models."""
        if self.models is None:
            # Here, as in `Dialogs`: a start does without.
            from app.views.models.models_dialog import ModelsDialog

            self.models = ModelsDialog(self._window, self._services.models)
            self.models.import_wanted.connect(self._choose_model)
            self.models.finished.connect(self._on_models_closed)
        self.models.show()
        self.models.raise_()

    def may_close(self) -> bool:
        """Whether the window may be closed; asks what shall become of a training that goes on."""
        retrain: RetrainService = self._services.retrain
        if not retrain.is_running:
            return True
        goes_on = self._dialogs.ask_training_at_close()
        if goes_on is None:
            return False
        if not goes_on:
            retrain.pause()
        return True

    def _enable(self) -> None:
        projects = self._services.projects
        is_usable = projects.project is not None and not projects.is_read_only
        for action in (self._actions.retrain, self._actions.models, self._actions.roll_back):
            action.setEnabled(is_usable)

    def _on_project_closing(self) -> None:
        for action in (self._actions.retrain, self._actions.models, self._actions.roll_back):
            action.setEnabled(False)
        for dialog in (self.gate, self.models):
            if dialog is not None:
                dialog.close()

    def _on_candidate(self, run: TrainingRun) -> None:
        if run.result_model_id is not None:
            self._fresh = run.result_model_id
            self._services.models.compare(run.result_model_id)
            self._list_again()

    def _on_can_go_on(self, run: TrainingRun) -> None:
        self._message_bar.show_error(
            self.tr("The training of {0} is not finished: everything until then is saved.").format(
                str(run.config.get("name", ""))
            ),
            self.tr("Resume"),
            self._resume,
        )

    def _on_suggested(self, fresh: int) -> None:
        self._message_bar.show_notice(
            self.tr(
                "{0} captures have been labelled since the last training: a better model can be made of them."
            ).format(f"{fresh:,}"),
            self.tr("Retrain…"),
            self.ask,
            topic=_SUGGESTION,
        )

    def _resume(self) -> None:
        self._services.retrain.resume()
        self.panel_wanted.emit()

    def _on_report(self, report: GateReport) -> None:
        fresh, self._fresh = self._fresh, None
        verdict = report.verdict
        if report.model.id == fresh and verdict is not None and self._promotes_itself(verdict):
            self._services.models.promote(report.model.id)
            self._message_bar.show_notice(
                self.tr(
                    "{0} replaces the model in use: right on {1} of the captures held back, {2} before."
                ).format(
                    report.model.name,
                    percent(verdict.outcome.second_top1),
                    percent(verdict.outcome.first_top1),
                ),
                self.tr("Take it back"),
                self._services.models.roll_back,
            )
            return
        if self.gate is not None:
            self.gate.close()
        names = {record.id: record.name for record in self._classes.records}
        from app.views.models.gate_dialog import GateDialog

        gate = GateDialog(self._window, report, names)
        gate.changes_chosen.connect(self.changes_chosen)
        gate.promote_wanted.connect(self._services.models.promote)
        gate.decided.connect(self._services.models.decide)
        gate.finished.connect(self._on_gate_closed)
        self.gate = gate
        gate.show()

    def _promotes_itself(self, verdict: Verdict) -> bool:
        margin = self._preferences.values.promote_margin
        return margin > NEVER and verdict.may_promote_itself(margin)

    def _on_gate_closed(self) -> None:
        self.gate = None

    def _on_models_closed(self) -> None:
        self.models = None

    def _list_again(self) -> None:
        if self.models is not None:
            self._services.models.list_models()
