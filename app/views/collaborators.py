"""What the window works with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.services.classify_service import ClassifyService
from app.services.export_service import ExportService
from app.services.file_service import FileService
from app.services.import_service import ImportService
from app.services.insight_service import InsightService
from app.services.inspect_service import InspectService
from app.services.label_import_service import LabelImportService
from app.services.label_service import LabelService
from app.services.live_service import LiveService
from app.services.model_service import ModelService
from app.services.project_service import ProjectService
from app.services.relink_service import RelinkService
from app.services.retrain_service import RetrainService
from app.services.speed_service import SpeedService
from app.services.statistics_service import StatisticsService
from app.services.stream_service import StreamService
from app.services.tasks import TaskRunner
from app.services.worker_client import WorkerClient


@dataclass(frozen=True)
class Services:
    """One for each thing that a user does."""

    tasks: TaskRunner
    projects: ProjectService
    worker: WorkerClient
    classify: ClassifyService
    imports: ImportService
    labels: LabelService
    label_imports: LabelImportService
    exports: ExportService
    inspect: InspectService
    files: FileService
    insight: InsightService
    statistics: StatisticsService
    relink: RelinkService
    models: ModelService
    retrain: RetrainService
    speed: SpeedService
    streams: StreamService
    live: LiveService


@dataclass(frozen=True)
class Places:
    """Folders that the window offers."""

    samples: Path
    projects: Path
