"""The schema's history. `HEAD_REVISION` spares a start the import of alembic when there is nothing to do."""

from typing import Final

HEAD_REVISION: Final = "0013"
