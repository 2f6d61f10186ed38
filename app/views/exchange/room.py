"""The exchange room: what comes in (files, folders, addresses, labels) and what goes out (export)."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.views.exchange.export_commands import ExportCommands
from app.views.exchange.import_commands import ImportCommands
from app.views.exchange.incoming import Incoming
from app.views.exchange.label_import_commands import LabelImportCommands
from app.views.exchange.questions import ExchangeQuestions
from app.views.live.stream_commands import StreamCommands
from app.views.models.model_commands import ModelCommands
from app.views.shared.room_context import RoomContext, on


class ExchangeRoom(QObject):
    """Its dialogs open by themselves; it has no panel."""

    def __init__(
        self,
        context: RoomContext,
        models: ModelCommands,
        streams: StreamCommands,
        questions: ExchangeQuestions,
    ) -> None:
        super().__init__(context.window)
        actions = context.actions
        self.imports = ImportCommands(context, models, questions)
        self.exports = ExportCommands(context, questions)
        self.labels = LabelImportCommands(context, questions)
        self.incoming = Incoming(
            context.services, self.imports, self.labels, streams, questions, context.message_bar, self
        )
        on(actions.open_files, self.incoming.open_files)
        on(actions.open_address, self.incoming.open_address)
        on(actions.paste, self.incoming.paste)
