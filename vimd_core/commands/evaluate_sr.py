"""`vimd evaluate-sr`: how much better than bicubic enlargement a super-resolution network is."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from vimd_core.commands.shared.arguments import add_device_argument
from vimd_core.commands.shared.progress import ProgressLine
from vimd_core.config import PRESETS, preset

if TYPE_CHECKING:
    from vimd_core.evaluation.super_resolution import ImageScore, SuperResolutionScore


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser(
        "evaluate-sr",
        help="evaluate a super-resolution network on image pairs",
        description="Compare Y-PSNR and SSIM of a super-resolution network with bicubic enlargement, "
        "on luma, without a 4 px border.",
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--model", type=Path, help="model or super-resolution network (file or name)")
    source.add_argument(
        "--srresnet", type=Path, help="super-resolution network without a model, checked against --preset"
    )
    parser.add_argument(
        "--preset", choices=sorted(PRESETS), default="compact", help="preset of --srresnet (compact)"
    )
    parser.add_argument("--hr", type=Path, required=True, help="folder of ground-truth images")
    parser.add_argument(
        "--lr",
        type=Path,
        help="folder of low-resolution images with the same names (default: bicubic reduction)",
    )
    add_device_argument(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quiet", action="store_true", help="hide progress")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the figures of each image and their means."""
    from vimd_core.checkpoints.find_model import find_model
    from vimd_core.checkpoints.super_resolution import find_super_resolution, load_super_resolution
    from vimd_core.evaluation.super_resolution import evaluate_super_resolution
    from vimd_core.inference.device import choose_device

    if arguments.model is not None:
        network, config = find_super_resolution(find_model(arguments.model))
    else:
        config = preset(arguments.preset).super_resolution
        network = load_super_resolution(find_model(arguments.srresnet), config)
    network = network.to(choose_device(arguments.device).device)
    with ProgressLine("enlarging", 0, quiet=arguments.quiet) as progress:

        def on_image(done: int, total: int) -> None:
            progress.meter.total = total
            progress.advance(1)

        score = evaluate_super_resolution(
            network, hr=arguments.hr, lr=arguments.lr, upscale=config.upscale, on_image=on_image
        )
    sys.stdout.write(json.dumps(score.to_dict()) + "\n" if arguments.json else _table(score))
    return 0


def _table(score: SuperResolutionScore) -> str:
    width = max(4, *(len(image.name) for image in score.images))
    lines = [f"{'':<{width}}{'Y-PSNR, dB':>16}{'bicubic':>10}{'SSIM':>10}{'bicubic':>10}"]
    rows: list[tuple[str, ImageScore | SuperResolutionScore]] = [
        (image.name, image) for image in score.images
    ]
    for name, row in [*rows, ("mean", score)]:
        lines.append(
            f"{name:<{width}}{row.psnr_y:>16.2f}{row.psnr_y_bicubic:>10.2f}{row.ssim:>10.4f}{row.ssim_bicubic:>10.4f}"
        )
    return "\n".join(lines) + "\n"
