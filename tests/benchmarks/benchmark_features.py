"""`vimd benchmark features` in a checkout: what each of the two frozen networks is good for.

Everything that compares captures is measured as the program does it (similar captures, near-duplicates, the map, likely
label errors, the most unlike), with the features of our own network at one depth and at several, of the companion, of
both, and of both whitened. Captures of one thing never vouch for each other.
"""

from __future__ import annotations

import argparse
import importlib.resources
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, ImageEnhance

from vimd_core.benchmarks.rows import BenchmarkRow
from vimd_core.embeddings.extractor import FeatureExtractor
from vimd_core.embeddings.features import CaptureFeatures
from vimd_core.embeddings.label_errors import doubted_labels
from vimd_core.embeddings.layout import lay_out
from vimd_core.embeddings.reduction import reduced
from vimd_core.embeddings.search import similar, unlike
from vimd_core.suggestions.whitening import Whitening

sys.path.insert(0, str(Path(__file__).parent))
from retrain_probes.figures import auroc
from retrain_probes.pictures import PRESETS, Source, preset, read_pictures
from retrain_probes.prepared_files import prepare_files

_NEAREST: Final = 10
_QUERIES: Final = 400
_COPIES: Final = 200
_FLIPPED: Final = 0.08
_LABELS: Final = 600
_KNOWN_SHARE: Final = 2 / 3
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Compared:
    """Captures with their truth; the last rows are degraded copies of some of the others.

    Attributes:
        features: by one way to see them; the id of a capture is its row + 1.
        classes: (N,) without copies.
        groups: (N,) what is one thing.
        originals: (C,) rows that copies were made of.
    """

    features: CaptureFeatures
    classes: Ints
    groups: Ints
    originals: Ints

    @property
    def plain(self) -> CaptureFeatures:
        """Without the copies."""
        return self.features.taken(np.arange(len(self.classes)))


def run(arguments: Sequence[str]) -> list[BenchmarkRow]:
    """Measure each set."""
    options = option_parser().parse_args(list(arguments))
    sources = [preset(name, options.data_root) for name in options.sets]
    sources += [Source(path.stem, (path,), options.size) for path in options.data]
    model = Path(str(importlib.resources.files("resources"))) / "models" / f"{options.start}.safetensors"
    extractor = FeatureExtractor.load(model, device="cpu")
    rows = []
    for source in sources:
        for way, compared in _compared(source, extractor, options.most):
            rows += [
                BenchmarkRow(f"{source.name}, {way}: {what}", 100 * share, "%")
                for what, share in figures(compared).items()
            ]
    return rows


def figures(compared: Compared) -> Mapping[str, float]:
    """Shares in [0, 1]; the larger the better."""
    plain = compared.plain
    return {
        "of the 10 most similar of other things, of the same class": _similar(plain, compared),
        "degraded copies whose original is the most similar": _duplicates(compared),
        "of the 10 nearest of other things on the map, of the same class": _on_map(plain, compared),
        "label errors (8 %): AUROC": (errors := _label_errors(plain, compared))[0],
        "label errors among as many of the most doubtful": errors[1],
        "most unlike: AUROC of classes without labels": _unlike(plain, compared),
    }


def option_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="vimd benchmark features", description=__doc__)
    parser.add_argument("--sets", nargs="+", choices=list(PRESETS), default=[], help="sets by their names")
    parser.add_argument("--data-root", type=Path, default=Path(), help="folder that these lie in")
    parser.add_argument(
        "--data", type=Path, nargs="+", default=[], help="class folders, or tables path,label[,group]"
    )
    parser.add_argument(
        "--size", type=int, default=0, metavar="PX", help="reduce pictures of --data (bicubic)"
    )
    parser.add_argument("--most", type=int, default=1500, help="captures of a set at most (1500)")
    parser.add_argument("--start", default="general-compact", help="bundled model (general-compact)")
    return parser


