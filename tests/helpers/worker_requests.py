"""One request of each class that the window can send."""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import Final

from vimd_core.embeddings.feature_ids import FeatureFiles, OwnNetwork
from vimd_core.processes.messages import Int64Array, Pixels
from vimd_core.worker.features.group_messages import FindLookAlikes
from vimd_core.worker.features.suggestion_messages import (
    FindWorthLabelling,
    LabelsSoFar,
    PrepareSuggestions,
    ReconsiderSuggestions,
    Suggest,
)
from vimd_core.worker.messages import (
    CaptureFile,
    Classify,
    ClassifyDirectly,
    Embed,
    Explain,
    FindLabelErrors,
    FindSimilar,
    FindUnlike,
    Hello,
    LayOut,
    LoadModel,
    LookAt,
    SuperResolve,
    WindowRequest,
)

LABELS: Final = LabelsSoFar(
    *(Int64Array.of(array("q", values)) for values in ([1, 2], [7, 8], [1, 1])), none_class=8
)
CAPTURE: Final = CaptureFile(1, Path("a.png"))
FILES: Final = FeatureFiles(Path("own.embeddings"), Path("companion.embeddings"))
OWN: Final = OwnNetwork("ab" * 32, Path("origin.safetensors"))


def numbers(*values: int) -> Int64Array:
    """Whole numbers as messages carry them."""
    return Int64Array.of(array("q", values))


EXAMPLES: Final[dict[type[WindowRequest], WindowRequest]] = {
    type(one): one
    for one in (
        Hello(),
        LoadModel(Path("m.safetensors"), "cpu"),
        Classify((CAPTURE,), top_k=2, batch_size=3),
        Embed((CAPTURE,), OWN, with_companion=True),
        SuperResolve(CAPTURE),
        LookAt((Pixels((1, 2, 3), memoryview(b"123456")),), with_views=True),
        ClassifyDirectly(CAPTURE, 1),
        Explain(CAPTURE, class_index=0),
        FindSimilar(FILES, numbers(1), absent=(2, 3)),
        FindUnlike(FILES, numbers(1, 2), top_k=7),
        FindWorthLabelling(FILES, LABELS, numbers(4, 5)),
        FindLabelErrors(FILES, numbers(1), numbers(2), numbers(3)),
        LayOut(FILES, Path("e.map")),
        FindLookAlikes(Path("m"), FILES.own, absent=(2, 3), missing=(CAPTURE,)),
        PrepareSuggestions(FILES.own, FILES.companion, absent=(2, 3)),
        Suggest(LABELS),
        ReconsiderSuggestions(LABELS),
    )
}


def example(kind: type[WindowRequest]) -> WindowRequest:
    """The example of a class."""
    return EXAMPLES[kind]
