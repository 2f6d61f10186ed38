"""Super-resolution and Vision Mamba for low-resolution captures: the library behind ViMD Studio.

    import vimd_core as vimd

    model = vimd.load("traffic-signs-compact")
    for prediction in model.predict(["a.png", array, pillow_image]):
        print(prediction.label, prediction.confidence, prediction.top(5))
    print(vimd.evaluate(model, images, labels).top1)
    better = vimd.retrain(model, images, labels)
    if better.comparison is not None and better.comparison.is_better:
        better.save("better.safetensors")

What is in `__all__` is the public API and follows semantic versioning: a program that uses nothing else runs with every
later version of the same major number (before 1.0.0, of the same minor number). Everything is typed, and its
docstrings give shapes, types, ranges, units and errors. All errors that a user can cause are `VimdError`s, whose
message says in one sentence what to do.

Importing this package loads neither torch nor NumPy nor Qt; the first model loads torch. `pip install vimd-studio`
installs the library and `vimd`; the extra `projects` adds what `open_project` needs, and the extra `app` the window.
"""

from __future__ import annotations

import importlib
from typing import Final

__version__ = "0.1.0"

# Their types stand in __init__.pyi, since an import here, even one for type checkers alone, would tie whoever imports
# this package to torch.
_MODULE_OF: Final = {
    "AddedFiles": "vimd_core.api.project_records",
    "CapturePrediction": "vimd_core.api.prediction",
    "ClassComparison": "vimd_core.api.comparison",
    "Comparison": "vimd_core.api.comparison",
    "Evaluation": "vimd_core.api.evaluation",
    "Model": "vimd_core.api.model",
    "Project": "vimd_core.api.projects",
    "ProjectCapture": "vimd_core.api.project_records",
    "ProjectModel": "vimd_core.api.project_records",
    "ProjectSuggestion": "vimd_core.api.project_records",
    "WrittenLabels": "vimd_core.api.project_records",
    "distill": "vimd_core.api.distilling",
    "evaluate": "vimd_core.api.evaluation",
    "load": "vimd_core.api.model",
    "open_project": "vimd_core.api.projects",
    "retrain": "vimd_core.api.retraining",
    "CancelledError": "vimd_core.errors",
    "CheckpointError": "vimd_core.errors",
    "ConfigError": "vimd_core.errors",
    "DatasetError": "vimd_core.errors",
    "DeviceError": "vimd_core.errors",
    "ImageError": "vimd_core.errors",
    "VimdError": "vimd_core.errors",
}
__all__ = (*_MODULE_OF, "__version__")  # noqa: PLE0604


def __getattr__(name: str) -> object:
    """Load the part of the public API that is asked for (PEP 562)."""
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(module), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
