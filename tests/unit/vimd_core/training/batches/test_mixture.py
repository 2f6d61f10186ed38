"""Batches from three streams: shares, order, resumption, several processes, and what each row teaches."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from bundles import tiny_config
from labelled_images import write_image, write_tracks
from places import DATA
from safetensors.torch import load_file

from vimd_core.config import SrvmNetConfig, SuperResolutionConfig, VisionMambaConfig
from vimd_core.errors import ConfigError, DatasetError
from vimd_core.models.srvm_net import SrvmNet
from vimd_core.models.super_resolution import bicubic_downscale
from vimd_core.models.vision_mamba import VisionMamba
from vimd_core.training.augmentation.augment import AugmentationConfig
from vimd_core.training.augmentation.degradation import DegradationConfig
from vimd_core.training.batches.batch import STREAMS, Batch
from vimd_core.training.batches.captures import CaptureSet
from vimd_core.training.batches.enlarging import enlarged_once
from vimd_core.training.batches.mixture import StreamSampler, StreamsConfig
from vimd_core.training.batches.near_answers import NearAnswers, answers_on_near_views
from vimd_core.training.batches.training_data import load_training_data
from vimd_core.training.losses.loss_functions import label_loss, logits_distillation_loss
from vimd_core.training.losses.objectives import LossConfig, StudentObjective

torch.set_num_threads(1)
ALIGNED, NEAR, SINGLE = range(3)
STILL = AugmentationConfig(
    rotation_degrees=0, scale=0, shear=0, shift=0, brightness=0, contrast=0, saturation=0, erase_probability=0
)  # fmt: skip
GOLDEN = DATA / "golden"


@pytest.fixture
def captures(tmp_path: Path) -> CaptureSet:
    """18 captures of 12 px, 6 of them without a near view, and 6 near views of 40 px."""
    write_tracks(tmp_path / "far")
    for label in range(3):
        for track in range(2):
            path = tmp_path / "near" / f"{label:02d}" / f"{track:05d}_00009.png"
            write_image(path, seed=100 + 10 * label + track, size_px=40)
    data = load_training_data(
        tmp_path / "far", 32, hr=tmp_path / "near", validation_fraction=0.0, seed=0, threads=1
    )
    return data.training


def sampler(captures: CaptureSet, **changes: Any) -> StreamSampler:
    settings: dict[str, Any] = {
        "batch_size": 8,
        "seed": 5,
        "augmentation": AugmentationConfig(),
        "streams": StreamsConfig(),
        "lr_size_px": 8,
        "near": NearAnswers(torch.arange(float(len(captures)))[:, None].repeat(1, 3), captures.near >= 0),
    }
    return StreamSampler(captures, **(settings | changes))


def equal(first: Batch, second: Batch) -> bool:
    for name in vars(first):
        ours, theirs = getattr(first, name), getattr(second, name)
        if (ours is None) != (theirs is None) or (ours is not None and not torch.equal(ours, theirs)):
            return False
    return True


def test_each_capture_finds_its_stream(captures: CaptureSet) -> None:
    assert sampler(captures).stream_counts == {"aligned": 6, "near": 12, "single": 6}
    assert sampler(captures, near=None).stream_counts == {"aligned": 6, "near": 0, "single": 18}
    assert sampler(captures, lr_size_px=None).stream_counts == {"aligned": 24, "near": 0, "single": 0}
    every = StreamsConfig(aligned_from_px=0)
    assert sampler(captures, streams=every).stream_counts == {"aligned": 24, "near": 0, "single": 0}
    assert sampler(captures, lr_size_px=6).stream_counts["aligned"] == 24


def test_shares_are_those_of_the_captures_or_as_wanted(captures: CaptureSet) -> None:
    assert list(sampler(captures).batch_rows.values()) == [2, 4, 2]
    wanted = StreamsConfig(aligned_share=3, near_share=1, single_share=0)
    assert list(sampler(captures, streams=wanted).batch_rows.values()) == [6, 2, 0]
    rare = StreamsConfig(aligned_share=1000, near_share=1, single_share=1)
    assert list(sampler(captures, streams=rare).batch_rows.values()) == [6, 1, 1]
    with pytest.raises(ConfigError, match="larger batch"):
        sampler(captures, batch_size=2)
    with pytest.raises(DatasetError, match="share"):
        sampler(captures, near=None, streams=StreamsConfig(aligned_share=0, near_share=1, single_share=0))
    with pytest.raises(DatasetError, match="No captures"):
        sampler(captures.subset([]))
    for wrong in ({"near_share": -0.5}, {"aligned_from_px": -2}, {f"{name}_share": 0.0 for name in STREAMS}):
        with pytest.raises(ConfigError):
            StreamsConfig(**wrong)  # type: ignore[arg-type]


def test_a_step_is_the_same_whenever_it_is_drawn(captures: CaptureSet) -> None:
    realistic = StreamsConfig(degradation=DegradationConfig(kind="realistic"))
    for balance in (0.0, 0.7):
        in_order = sampler(captures, streams=realistic, class_balance=balance)
        batches = [in_order.draw(step) for step in range(12)]
        for step in (11, 0, 7):
            fresh = sampler(captures, streams=realistic, class_balance=balance)
            assert equal(fresh.draw(step), batches[step])
        assert not equal(batches[0], batches[1])
        other = sampler(captures, streams=realistic, class_balance=balance, seed=6)
        assert not equal(other.draw(0), batches[0])


def test_processes_share_the_rows_of_one_batch(captures: CaptureSet) -> None:
    whole = sampler(captures).draw(4)
    parts = [sampler(captures, rank=rank, world_size=2).draw(4) for rank in range(2)]
    for rank, part in enumerate(parts):
        assert equal(part, whole.rows(slice(rank, None, 2)))


def test_all_captures_of_a_stream_come_before_any_comes_again(captures: CaptureSet) -> None:
    drawn = sampler(captures, batch_size=5, lr_size_px=None, augmentation=STILL)
    first, second = (
        torch.cat([drawn.draw(step).images for step in steps])[:24] for steps in (range(5), range(24, 29))
    )
    images = captures.views(torch.arange(24))
    for images_of_pass in (first, second):
        nearest = torch.cdist(images_of_pass.flatten(1), images.flatten(1)).argmin(dim=1)
        assert sorted(nearest.tolist()) == list(range(24))
    assert not torch.equal(first, second)


def test_a_repeated_capture_is_changed_anew(captures: CaptureSet) -> None:
    few = captures.subset([0, 6])
    batch = sampler(few, class_balance=1.0, batch_size=12, lr_size_px=None, near=None).draw(0)
    assert len(torch.unique(batch.images.flatten(1), dim=0)) == 12


def test_balance_evens_out_classes(captures: CaptureSet) -> None:
    uneven = captures.subset([*range(6), 6, 12])
    counts = torch.zeros(3)
    drawn = sampler(uneven, class_balance=1.0, lr_size_px=None, near=None)
    for step in range(60):
        counts += torch.bincount(drawn.draw(step).labels, minlength=3)
    assert float(counts.min() / counts.max()) > 0.75


def test_mixed_captures_carry_both_labels_by_area(captures: CaptureSet) -> None:
    plain = sampler(captures, augmentation=STILL).draw(3)
    mixed = sampler(captures, augmentation=replace(STILL, cutmix_probability=1.0)).draw(3)
    assert mixed.label_share is not None and mixed.other_labels is not None and mixed.has_near is not None
    assert torch.equal(mixed.labels, plain.labels)
    for row in range(len(mixed)):
        kept = (mixed.images[row] == plain.images[row]).all(dim=0).float().mean()
        if kept == 1.0:  # mixed with itself
            assert mixed.other_labels[row] == mixed.labels[row]
            continue
        # A pixel of the other capture may happen to be the same.
        assert float(mixed.label_share[row]) <= float(kept) + 1e-6
        assert float(mixed.label_share[row]) == pytest.approx(float(kept), abs=0.05)
    assert float(mixed.label_share.min()) < 0.7 and not torch.equal(mixed.other_labels, mixed.labels)
    assert mixed.has_near[mixed.label_share < 1].sum() == 0, "a near view says nothing of a mixture"
    assert mixed.captures is not None
    assert torch.allclose(mixed.captures, bicubic_downscale(mixed.images, 4), atol=1e-6)


def test_mixtures_are_the_same_in_one_process_and_in_two(captures: CaptureSet) -> None:
    augmentation = AugmentationConfig(cutmix_probability=0.5)
    whole = sampler(captures, augmentation=augmentation).draw(2)
    for rank in range(2):
        part = sampler(captures, augmentation=augmentation, rank=rank, world_size=2).draw(2)
        assert equal(part, whole.rows(slice(rank, None, 2)))


def test_a_mixture_costs_both_labels_by_their_shares() -> None:
    logits, labels, other = torch.randn(2, 3), torch.tensor([0, 1]), torch.tensor([2, 1])
    batch = Batch(torch.zeros(2, 3, 8, 8), labels, other_labels=other, label_share=torch.tensor([0.25, 1.0]))
    log = logits.log_softmax(dim=1)
    wanted = -(0.25 * log[0, 0] + 0.75 * log[0, 2] + log[1, 1]) / 2
    assert float(label_loss(logits, batch)) == pytest.approx(float(wanted), rel=1e-5)


def test_only_captures_from_views_are_degraded(captures: CaptureSet) -> None:
    noisy = StreamsConfig(degradation=DegradationConfig(kind="realistic", noise_probability=1.0))
    batch = sampler(captures, streams=noisy).draw(0)
    assert batch.captures is not None and batch.streams is not None
    assert batch.captures.shape == (8, 3, 8, 8)
    same = (batch.captures == bicubic_downscale(batch.images, 4)).all(dim=(1, 2, 3))
    assert same.tolist() == (batch.streams != ALIGNED).tolist()


def test_near_and_previous_answers_belong_to_their_rows(captures: CaptureSet) -> None:
    """The previous model is right on even captures only; views are not its business."""
    answers = torch.zeros(24, 3)
    for index in range(24):
        answers[index, (int(captures.labels[index]) + index % 2) % 3] = 5.0 + index
    batch = sampler(captures, previous_logits=answers).draw(2)
    assert batch.near_logits is not None and batch.has_near is not None and batch.streams is not None
    assert batch.previous_logits is not None and batch.has_previous is not None
    for row in range(8):
        index = int(batch.near_logits[row, 0])
        assert int(batch.labels[row]) == int(captures.labels[index])
        assert bool(batch.has_near[row]) == (int(captures.near[index]) >= 0)
        assert float(batch.previous_logits[row].max()) == 5.0 + index
        assert bool(batch.has_previous[row]) == (index % 2 == 0 and not bool(captures.is_view[index]))


def test_a_teacher_is_asked_once_about_each_near_view(captures: CaptureSet) -> None:
    asked: list[torch.Tensor] = []

    def answer(views: torch.Tensor) -> torch.Tensor:
        asked.append(views)
        return views.mean(dim=(2, 3))

    answers = answers_on_near_views(captures, answer, batch_size=4)
    assert answers is not None and sum(len(views) for views in asked) == 6
    logits = answers.logits
    for index in range(24):
        view = int(captures.near[index])
        assert bool(answers.has_answer[index]) == (view >= 0)
        if view >= 0:
            place = int((captures.rows == view).nonzero())
            torch.testing.assert_close(
                logits[index], captures.views(torch.tensor([place])).mean(dim=(2, 3))[0]
            )
    assert answers_on_near_views(captures.subset([4, 5]), answer) is None


def test_only_right_answers_on_near_views_teach_where_that_is_wanted(captures: CaptureSet) -> None:
    def first_class(views: torch.Tensor) -> torch.Tensor:
        return torch.tensor([[3.0, 1.0, 0.0]]).expand(len(views), 3)

    answers = answers_on_near_views(captures, first_class, only_right=True)
    assert answers is not None
    assert answers.has_answer.tolist() == ((captures.near >= 0) & (captures.labels == 0)).tolist()
    batch = sampler(captures, near=answers).draw(0)
    assert batch.has_near is not None
    assert not bool((batch.has_near[batch.labels != 0] > 0).any())
    others = captures.subset([i for i in range(24) if int(captures.labels[i]) != 0])
    assert answers_on_near_views(others, first_class, only_right=True) is None


def objective(**weights: float) -> StudentObjective:
    torch.manual_seed(0)
    # In training the norms of the stem would make a row depend on the others.
    student, teacher = SrvmNet(tiny_config()).eval(), VisionMamba(tiny_config().classifier)
    none = dict.fromkeys(("logits_weight", "near_weight", "previous_weight", "hidden_weight"), 0.0)
    return StudentObjective(student, teacher, LossConfig(**(none | weights)))  # type: ignore[arg-type]


def batch_of(streams: list[int]) -> Batch:
    generator = torch.Generator().manual_seed(1)
    count = len(streams)
    return Batch(
        images=torch.rand(count, 3, 32, 32, generator=generator),
        labels=torch.arange(count) % 3,
        near_logits=torch.randn(count, 3, generator=generator),
        has_near=torch.tensor([float(stream == NEAR) for stream in streams]),
        captures=torch.rand(count, 3, 8, 8, generator=generator),
        streams=torch.tensor(streams),
        previous_logits=torch.randn(count, 3, generator=generator),
        has_previous=torch.tensor([float(stream == SINGLE) for stream in streams]),
    )


def test_each_stream_has_its_weights() -> None:
    streams = [ALIGNED, NEAR, SINGLE, ALIGNED]
    batch = batch_of(streams)
    for stream, name in enumerate(STREAMS):
        others = {f"{other}_label_weight": 0.0 for other in STREAMS if other != name}
        terms = objective(**others).losses(batch)
        rows = [row for row, of in enumerate(streams) if of == stream]
        alone = objective().losses(batch.rows(torch.tensor(rows)))
        torch.testing.assert_close(terms["cross_entropy"], alone["cross_entropy"] * len(rows) / 4)


def test_the_teacher_s_view_counts_for_aligned_rows_only() -> None:
    weights = {"logits_weight": 2.0, "hidden_weight": 3.0}
    batch = batch_of([ALIGNED, NEAR, SINGLE, ALIGNED])
    mixed = objective(**weights).losses(batch)
    alone = objective(**weights).losses(batch.rows(torch.tensor([0, 3])))
    assert set(mixed) == {"cross_entropy", "logits_kl", "hidden_states"}
    for name in ("logits_kl", "hidden_states"):
        torch.testing.assert_close(mixed[name], alone[name] / 2)
    none = objective(**weights).losses(batch_of([NEAR, SINGLE]))
    assert set(none) == set(mixed) and not none["logits_kl"].any() and not none["hidden_states"].any()


def test_near_and_previous_terms_are_the_divergences_of_their_rows() -> None:
    batch = batch_of([ALIGNED, NEAR, SINGLE, SINGLE])
    target = objective(near_weight=0.5, previous_weight=2.0)
    terms = target.losses(batch)
    assert batch.captures is not None and batch.near_logits is not None and batch.previous_logits is not None
    logits = target.model(batch.captures)
    near = logits_distillation_loss(logits[1:2], batch.near_logits[1:2], temperature=4.0) / 4
    previous = logits_distillation_loss(logits[2:], batch.previous_logits[2:], temperature=4.0) / 2
    torch.testing.assert_close(terms["near_kl"], 0.5 * near)
    torch.testing.assert_close(terms["previous_kl"], 2.0 * previous)


def test_parts_of_a_batch_add_up_to_it() -> None:
    weights = {"logits_weight": 1.0, "near_weight": 1.0, "previous_weight": 1.0, "hidden_weight": 1.0}
    batch, target = batch_of([ALIGNED, ALIGNED, NEAR, SINGLE]), objective(**weights)
    whole = target.losses(batch)
    parts = [target.losses(batch.rows(slice(start, start + 2))) for start in (0, 2)]
    for name, value in whole.items():
        torch.testing.assert_close((parts[0][name] + parts[1][name]) / 2, value)


def test_the_sr_network_learns_only_when_it_is_told_to() -> None:
    batch = batch_of([ALIGNED, SINGLE])
    for trains in (False, True):
        torch.manual_seed(0)
        student = SrvmNet(tiny_config())
        target = StudentObjective(student, None, LossConfig(), train_super_resolution=trains)
        torch.stack(list(target.losses(batch).values())).sum().backward()  # type: ignore[no-untyped-call]
        learns = [parameter.grad is not None for parameter in student.super_resolution.parameters()]
        assert all(learns) if trains else not any(learns)


def test_the_published_loss_and_its_gradients_are_golden() -> None:
    """CE with smoothing 0.1, the KL of the logits at T = 4, and 5 times the last layer's squared distance."""
    sizes, io = json.loads((GOLDEN / "meta.json").read_text()), load_file(GOLDEN / "io.safetensors")
    classifier = VisionMambaConfig(
        image_size_px=sizes["img_size"], stride_px=sizes["stride"], embed_dim=sizes["embed_dim"],
        depth=sizes["depth"], num_classes=sizes["num_classes"],
    )  # fmt: skip
    sr = SuperResolutionConfig(channels=16, num_blocks=2)
    student = SrvmNet(SrvmNetConfig(super_resolution=sr, classifier=classifier)).eval()
    teacher = VisionMamba(classifier)
    student.classifier.load_state_dict(load_file(GOLDEN / "student.safetensors"))
    student.super_resolution.load_state_dict(load_file(GOLDEN / "srresnet.safetensors"))
    teacher.load_state_dict(load_file(GOLDEN / "teacher.safetensors"))
    batch = Batch(io["hr"], io["labels"], captures=io["lr"], streams=torch.full((2,), ALIGNED))
    for given in (batch, replace(batch, streams=None)):
        student.zero_grad(set_to_none=True)
        terms = StudentObjective(student, teacher, LossConfig()).losses(given)
        values = {name: float(term.detach()) for name, term in terms.items()}
        assert values["cross_entropy"] == pytest.approx(sizes["losses"]["cross_entropy_label_smoothing_0.1"])
        assert values["logits_kl"] == pytest.approx(sizes["losses"]["logits_kl_T4"], rel=1e-4)
        total = torch.stack(list(terms.values())).sum()
        assert float(total.detach()) == pytest.approx(sizes["losses"]["total=ce+1*kl+5*mse_last"], rel=1e-4)
        total.backward()  # type: ignore[no-untyped-call]
        parameters = dict(student.classifier.named_parameters())
        names = [name for name in io if name.startswith("grad/")]
        assert len(names) == 8
        for name in names:
            ours = parameters[name.removeprefix("grad/")].grad
            assert ours is not None
            assert float((ours - io[name]).abs().max()) <= 1e-4 * float(io[name].abs().max())


