"""One probe of `vimd benchmark app` in a process of its own: `python app_probe.py NAME OPTIONS_AS_JSON`.

Prints one line of JSON at the end.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))


def _measure(name: str, options: dict[str, Any]) -> dict[str, Any]:
    if name == "start":
        from app_probes.start import run_and_report

        return dict(run_and_report())
    if name == "random_model":
        from app_probes.training_load import write_random_model

        write_random_model(Path(options["path"]))
        return {}
    folder, captures = Path(options.pop("folder")), int(options.pop("captures"))
    if name == "overhead_alone":
        from app_probes.overhead import measure_alone

        return {"rate_per_s": measure_alone(folder, captures)}
    if name == "overhead_app":
        from app_probes.overhead import measure_through_app

        return {"rate_per_s": measure_through_app(folder, captures, options["number"])}
    home = Path(options.pop("home"))
    if name == "first_open":
        from app_probes import first_open

        return dict(first_open.measure(folder, captures, home, **options))
    if name == "many":
        from app_probes import many

        return dict(many.measure(folder, captures, home, options.pop("what"), **options))
    if name == "many_classes":
        from app_probes import many_classes

        return dict(many_classes.measure(folder, captures, home, **options))
    if name == "import_load":
        from app_probes import import_load

        return dict(import_load.measure(folder, captures, home, **options))
    if name == "streams":
        from app_probes import streams

        return dict(streams.measure(folder, captures, home, **options))
    from app_probes import busy

    return dict(busy.measure(folder, captures, home, probe=Path(__file__), **options))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measure(sys.argv[1], json.loads(sys.argv[2]))) + "\n")
