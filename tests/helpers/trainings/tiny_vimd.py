"""`vimd` with presets so small that a training takes seconds: compact has batch norms, balanced has none."""

from __future__ import annotations

import sys
from dataclasses import replace

from vimd_core.processes.runtime import prepare_process

prepare_process()

import torch  # noqa: E402 - after the settings that it reads once
from bundles import tiny_config, tiny_published_config  # noqa: E402

from vimd_core import config  # noqa: E402
from vimd_core.cli import main  # noqa: E402

TINY_PRESETS = {
    **config.PRESETS,
    "compact": replace(tiny_config(1000), preset="compact"),
    "balanced": replace(tiny_published_config(num_classes=1000), preset="balanced"),
}

if __name__ == "__main__":
    torch.set_num_threads(1)
    config.PRESETS = TINY_PRESETS
    sys.exit(main(sys.argv[1:]))
