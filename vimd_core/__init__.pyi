from vimd_core.api.comparison import ClassComparison as ClassComparison
from vimd_core.api.comparison import Comparison as Comparison
from vimd_core.api.distilling import distill as distill
from vimd_core.api.evaluation import Evaluation as Evaluation
from vimd_core.api.evaluation import evaluate as evaluate
from vimd_core.api.model import Model as Model
from vimd_core.api.model import load as load
from vimd_core.api.prediction import CapturePrediction as CapturePrediction
from vimd_core.api.project_records import AddedFiles as AddedFiles
from vimd_core.api.project_records import ProjectCapture as ProjectCapture
from vimd_core.api.project_records import ProjectModel as ProjectModel
from vimd_core.api.project_records import ProjectSuggestion as ProjectSuggestion
from vimd_core.api.project_records import WrittenLabels as WrittenLabels
from vimd_core.api.projects import Project as Project
from vimd_core.api.projects import open_project as open_project
from vimd_core.api.retraining import retrain as retrain
from vimd_core.errors import CancelledError as CancelledError
from vimd_core.errors import CheckpointError as CheckpointError
from vimd_core.errors import ConfigError as ConfigError
from vimd_core.errors import DatasetError as DatasetError
from vimd_core.errors import DeviceError as DeviceError
from vimd_core.errors import ImageError as ImageError
from vimd_core.errors import VimdError as VimdError

__version__: str
__all__: tuple[str, ...]