def test_a_small_set_has_longer_epochs_where_that_is_wanted(captures: CaptureSet) -> None:
    assert sampler(captures).steps_per_epoch == len(captures) // 8
    assert sampler(captures, epoch_images=100).steps_per_epoch == 12
    assert sampler(captures, epoch_images=5).steps_per_epoch == len(captures) // 8
    plain, longer = sampler(captures).draw(7), sampler(captures, epoch_images=100).draw(7)
    assert torch.equal(plain.images, longer.images)


def test_captures_that_were_enlarged_once_are_seen_as_in_use(captures: CaptureSet) -> None:
    torch.manual_seed(0)
    student = SrvmNet(tiny_config().with_num_classes(3)).eval()
    once = enlarged_once(student, captures, torch.device("cpu"))
    assert len(once) == len(captures) and once.labels.tolist() == captures.labels.tolist()
    objective = StudentObjective(student, None, LossConfig(), is_enlarged=True)
    batch = sampler(once, augmentation=STILL, lr_size_px=None, near=None, previous_logits=None).draw(0)
    seen = objective.losses(batch)["cross_entropy"]
    usual = StudentObjective(student, None, LossConfig())
    batch = sampler(captures, augmentation=STILL, near=None, previous_logits=None).draw(0)
    assert batch.captures is not None
    # Another order, since there are no streams: the mean over all rows is compared.
    with torch.no_grad():
        every = torch.arange(len(captures))
        direct = student.classifier(once.views(every))
        expected = usual.predict(captures.views(every))
    torch.testing.assert_close(direct, expected, rtol=0, atol=0.02)
    assert torch.isfinite(seen)
