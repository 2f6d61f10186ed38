"""The model commands: choosing a file, the registry of models, and the gate that compares a new one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.training_records import TrainingRun
from app.services.program.preferences import NEVER
from app.services.training.model_service import GateReport
from app.views.models.questions import ModelQuestions
from app.views.shared.room_context import RoomContext, on
from app.views.wording.numbers import percent
from vimd_core.user_messages import Sentence

if TYPE_CHECKING:
    from app.views.models.gate_dialog import GateDialog
    from app.views.models.models_dialog import ModelsDialog
    from vimd_core.evaluation.gate import Verdict


class ModelCommands(QObject):
    """Puts the dialogs before the services, and what comes of it into the window."""

    changes_chosen = Signal(object)  # captures to list in the gallery, each with an `AnswerChange`

    def __init__(self, context: RoomContext, questions: ModelQuestions) -> None:
        super().__init__(context.window)
        services, bar = context.services, context.message_bar
        self._services = services
        self._classes = context.classes
        self._actions = context.actions
        self._questions = questions
        self._message_bar = bar
        self._preferences = context.preferences
        self._settings = context.settings
        self._window = context.window
        self._chosen_file: Path | None = None
        self._fresh: int | None = None  # a model that was just made, and may promote itself
        self.gate: GateDialog | None = None
        self.dialog: ModelsDialog | None = None
        on(context.actions.choose_model, self.choose_model)
        on(context.actions.models, self.show_models)
        on(context.actions.roll_back, services.models.roll_back)
        services.retrain.candidate_ready.connect(self._on_candidate)
        services.models.report_ready.connect(self._on_report)
        services.models.failed.connect(bar.show_error)
        services.models.exported.connect(
            lambda file: bar.show_notice(self.tr("The model was exported to {0}.").format(file))
        )
        services.classify.model_failed.connect(self._on_model_failed)
        services.classify.model_loaded.connect(self._on_model_loaded)
        services.projects.opened.connect(lambda _name, _folder: self._enable())
        services.projects.closing.connect(self._on_project_closing)
        self._enable()

    def choose_model(self) -> None:
        """Classify with another model, also after the next start."""
        path = self._questions.ask_model(self._services.classify.model_path)
        if path is not None:
            self.use_model(path)

    def use_model(self, path: Path) -> None:
        """Classify with this model, also after the next start when it works."""
        self._chosen_file = path
        self._services.classify.use_model(path)

    def show_models(self) -> None:
        """List all models."""
        if self.dialog is None:
            # Here, as in the questions: a start does without.
            from app.views.models.models_dialog import ModelsDialog

            self.dialog = ModelsDialog(self._window, self._services.models)
            self.dialog.import_wanted.connect(self.choose_model)
            self.dialog.finished.connect(self._on_models_closed)
        self.dialog.show()
        self.dialog.raise_()

    def _enable(self) -> None:
        projects = self._services.projects
        is_usable = projects.project is not None and not projects.is_read_only
        for action in (self._actions.models, self._actions.roll_back):
            action.setEnabled(is_usable)

    def _on_project_closing(self) -> None:
        for action in (self._actions.models, self._actions.roll_back):
            action.setEnabled(False)
        for dialog in (self.gate, self.dialog):
            if dialog is not None:
                dialog.close()

    def _on_model_loaded(self, _name: str, _notice: object) -> None:
        # Kept for the next start only now that it is known to work.
        if self._chosen_file is not None and self._services.classify.model_path == self._chosen_file:
            self._settings.setValue("model/path", str(self._chosen_file))
        self._chosen_file = None
        self._list_again()

    def _on_model_failed(self, sentence: Sentence | str) -> None:
        self._message_bar.show_error(sentence, self.tr("Choose model…"), self.choose_model)

    def _on_candidate(self, run: TrainingRun) -> None:
        if run.result_model_id is not None:
            self._fresh = run.result_model_id
            self._services.models.compare(run.result_model_id)
            self._list_again()

    def _on_report(self, report: GateReport) -> None:
        fresh, self._fresh = self._fresh, None
        verdict = report.verdict
        if report.model.id == fresh and verdict is not None and self._promotes_itself(verdict):
            self._services.models.promote(report.model.id)
            self._message_bar.show_notice(
                self.tr("{0} is now in use. Accuracy on held-out captures: {1} (previously {2}).").format(
                    report.model.name,
                    percent(verdict.outcome.second_top1),
                    percent(verdict.outcome.first_top1),
                ),
                self.tr("Undo"),
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
        self.dialog = None

    def _list_again(self) -> None:
        if self.dialog is not None:
            self._services.models.list_models()
