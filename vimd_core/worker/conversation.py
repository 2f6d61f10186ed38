"""All messages that travel between the window and the child process that classifies. Torch-free and numpy-free."""

from __future__ import annotations

from typing import Final

from vimd_core.processes.messages import MessageSet
from vimd_core.worker.features import (  # noqa: F401 (their messages belong to the conversation)
    group_messages,
    suggestion_messages,
)
from vimd_core.worker.messages import Answer, FromWindow

ANSWERS: Final = MessageSet(Answer)
FROM_WINDOW: Final = MessageSet(FromWindow)
