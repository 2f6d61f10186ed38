"""From corrections to another model and back, in the real program, with its starter model and a real training."""

from __future__ import annotations

from pathlib import Path

from program import query, run_story


def test_corrections_lead_to_a_model_that_is_used_and_taken_back(
    home: Path, model_arguments: list[str]
) -> None:
    told = run_story("retrain_and_back", home, model_arguments)
    assert told["panel"] and told["curve"] > 0 and told["gate"]
    assert told["at_the_gate"] == told["before"], "nothing changes before it is decided"
    renamed = [name for name, label in told["truth"].items() if label == "Seen at last"]
    assert all(told["before"][name] in told["renamed"] for name in renamed)
    assert sum(told["after"][name] == "Seen at last" for name in renamed) > len(renamed) / 2
    assert told["labels_after"] == told["truth"], "what a human has said stays"
    assert told["rolled_back"] == told["before"]
    assert not told["torch_loaded"]
    assert query(home, "SELECT state FROM training_runs") == [("finished",)]
    assert query(home, "SELECT count(*) FROM model_activations") == [(3,)]
    assert query(home, "SELECT count(*) FROM model_comparisons") == [(1,)]
