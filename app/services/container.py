"""The container of services: one object of each, passed to whatever needs several of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.services.captures.export_service import ExportService
from app.services.captures.file_service import FileService
from app.services.captures.import_service import ImportService
from app.services.captures.label_import_service import LabelImportService
from app.services.captures.label_service import LabelService
from app.services.captures.relink_service import RelinkService
from app.services.captures.statistics_service import StatisticsService
from app.services.classifier.classify_service import ClassifyService
from app.services.classifier.feature_service import FeatureService
from app.services.classifier.group_service import GroupService
from app.services.classifier.insight_service import InsightService
from app.services.classifier.inspect_service import InspectService
from app.services.classifier.suggestion_service import SuggestionService
from app.services.classifier.worker_client import WorkerClient
from app.services.pictures.image_service import ImageService
from app.services.project_service import ProjectService
from app.services.streams.live_service import LiveService
from app.services.streams.stream_service import StreamService
from app.services.tasks import TaskRunner
from app.services.training.model_service import ModelService
from app.services.training.retrain_service import RetrainService
from app.services.training.speed_service import SpeedService


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
    images: ImageService
    inspect: InspectService
    files: FileService
    features: FeatureService
    groups: GroupService
    insight: InsightService
    suggestions: SuggestionService
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
