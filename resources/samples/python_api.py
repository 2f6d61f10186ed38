# %% [markdown]
# # ViMD from Python
#
# Each `# %%` begins a cell: VS Code, PyCharm and Spyder run them one by one, `jupytext --to notebook` makes a notebook
# of this file, and `python python_api.py` runs all of it, in about a minute on a processor without GPU.
#
# The samples are 48 traffic signs, 25 to 62 pixels large, that the bundled model has never seen.

# %%
import csv
import importlib.resources
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

import vimd_core as vimd

SAMPLES = Path(str(importlib.resources.files("resources"))) / "samples"
with (SAMPLES / "labels.csv").open(encoding="utf-8", newline="") as file:
    rows = list(csv.DictReader(file))
paths = [SAMPLES / "captures" / row["capture"] for row in rows]
labels = [row["class_name"] for row in rows]

# %% [markdown]
# ## Predict
#
# A model is loaded by name, by file, or from a project. It takes paths, arrays and Pillow images, mixed as you like.

# %%
model = vimd.load("traffic-signs-compact", device="cpu")
print(model.name, "-", len(model.classes), "classes -", model.notice)

array = np.asarray(Image.open(paths[1]))
for prediction in model.predict([paths[0], array, Image.open(paths[2])]):
    print(prediction.label, f"{prediction.confidence:.0%}", prediction.top(3))

# %% [markdown]
# Every prediction has probabilities, an embedding, and the super-resolved view that the classifier has seen.

# %%
first = model.predict(paths[0])[0]
print(first.probabilities.shape, first.embedding.shape, first.super_resolved.shape)
print(f"super-resolution changes this prediction by {first.disagreement:.0%}")

# %% [markdown]
# Embeddings have the length 1, so that their product is the cosine similarity: which captures look alike?

# %%
predictions = model.predict(paths)
embeddings = np.stack([prediction.embedding for prediction in predictions])
likeness = embeddings @ embeddings.T
np.fill_diagonal(likeness, -1)
nearest = likeness.argmax(axis=1)
print(f"{labels[0]} looks most like {labels[nearest[0]]}")

# %% [markdown]
# ## Evaluate

# %%
before = vimd.evaluate(model, paths, labels)
print(f"top-1 {before.top1:.0%} of {before.n} captures, calibration error {before.calibration_error:.1%}")
print("not recognised:", [name for name, accuracy in before.accuracy.items() if accuracy == 0])

# %% [markdown]
# ## Retrain
#
# The same as Tools > Retrain: a part is held back, and the new model is compared with the old one on that. So few
# captures are far too few to learn from, and one epoch is far too short; leave `settings` out for a real one.

# %%
better = vimd.retrain(
    model,
    paths,
    ["Any speed limit" if name.startswith("Speed limit") else name for name in labels],
    effort="quick",
    held_back=0.3,
    device="cpu",
    settings={"epochs": 1, "epoch_images": 0},
    on_event=lambda event: print(event["event"], end=" "),
)
print(f"\n{better.name} knows {len(better.classes)} classes")
gate = better.comparison
if gate is not None:
    verdict = "better" if gate.is_better else "worse" if gate.is_worse else "not clearly different"
    print(
        f"on {gate.n} captures it is {verdict}: {gate.fixed} fixed, {gate.broken} broken (p = {gate.p_value:.2g})"
    )

# %% [markdown]
# ## Projects
#
# A project is what the window works on. Here one is made, filled, labelled and exported without the window. This part
# needs the extra `projects`: `pip install 'vimd-studio[projects]'`.

# %%
with tempfile.TemporaryDirectory() as folder:
    better.save(Path(folder) / "better.safetensors")
    with vimd.open_project(Path(folder) / "Signs.vimd", create=True, model=better.path) as project:
        added = project.add(SAMPLES / "captures")
        written = project.label(dict(zip(paths, labels, strict=True)))
        exported = project.export(Path(folder) / "labels.csv", which="reviewed")
        print(f"{added.added} captures added, {written.written} labels written, {exported} exported")
