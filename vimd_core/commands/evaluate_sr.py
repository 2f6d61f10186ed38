"""`vimd evaluate-sr`: how much better than bicubic enlargement a super-resolution network is."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from vimd_core.config import PRESETS, preset


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser(
        "evaluate-sr", help="measure a super-resolution network on pairs of images"
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--model", type=Path, help="model bundle")
    source.add_argument("--srresnet", type=Path, help="super_resolution.safetensors of `vimd train-sr`")
    parser.add_argument(
        "--preset", choices=sorted(PRESETS), default="compact", help="of --srresnet (compact)"
    )
    parser.add_argument("--hr", type=Path, required=True, help="folder of the true images")
    parser.add_argument("--lr", type=Path, required=True, help="folder of small images of the same names")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the luma PSNR in dB, borders of 4 px left out, beside that of bicubic enlargement."""
    from vimd_core.checkpoints.bundle import load_bundle
    from vimd_core.checkpoints.super_resolution import load_super_resolution
    from vimd_core.evaluation.super_resolution import evaluate_super_resolution

    if arguments.model is not None:
        model, info = load_bundle(arguments.model)
        network, upscale = model.super_resolution, info.config.super_resolution.upscale
    else:
        config = preset(arguments.preset).super_resolution
        network, upscale = load_super_resolution(arguments.srresnet, config), config.upscale
    score = evaluate_super_resolution(network, hr=arguments.hr, lr=arguments.lr, upscale=upscale)
    if arguments.json:
        sys.stdout.write(json.dumps(asdict(score)) + "\n")
    else:
        sys.stdout.write(
            f"Y-PSNR {score.psnr_y:.2f} dB, bicubic {score.psnr_y_bicubic:.2f} dB, on {score.images} images\n"
        )
    return 0
