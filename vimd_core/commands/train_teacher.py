"""`vimd train-teacher`: train HRVM-Net on high-resolution views."""

from __future__ import annotations

import argparse
import json

from vimd_core.commands import training_options
from vimd_core.config import preset

RESULT = "teacher.safetensors"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser(
        "train-teacher", help="train a teacher (HRVM-Net) on class folders", description=__doc__
    )
    training_options.add_training_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train, print one JSON line an epoch, and write `teacher.safetensors` into the run's folder."""
    import torch

    from vimd_core.distillation.captures import split_by_group
    from vimd_core.distillation.objectives import TeacherObjective
    from vimd_core.distillation.run_folder import RunFolder
    from vimd_core.distillation.training import Trainer
    from vimd_core.models.vision_mamba import VisionMamba

    training_options.set_threads(arguments.threads)
    network = preset(arguments.preset)
    captures, classes = training_options.read_data(arguments, network.classifier.image_size_px)
    network = network.with_num_classes(len(classes))
    config = training_options.training_config(arguments)
    training, validation = split_by_group(captures, config.validation_fraction, config.seed)
    run_folder = RunFolder(arguments.run_folder)
    torch.manual_seed(config.seed)
    model = VisionMamba(network.classifier, drop_path=config.drop_path).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    trainer = Trainer(
        TeacherObjective(model, config.losses),
        captures.subset(training),
        captures.subset(validation),
        config,
        run_folder,
    )
    result = trainer.run(training_options.print_event, resume=arguments.resume)
    result_file = run_folder.save_weights(
        RESULT, result.weights, {"config": json.dumps(network.to_dict()), "classes": json.dumps(classes)}
    )
    training_options.print_event(
        {
            "teacher": str(result_file),
            "validation_top1": result.validation_top1,
            "seconds": result.seconds,
        }
    )
    return 0
