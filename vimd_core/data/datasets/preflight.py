"""Preflight checks (validation) of a data set before anything is learnt from it. Torch-free."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from vimd_core.data.datasets.dataset import SPLITS, Capture, Dataset, GroupLinks, Split, linked_groups
from vimd_core.data.datasets.pixels import ImageFacts
from vimd_core.errors import DatasetError

_EXAMPLES: Final = 3
_EXAMPLE_WIDTH: Final = 60
_HELD_BACK: Final = ("validation", "test")
_TABLE_HEADER: Final = ("what was found", "how many", "for example", "what will be done")


@dataclass(frozen=True)
class PreflightFinding:
    """What the check of a data set before training found: one row of the table.

    Attributes:
        kind: short name, for programs.
        what: what was found, for people.
        count: how many of them there are.
        examples: some of them: names of classes, groups or files.
        action: what will be done, for people.
    """

    kind: str
    what: str
    count: int
    examples: tuple[str, ...]
    action: str


@dataclass(frozen=True)
class Preflight:
    """What was found, and the data set as it will be learnt from.

    Attributes:
        dataset: without what was left out.
        findings: rows of the table; none when all is well.
    """

    dataset: Dataset
    findings: tuple[PreflightFinding, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: classes, captures and views by number, and the findings."""
        splits = Counter(capture.split or "undecided" for capture in self.dataset.captures)
        return {
            "source": str(self.dataset.source),
            "classes": len(self.dataset.classes),
            "captures": len(self.dataset.captures),
            "captures_by_split": dict(sorted(splits.items())),
            "views": len(self.dataset.views),
            "findings": [asdict(finding) | {"examples": list(finding.examples)} for finding in self.findings],
        }

    def text(self) -> str:
        """A table for a terminal, one line for each finding, after a line with the totals."""
        dataset = self.dataset
        views = f", {len(dataset.views):,} high-resolution views" if dataset.views else ""
        total = f"{len(dataset.captures):,} captures of {len(dataset.classes):,} classes{views}"
        if not self.findings:
            return f"{total}; nothing wrong was found.\n"
        rows = [_TABLE_HEADER] + [
            (
                finding.what,
                f"{finding.count:,}",
                _shorten(", ".join(finding.examples)),
                finding.action,
            )
            for finding in self.findings
        ]
        widths = [max(len(row[column]) for row in rows) for column in range(len(_TABLE_HEADER))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        return f"{total}\n" + "".join(f"  {line}\n" for line in lines)


def _shorten(text: str) -> str:
    return text if len(text) <= _EXAMPLE_WIDTH else text[: _EXAMPLE_WIDTH - 4] + " ..."


def check_dataset(
    dataset: Dataset, facts: Mapping[Path, ImageFacts] | None = None, *, keep_classes: bool = False
) -> Preflight:
    """Find what is wrong, and leave out what can't be learnt from.

    Args:
        dataset: as it is described.
        facts: of each image that was read; None before any was.
        keep_classes: keep classes without captures, so that labels mean the same as for an earlier model.

    Raises:
        DatasetError: what is left can't be learnt from: no readable capture, or one class only.
    """
    check = _Check(dataset)
    check.tell_several_labels()
    if facts is not None:
        check.leave_out_unreadable(facts)
        check.leave_out_duplicates(facts)
    check.keep_groups_together()
    check.look_at_views()
    check.look_at_classes(keep_classes=keep_classes)
    return Preflight(check.dataset, tuple(check.findings))


class _Check:
    """A data set that becomes cleaner from step to step, and what was found on the way."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.findings: list[PreflightFinding] = []
        self._had_views = bool(dataset.views)

    def tell_several_labels(self) -> None:
        if self.dataset.several_labels:
            self._find(
                "several-labels",
                "captures that the manifest gives several labels",
                [self._name(path) for path in self.dataset.several_labels],
                "they are left out: one label is needed",
            )

    def leave_out_unreadable(self, facts: Mapping[Path, ImageFacts]) -> None:
        self._leave_out(
            lambda image: not facts[image.path].error,
            "unreadable",
            "files that can't be read",
            "they are left out",
            example=lambda image: str(facts[image.path].error).replace(str(image.path), self._name(image)),
        )
        if not self.dataset.captures:
            raise DatasetError("No capture in {source} can be read.", source=self.dataset.source)

    def leave_out_duplicates(self, facts: Mapping[Path, ImageFacts]) -> None:
        same: dict[str, list[Capture]] = defaultdict(list)
        for image in self.dataset.images:
            same[facts[image.path].content].append(image)
        contradicting: set[Path] = set()
        leaking: set[Path] = set()
        together: list[list[Capture]] = []
        for images in same.values():
            strictest = max((image.split for image in images), key=SPLITS.index)
            if len({image.label for image in images}) > 1:
                contradicting |= {image.path for image in images}
            elif strictest in _HELD_BACK:
                leaking |= {image.path for image in images if image.split != strictest}
            elif len({image.group for image in images}) > 1:
                together.append(images)
        self._leave_out(
            lambda image: image.path not in contradicting,
            "two-labels",
            "images that are there again with another label",
            "they are left out: one of the labels must be wrong",
        )
        self._leave_out(
            lambda image: image.path not in leaking,
            "duplicate-across-splits",
            "images that are there again in a stricter split",
            "they are kept in the stricter split only",
        )
        if together:
            again = [self._name(image) for images in together for image in images[1:]]
            self._find("duplicate", "images that are there again", again, "no split separates them")
            self._join_groups(together)

    def keep_groups_together(self) -> None:
        links = linked_groups(self.dataset)
        strictest: dict[str, Split] = {}
        for capture in self.dataset.captures:
            group = links.find(capture.group)
            strictest[group] = max(strictest.get(group, ""), capture.split, key=SPLITS.index)

        def stays(image: Capture) -> bool:
            allowed = strictest.get(links.find(image.group), "")
            return allowed not in _HELD_BACK or image.split == allowed

        self._leave_out(
            stays,
            "group-across-splits",
            "images whose group is in a stricter split as well",
            "they are left out: no group may be in two splits",
        )

    def look_at_views(self) -> None:
        if not self._had_views:
            return
        without = [capture for capture in self.dataset.captures if capture.hr is None]
        if without:
            self._find(
                "without-view",
                "captures without a high-resolution view",
                [self._name(capture) for capture in without],
                "they teach through their labels",
            )
        used = {capture.hr for capture in self.dataset.captures}
        alone = [view for view in self.dataset.views if view.path not in used]
        if alone:
            self._find(
                "view-alone",
                "high-resolution views without a capture",
                [self._name(view) for view in alone],
                "captures are made from them",
            )

    def look_at_classes(self, *, keep_classes: bool) -> None:
        splits_of: dict[int, set[Split]] = defaultdict(set)
        for capture in self.dataset.captures:
            splits_of[capture.label].add(capture.split)
        names = self.dataset.classes
        empty = [label for label in range(len(names)) if label not in splits_of]
        untaught = [label for label, splits in splits_of.items() if not splits & {"", "train"}]
        what_then = "nothing is learnt about them" if keep_classes else "they are left out"
        if empty:
            self._find("empty-class", "classes without captures", [names[i] for i in empty], what_then)
        if untaught:
            self._find(
                "class-not-in-train",
                "classes that are in validation or test only",
                [names[i] for i in sorted(untaught)],
                "their captures are left out: nothing could be learnt about them",
            )
        named = {split for splits in splits_of.values() for split in splits}
        if "validation" in named:
            unchecked = [label for label, splits in splits_of.items() if "validation" not in splits]
            if unchecked:
                self._find(
                    "class-not-in-validation",
                    "classes that are not in validation",
                    [names[i] for i in sorted(unchecked)],
                    "they are learnt, but not checked",
                )
        self._look_at_single_captures()
        self._keep_labels(splits_of.keys() - set(untaught), keep_classes=keep_classes)

    def _look_at_single_captures(self) -> None:
        groups_of: dict[int, set[str]] = defaultdict(set)
        count_of: Counter[int] = Counter()
        for capture in self.dataset.captures:
            if capture.split in ("", "train"):
                groups_of[capture.label].add(capture.group)
                count_of[capture.label] += 1
        single = sorted(label for label, count in count_of.items() if count == 1)
        grouped = sorted(
            label for label, groups in groups_of.items() if len(groups) == 1 and count_of[label] > 1
        )
        names = self.dataset.classes
        if single:
            self._find(
                "single-capture",
                "classes with one capture to learn from",
                [names[i] for i in single],
                "it is learnt from and never held back",
            )
        if grouped:
            self._find(
                "single-group",
                "classes with one group of captures",
                [names[i] for i in grouped],
                "all are learnt from, none is held back",
            )

    def _keep_labels(self, taught: Iterable[int], *, keep_classes: bool) -> None:
        labels = sorted(taught)
        source, names = self.dataset.source, self.dataset.classes
        if not labels:
            raise DatasetError(
                "{source} has no captures to train on: all are skipped or held out.",
                source=source,
            )
        labels_kept = list(range(len(names))) if keep_classes else labels
        if len(labels) < 2 and not keep_classes:
            raise DatasetError(
                "{source} has only the class {name}: at least two are needed for training.",
                source=source,
                name=names[labels[0]],
            )
        new_label = {label: index for index, label in enumerate(labels_kept)}
        known = set(labels)
        self.dataset = replace(
            self.dataset,
            classes=tuple(names[label] for label in labels_kept),
            captures=tuple(
                replace(capture, label=new_label[capture.label])
                for capture in self.dataset.captures
                if capture.label in known
            ),
            views=tuple(
                replace(view, label=new_label[view.label])
                for view in self.dataset.views
                if view.label in known
            ),
        )

    def _join_groups(self, together: Sequence[Sequence[Capture]]) -> None:
        """Images that are the same become one group with all that belongs to them."""
        links = GroupLinks(image.group for image in self.dataset.images)
        for images in together:
            for image in images[1:]:
                links.link(images[0].group, image.group)

        def joined(image: Capture) -> Capture:
            return replace(image, group=links.find(image.group))

        captures, views = map(joined, self.dataset.captures), map(joined, self.dataset.views)
        self.dataset = replace(self.dataset, captures=tuple(captures), views=tuple(views))

    def _leave_out(
        self,
        stays: Callable[[Capture], bool],
        kind: str,
        what: str,
        action: str,
        *,
        example: Callable[[Capture], str] | None = None,
    ) -> None:
        gone = [image for image in self.dataset.images if not stays(image)]
        if not gone:
            return
        self._find(kind, what, [(example or self._name)(image) for image in gone], action)
        views = tuple(filter(stays, self.dataset.views))
        known = {view.path for view in views}
        captures = tuple(
            capture if capture.hr is None or capture.hr in known else replace(capture, hr=None)
            for capture in filter(stays, self.dataset.captures)
        )
        self.dataset = replace(self.dataset, captures=captures, views=views)

    def _name(self, image: Capture | Path) -> str:
        """A short name of a file: as it stands in its folder or manifest, where it lies there."""
        source, path = self.dataset.source, image if isinstance(image, Path) else image.path
        for folder in (source, source.parent):
            if path.is_relative_to(folder):
                return str(path.relative_to(folder))
        return str(path)

    def _find(self, kind: str, what: str, examples: Sequence[str], action: str) -> None:
        distinct = tuple(dict.fromkeys(examples))
        self.findings.append(PreflightFinding(kind, what, len(examples), distinct[:_EXAMPLES], action))
