"""`vimd distill`: train SRVM-Net on small captures, with or without a teacher, and bundle it."""

from __future__ import annotations

import argparse
import csv
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vimd_core.commands import training_options
from vimd_core.config import SrvmNetConfig, preset
from vimd_core.errors import CheckpointError, ConfigError, DatasetError

if TYPE_CHECKING:
    from vimd_core.models.vision_mamba import VisionMamba

RESULT = "student.safetensors"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser(
        "distill", help="train a student (SRVM-Net) on class folders", description=__doc__
    )
    training_options.add_training_options(parser)
    parser.add_argument(
        "--teacher", type=Path, help="teacher.safetensors of `vimd train-teacher`; none: labels alone"
    )
    parser.add_argument(
        "--srresnet", type=Path, required=True, help="super_resolution.safetensors of `vimd train-sr`"
    )
    parser.add_argument(
        "--logits-weight", type=float, default=1.0, help="of the KL divergence from the teacher (1)"
    )
    parser.add_argument("--near-weight", type=float, default=0.5, help="of the same on the near view (0.5)")
    parser.add_argument("--hidden-weight", type=float, default=5.0, help="of the hidden-state loss (5)")
    parser.add_argument(
        "--hidden-form",
        choices=["paper", "published-code", "mean"],
        default="published-code",
        help="how hidden states are compared (published-code)",
    )
    parser.add_argument(
        "--init-from-teacher", action="store_true", help="start the classifier from the teacher's weights"
    )
    parser.add_argument(
        "--class-names", type=Path, help="CSV with the columns id,name: readable names of the folders"
    )
    parser.add_argument("--name", default="", help="name of the model")
    parser.add_argument("--license", default="", help="terms under which the weights may be used")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train, print one JSON line an epoch, and write `student.safetensors`, a model bundle, into the run's folder."""
    import torch

    from vimd_core.checkpoints.bundle import save_bundle
    from vimd_core.checkpoints.bundle_info import BundleInfo
    from vimd_core.checkpoints.super_resolution import load_super_resolution
    from vimd_core.distillation.captures import split_by_group
    from vimd_core.distillation.objectives import LossConfig, StudentObjective, TeacherObjective
    from vimd_core.distillation.run_folder import RunFolder
    from vimd_core.distillation.training import Trainer, predict_logits
    from vimd_core.models.srvm_net import SrvmNet

    training_options.set_threads(arguments.threads)
    network = preset(arguments.preset)
    captures, classes = training_options.read_data(arguments, network.classifier.image_size_px)
    network = network.with_num_classes(len(classes))
    config = training_options.training_config(
        arguments,
        LossConfig(
            logits_weight=arguments.logits_weight,
            near_weight=arguments.near_weight,
            hidden_weight=arguments.hidden_weight,
            hidden_form=arguments.hidden_form,
        ),
    )
    training, validation = split_by_group(captures, config.validation_fraction, config.seed)
    teacher = None if arguments.teacher is None else _load_teacher(arguments.teacher, network, classes)
    near_logits = None
    if teacher is not None and config.losses.near_weight > 0 and bool((captures.near >= 0).any()):
        logits = predict_logits(TeacherObjective(teacher, config.losses), captures)
        near_logits = logits[captures.near.clamp_min(0)][torch.as_tensor(training)]
    run_folder = RunFolder(arguments.run_folder)
    torch.manual_seed(config.seed)
    student = SrvmNet(network, drop_path=config.drop_path).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    student.super_resolution.load_state_dict(
        load_super_resolution(arguments.srresnet, network.super_resolution).state_dict()
    )
    if arguments.init_from_teacher:
        if teacher is None:
            raise ConfigError("--init-from-teacher needs --teacher.")
        student.classifier.load_state_dict(teacher.state_dict())
    trainer = Trainer(
        StudentObjective(student, teacher if config.losses.distils else None, config.losses),
        captures.subset(training),
        captures.subset(validation),
        config,
        run_folder,
        near_logits=near_logits,
    )
    result = trainer.run(training_options.print_event, resume=arguments.resume)
    student.load_state_dict(result.weights)
    info = BundleInfo(
        config=network,
        classes=_class_names(arguments.class_names, classes),
        class_folders=tuple(classes),
        name=arguments.name or f"{arguments.data.name} {arguments.preset}",
        training={
            "data": arguments.data.name,
            "images": len(training),
            "validation_images": len(validation),
            "distilled": teacher is not None and config.losses.distils,
            "started_from_teacher": arguments.init_from_teacher,
            "recipe": asdict(config),
            "seconds": round(result.seconds),
        },
        metrics={} if result.validation_top1 is None else {"validation_top1": result.validation_top1},
        license=arguments.license,
    )
    save_bundle(run_folder.path / RESULT, student, info)
    training_options.print_event(
        {
            "student": str(run_folder.path / RESULT),
            "validation_top1": result.validation_top1,
            "seconds": result.seconds,
        }
    )
    return 0


def _load_teacher(path: Path, network: SrvmNetConfig, classes: list[str]) -> VisionMamba:
    from safetensors import SafetensorError, safe_open

    from vimd_core.models.vision_mamba import VisionMamba

    try:
        with safe_open(path, framework="pt") as file:
            metadata: dict[str, Any] = file.metadata() or {}
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
        described = SrvmNetConfig.from_dict(json.loads(metadata["config"]))
        trained_on = json.loads(metadata["classes"])
    except (OSError, SafetensorError, KeyError, ValueError) as e:
        raise CheckpointError(f"{path} is no teacher ({e}): give the result of `vimd train-teacher`.") from e
    if trained_on != classes:
        raise CheckpointError(
            f"The teacher {path} was trained on other classes than the folders of this data."
        )
    if described.classifier != network.classifier:
        raise CheckpointError(
            f"The teacher {path} is of another size: train it with --preset {network.preset}."
        )
    teacher = VisionMamba(described.classifier)
    teacher.load_state_dict(weights)
    return teacher


def _class_names(path: Path | None, folders: list[str]) -> tuple[str, ...]:
    """The readable name of each class folder."""
    if path is None:
        return tuple(folders)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            names = {row["id"]: row["name"] for row in csv.DictReader(file)}
        return tuple(names[folder] for folder in folders)
    except (OSError, KeyError, ValueError) as e:
        raise DatasetError(
            f"{path} must be a CSV with the columns id,name and a row for each class folder ({e})."
        ) from e
