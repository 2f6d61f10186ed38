"""`vimd model`: bring published weights in, make weights ready to be passed on, and say what a model is."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vimd_core.checkpoints.bundled_model import starter_model_path
from vimd_core.checkpoints.safetensors_header import stored_precision
from vimd_core.commands.shared.arguments import MODEL_HELP, require_new_file
from vimd_core.config import PRESETS, preset, size_text
from vimd_core.errors import CheckpointError

if TYPE_CHECKING:
    from vimd_core.checkpoints.bundle_info import BundleInfo
    from vimd_core.config import SrvmNetConfig

PUBLISHED_PRESETS = ("paper", "balanced")
PRECISIONS = ("float32", "float16")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand and its own two."""
    parser = subparsers.add_parser(
        "model",
        help="import, pack, list and describe weights",
        description="Import published weights, package weights for distribution, and list models.",
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    importer = actions.add_parser(
        "import",
        help="create a model bundle from published weights",
        description="Create a model bundle from published weights. No code in the files is executed.",
    )
    importer.add_argument(
        "--vision-mamba", type=Path, required=True, metavar="FILE", help=".pth or .safetensors"
    )
    importer.add_argument(
        "--srresnet", type=Path, required=True, metavar="FILE", help=".pth.tar or .safetensors"
    )
    importer.add_argument(
        "--classes",
        type=Path,
        required=True,
        metavar="FILE",
        help="one name per line, or a CSV file with id and name",
    )
    importer.add_argument(
        "--output", type=Path, required=True, metavar="BUNDLE", help="output .safetensors file"
    )
    importer.add_argument(
        "--preset", choices=PUBLISHED_PRESETS, default="paper", help="preset of the networks (paper)"
    )
    importer.add_argument("--name", help="model name (the classifier's file name)")
    importer.add_argument(
        "--input-normalisation",
        choices=("none", "imagenet"),
        default="none",
        help="normalisation used in training; imagenet for ImageNet weights that were not fine-tuned (none)",
    )
    importer.add_argument(
        "--precision",
        choices=PRECISIONS,
        help="data type of matrices and kernels in the bundle (float32, or float16 for 16-bit weights)",
    )
    importer.set_defaults(run=_import)

    packer = actions.add_parser(
        "pack",
        help="package weights for distribution",
        description="Write weights with a name and licence, in half precision unless --precision "
        "float32 is given.",
    )
    packer.add_argument(
        "source", type=Path, metavar="FILE", help="model bundle, or weights of a single network"
    )
    packer.add_argument("target", type=Path, metavar="TARGET", help="output .safetensors file")
    packer.add_argument("--name", default="", help="name (unchanged)")
    packer.add_argument("--license", default="", help="licence of the weights (unchanged)")
    packer.add_argument(
        "--precision",
        choices=PRECISIONS,
        default="float16",
        help="data type of matrices and kernels (float16)",
    )
    packer.set_defaults(run=_pack)

    lister = actions.add_parser(
        "list",
        help="list bundled models and models of a project",
        description="List the models that --model, --init, --teacher and --srresnet accept by name. "
        "Models of a project are written PROJECT.vimd:NUMBER.",
    )
    lister.add_argument("--project", type=Path, metavar="PROJECT", help="also list models of this project")
    lister.add_argument("--json", action="store_true", help="machine-readable output")
    lister.set_defaults(run=_list)

    info = actions.add_parser("info", help="describe a model, or the presets")
    which = info.add_mutually_exclusive_group()
    which.add_argument(
        "model", type=Path, nargs="?", metavar="MODEL", help=f"{MODEL_HELP}; all presets without it"
    )
    which.add_argument(
        "--preset", action="append", choices=sorted(PRESETS), help="describe a preset; may be repeated"
    )
    which.add_argument("--starter", action="store_true", help="describe the bundled starter model")
    info.add_argument("--json", action="store_true", help="machine-readable output")
    info.set_defaults(run=_info)


def _import(arguments: argparse.Namespace) -> int:
    from vimd_core.checkpoints.class_name_file import read_class_names

    classes = read_class_names(arguments.classes)
    if arguments.output.suffix != ".safetensors":
        raise CheckpointError(
            "A model bundle's name ends in .safetensors: {output} does not.", output=arguments.output
        )
    require_new_file(arguments.output)

    from vimd_core.checkpoints.bundle import save_bundle
    from vimd_core.checkpoints.published import import_published

    imported = import_published(
        vision_mamba=arguments.vision_mamba,
        srresnet=arguments.srresnet,
        classes=classes,
        config=preset(arguments.preset),
        name=arguments.name or arguments.vision_mamba.name.partition(".")[0],
        input_normalisation=arguments.input_normalisation,
    )
    precision = arguments.precision or ("float16" if imported.is_half_precision else "float32")
    save_bundle(arguments.output, imported.model, imported.info, half_precision=precision == "float16")
    sys.stdout.write("".join(f"{notice}\n" for notice in imported.notices))
    if precision == "float16" and not imported.is_half_precision:
        sys.stdout.write(
            "Weights were rounded to float16, so predictions differ slightly from the published ones: leave "
            "--precision out to keep them as they are.\n"
        )
    sys.stdout.write(
        f"Wrote {arguments.output} with {len(classes.names)} classes; {stored_precision(arguments.output)}.\n"
    )
    return 0


def _pack(arguments: argparse.Namespace) -> int:
    from vimd_core.checkpoints.packing import pack_weights

    if arguments.target.suffix != ".safetensors":
        raise CheckpointError(
            "The name of a file of weights ends in .safetensors: {target} does not.", target=arguments.target
        )
    require_new_file(arguments.target)
    from vimd_core.checkpoints.find_model import find_model

    pack_weights(
        find_model(arguments.source),
        arguments.target,
        name=arguments.name,
        license_terms=arguments.license,
        half_precision=arguments.precision == "float16",
    )
    sys.stdout.write(
        f"Wrote {arguments.target}, {arguments.target.stat().st_size / 2**20:.1f} MiB; "
        f"{stored_precision(arguments.target)}.\n"
    )
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from vimd_core.checkpoints.bundled_model import STARTER_MODEL
    from vimd_core.checkpoints.find_model import bundled_models, project_models

    rows = [
        {
            "name": one.name,
            "kind": str(one.kind),
            "title": one.title,
            "classes": one.classes,
            "preset": one.preset,
            "starter": one.path.name == STARTER_MODEL,
            "path": str(one.path),
        }
        for one in bundled_models()
    ]
    if arguments.project is not None:
        rows += project_models(arguments.project)
    if arguments.json:
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
        return 0
    width = max(len(str(row["name"])) for row in rows)
    for row in rows:
        about = f"{row['classes']:,} classes" if row["classes"] else ""
        note = (
            " (used where none is named)" if row.get("starter") else " (active)" if row.get("active") else ""
        )
        sys.stdout.write(f"{row['name']:<{width}}  {row['kind']:<24}  {about:>11}  {row['title']}{note}\n")
    return 0


def _info(arguments: argparse.Namespace) -> int:
    from vimd_core.checkpoints.find_model import find_model

    path = starter_model_path() if arguments.starter else arguments.model and find_model(arguments.model)
    if path is None:
        costs = [_cost(preset(name)) for name in (arguments.preset or PRESETS)]
        sys.stdout.write(json.dumps(costs, indent=2) + "\n" if arguments.json else _cost_table(costs))
        return 0
    from vimd_core.checkpoints.bundle_info import read_bundle_info
    from vimd_core.checkpoints.identity import model_id

    info = read_bundle_info(path)
    identity = model_id(path)
    cost = _cost(info.config)
    if arguments.json:
        values = {key: json.loads(value) for key, value in info.to_metadata().items() if key != "format"}
        sys.stdout.write(json.dumps({"model_id": identity, **values, "cost": cost}, indent=2) + "\n")
    else:
        sys.stdout.write(_card(path, info, identity) + "\n" + _cost_table([cost]))
    return 0


def _cost(config: SrvmNetConfig) -> dict[str, Any]:
    import torch

    from vimd_core.models.cost import count_parameters, multiply_adds
    from vimd_core.models.srvm_net import SrvmNet

    with torch.device("meta"):
        model = SrvmNet(config)
    parameters = {
        "super_resolution": count_parameters(model.super_resolution),
        "classifier": count_parameters(model.classifier),
    }
    return {
        "preset": config.preset,
        "lr_size_px": config.lr_size_px,
        "image_size_px": config.classifier.image_size_px,
        "tokens": config.classifier.num_patches + 1,
        "num_classes": config.classifier.num_classes,
        "parameters": parameters | {"total": sum(parameters.values())},
        "multiply_adds": multiply_adds(config),
    }


def _cost_table(costs: list[dict[str, Any]]) -> str:
    lines = [f"{'preset':<12}{'part':<18}{'parameters':>12}{'multiply-adds':>16}"]
    for cost in costs:
        size = f"{size_text(cost['lr_size_px'])} -> {size_text(cost['image_size_px'])} px"
        for part, first in (("super_resolution", cost["preset"]), ("classifier", ""), ("total", "")):
            parameters, multiply_adds = cost["parameters"][part], cost["multiply_adds"][part]
            lines.append(
                f"{first:<12}{part.replace('_', '-'):<18}{parameters:>12,}{_giga(multiply_adds):>16}"
            )
        lines.append(f"{'':<12}{size}, {cost['tokens']} tokens, {cost['num_classes']} classes")
    return "\n".join(lines) + "\n"


def _giga(count: int) -> str:
    return f"{count / 1e9:.3f} G"


def _listed(names: Sequence[str]) -> str:
    return ("; " if any("," in name for name in names) else ", ").join(names)


def _card(path: Path, info: BundleInfo, identity: str) -> str:
    lines = [
        info.name,
        "=" * len(info.name),
        f"Model id    {identity}",
        f"Made        {info.created_utc}, {path.stat().st_size / 2**20:.1f} MiB",
        f"Stored      {stored_precision(path)}",
        f"Preset      {info.config.preset}",
        f"Licence     {info.license or 'not stated'}",
        f"Parent      {info.parent or 'none'}",
        f"Temperature {_temperature(info.temperature)}",
        f"Classes     {len(info.classes)}: {_listed(info.classes)}",
    ]
    for title, values in (
        ("Metrics", info.metrics),
        ("Training", info.training),
        ("Pixels", info.normalisation),
    ):
        if values:
            lines += [title, *_tree(dict(values), "  ")]
    return "\n".join(lines) + "\n"


def _temperature(temperature: float) -> str:
    return "1 (not calibrated)" if temperature == 1 else f"{temperature:.3f} (calibrated)"


def _tree(values: dict[str, Any], indent: str) -> list[str]:
    lines: list[str] = []
    for key, value in values.items():
        if isinstance(value, dict):
            lines += [f"{indent}{key}", *_tree(value, indent + "  ")]
        else:
            shown = ", ".join(map(str, value)) if isinstance(value, list) else value
            lines.append(f"{indent}{key}: {shown}")
    return lines
