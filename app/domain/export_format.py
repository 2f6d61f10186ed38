"""The export formats of a project: their names, on the command line too, and what their files end in."""

from __future__ import annotations

from enum import StrEnum


class ExportFormat(StrEnum):
    """What is written, by `app.exchange.export_formats`; the public API repeats the names in `ExportForm`."""

    CSV = "csv"
    FOLDERS = "folders"
    COCO = "coco"

    @property
    def suffix(self) -> str:
        """What the file's name ends in, with the dot; empty for a folder."""
        return {ExportFormat.CSV: ".csv", ExportFormat.COCO: ".json"}.get(self, "")
