from vimd_core.api.evaluation import Evaluation as Evaluation
from vimd_core.api.evaluation import evaluate as evaluate
from vimd_core.api.model import Model as Model
from vimd_core.api.model import load as load
from vimd_core.api.prediction import CapturePrediction as CapturePrediction
from vimd_core.errors import CancelledError as CancelledError
from vimd_core.errors import CheckpointError as CheckpointError
from vimd_core.errors import ConfigError as ConfigError
from vimd_core.errors import DatasetError as DatasetError
from vimd_core.errors import DeviceError as DeviceError
from vimd_core.errors import ImageError as ImageError
from vimd_core.errors import VimdError as VimdError

__version__: str
__all__: tuple[str, ...]