def _compared(source: Source, extractor: FeatureExtractor, most: int) -> Iterator[tuple[str, Compared]]:
    with tempfile.TemporaryDirectory() as temporary:
        pictures = read_pictures(source, Path(temporary) / "groups.json")
        files = prepare_files(pictures, Path(temporary) / "pictures")
        random = np.random.default_rng(0)
        rows = np.sort(random.permutation(len(files))[:most])
        classes = np.unique([pictures.pictures[row].label for row in rows], return_inverse=True)[1]
        groups = np.unique([pictures.pictures[row].group for row in rows], return_inverse=True)[1]
        originals = random.permutation(len(rows))[:_COPIES]
        seen = [files[row] for row in rows] + [_degraded(files[rows[one]]) for one in originals]
        features = extractor.extract_all(list(enumerate(seen, start=1)))
        width = extractor.own.info.config.classifier.embed_dim
    nothing = np.empty((len(features), 0), np.float16)
    whitened = Whitening(features)(features).numpy().astype(np.float16)
    for way, own, companion in (
        ("our own, one depth", features.own[:, :width], nothing),
        ("our own, all depths", features.own, nothing),
        ("companion", nothing, features.companion),
        ("both", features.own, features.companion),
        ("both, whitened", whitened, nothing),
    ):
        yield way, Compared(CaptureFeatures(features.ids, own, companion), classes, groups, originals)


def _degraded(path: Path) -> npt.NDArray[np.uint8]:
    """The same picture from another camera: reduced to two thirds and back, cropped a little, darker."""
    with Image.open(path) as opened:
        image = opened.convert("RGB")
    width, height = image.size
    small = image.resize((max(8, 2 * width // 3), max(8, 2 * height // 3)), Image.Resampling.BILINEAR)
    edge = max(1, small.width // 16)
    cropped = small.crop((edge, edge, small.width, small.height)).resize(image.size, Image.Resampling.BICUBIC)
    return np.asarray(ImageEnhance.Brightness(cropped).enhance(0.75))


def _similar(plain: CaptureFeatures, compared: Compared) -> float:
    random = np.random.default_rng(1)
    found = []
    for row in random.permutation(len(plain))[:_QUERIES]:
        others = similar(plain, np.array([row + 1]), len(plain))[0] - 1
        others = others[compared.groups[others] != compared.groups[row]][:_NEAREST]
        found.append((compared.classes[others] == compared.classes[row]).mean())
    return float(np.mean(found))


def _duplicates(compared: Compared) -> float:
    right = 0
    for number, original in enumerate(compared.originals):
        copy = len(compared.classes) + number
        nearest = similar(compared.features, np.array([copy + 1]), 2)[0][1] - 1
        right += int(nearest == original)
    return right / len(compared.originals)


def _on_map(plain: CaptureFeatures, compared: Compared) -> float:
    places = lay_out(plain)
    distances = torch.cdist(places, places).numpy()
    distances[compared.groups[:, None] == compared.groups] = np.inf
    nearest = np.argpartition(distances, _NEAREST, axis=1)[:, :_NEAREST]
    return float((compared.classes[nearest] == compared.classes[:, None]).mean())


def _label_errors(plain: CaptureFeatures, compared: Compared) -> tuple[float, float]:
    random = np.random.default_rng(2)
    rows = random.permutation(len(plain))[:_LABELS]
    counts = np.bincount(compared.classes[rows])
    rows = rows[counts[compared.classes[rows]] >= 3]
    labels = compared.classes[rows].copy()
    kinds = np.unique(labels)
    is_wrong = random.random(len(rows)) < _FLIPPED
    for place in np.flatnonzero(is_wrong):
        labels[place] = random.choice(kinds[kinds != labels[place]])
    vectors = torch.from_numpy(reduced(plain.vectors(rows)))
    found = doubted_labels(vectors, labels, compared.groups[rows])
    doubt = np.full(len(rows), -3.0)
    doubt[found.places] = -found.margins
    first = found.places[: int(is_wrong.sum())]
    return auroc(doubt, is_wrong), float(is_wrong[first].mean())


def _unlike(plain: CaptureFeatures, compared: Compared) -> float:
    random = np.random.default_rng(3)
    kinds = random.permutation(int(compared.classes.max()) + 1)
    known = kinds[: round(_KNOWN_SHARE * len(kinds))]
    is_known = np.isin(compared.classes, known)
    labelled = random.permutation(np.flatnonzero(is_known))[: min(400, int(is_known.sum()) // 2)]
    ids, distances = unlike(plain, labelled + 1, len(plain))
    return auroc(distances, ~is_known[ids - 1])
