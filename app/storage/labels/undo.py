"""Undo and redo: what they refer to, read from the ledger itself so that it survives a restart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from app.domain.records import ActionKind, UndoState
from app.storage.database import schema

UNDO_STEPS: Final = 200
# Between two actions that stand there may lie any number of undone and redone ones.
_ACTIONS_READ: Final = 5 * UNDO_STEPS


@dataclass(frozen=True)
class UndoStacks:
    """Actions that can be undone and redone, (id, kind), the next one last."""

    undo: tuple[tuple[int, ActionKind], ...]
    redo: tuple[tuple[int, ActionKind], ...]

    @classmethod
    def replay(cls, connection: Connection) -> UndoStacks:
        """The stacks as the newest actions of the ledger leave them."""
        table = schema.label_actions
        statement = select(table.c.id, table.c.kind, table.c.target_action_id)
        newest = connection.execute(statement.order_by(table.c.id.desc()).limit(_ACTIONS_READ)).all()
        return cls.from_actions(
            (action_id, ActionKind(kind), target) for action_id, kind, target in reversed(newest)
        )

    @classmethod
    def from_actions(cls, actions: Iterable[tuple[int, ActionKind, int | None]]) -> UndoStacks:
        """The stacks after actions (id, kind, the action that it undoes or redoes), oldest first."""
        undo: list[tuple[int, ActionKind]] = []
        redo: list[tuple[int, ActionKind]] = []
        for action_id, kind, target in actions:
            if kind is ActionKind.FILE_CHANGED:
                continue  # the user did nothing
            if kind is ActionKind.UNDO:
                if undo and undo[-1][0] == target:
                    redo.append(undo.pop())
            elif kind is ActionKind.REDO:
                if redo and redo[-1][0] == target:
                    undo.append(redo.pop())
            else:
                undo.append((action_id, kind))
                redo.clear()
        return cls(tuple(undo[-UNDO_STEPS:]), tuple(redo))

    @property
    def undo_target(self) -> int | None:
        """The action that undo takes back."""
        return self.undo[-1][0] if self.undo else None

    @property
    def redo_target(self) -> int | None:
        """The action that redo does again."""
        return self.redo[-1][0] if self.redo else None

    @property
    def state(self) -> UndoState:
        """What undo and redo would do now."""
        return UndoState(self.undo[-1][1] if self.undo else None, self.redo[-1][1] if self.redo else None)
