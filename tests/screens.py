"""The screens that `screenshots.py` takes pictures of: each is set up as a user would come to it."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QPointF
from stage import PROJECT, Stage, wait_until

from app.bootstrap import SAMPLES
from app.domain.capture_query import CaptureQuery, GroupField
from app.domain.records import CaptureFilter
from app.retraining.choice import RetrainRequest
from app.streams.adding import NewStream
from app.views.inspector.compare_view import CompareMode
from vimd_core.streaming.sources.addresses import parse_source
from vimd_core.streaming.sources.regions import Region
from vimd_core.streaming.sources.settings import CaptureSettings, StreamSettings
from vimd_core.training.retraining.effort import Effort

Screen = Callable[[Stage], None]
SCREENS: dict[str, Screen] = {}
README_SCREENS: dict[str, Screen] = {}


def screen(function: Screen) -> Screen:
    SCREENS[function.__name__] = function
    return function


def readme_screen(function: Screen) -> Screen:
    README_SCREENS[function.__name__] = function
    return function


@screen
def empty(stage: Stage) -> None:
    stage.start(is_first=True)
    wait_until(lambda: stage.window.is_empty and stage.studio.services.classify.is_model_loaded)
    stage.take()
    stage.window.exchange.imports.add([SAMPLES])
    wait_until(lambda: stage.window.program.tour.isVisible())
    stage.wait_classified()
    stage.show_row(0)
    for card in ("tour1", "tour2", "tour3"):
        stage.take(card)
        stage.window.program.tour.next_button.click()


@screen
def review(stage: Stage) -> None:
    stage.samples()
    stage.take()
    compare = stage.window.inspector.panel.compare
    for mode in (CompareMode.SLIDER, CompareMode.LENS):
        compare.mode_buttons[mode].click()
        stage.take(mode)
    compare.mode_buttons[CompareMode.SIDE_BY_SIDE].click()
    compare.view.zoom_by(6, QPointF(40, 40))
    stage.take("pixels")
    compare.view.fit()
    compare.explain_button.click()
    wait_until(lambda: compare.super_resolved._heat is not None)
    stage.take("explained")
    compare.explain_button.click()


@screen
def near(stage: Stage) -> None:
    stage.samples()
    captures = stage.studio.captures
    rows = range(captures.rowCount())
    near_names = {path.name.rsplit("_", 1)[0] for path in (SAMPLES.parent / "near").iterdir()}
    row = next(r for r in rows if any(n in str(captures.index(r).data()) for n in near_names) and r > 2)
    stage.show_row(row)
    wait_until(lambda: not stage.window.inspector.panel.near.isHidden())
    stage.settle()
    stage.take()


@screen
def panels(stage: Stage) -> None:
    stage.samples()
    docks = stage.window.docks
    for name in ("progress", "confusion", "map"):
        docks.show_panel(name)
        if name == "map":
            found: list[object] = []
            stage.studio.services.insight.map_found.connect(found.append)
            stage.take("map-none")
            stage.window.insight.map.make_button.click()
            wait_until(found.__len__)
        stage.settle()
        stage.take(name)


@screen
def live(stage: Stage) -> None:
    from sign_scene import SIGN
    from stream_servers import server

    left, top, side = SIGN
    sign = Region(name="Sign", x_px=left - 2, y_px=top - 2, width_px=side + 4, height_px=side + 4)
    road = Region(name="Road", x_px=140, y_px=250, width_px=60, height_px=48, angle_deg=24.0)
    with server("http") as running:
        stage.start()
        wait_until(lambda: stage.studio.services.projects.project is not None)
        streams = stage.studio.services.streams
        address, credentials = parse_source(running.url("signs"))
        settings = StreamSettings(
            address=address, capture=CaptureSettings(regions=(sign, road), interval_s=0.5), keep_below=0.9
        )
        streams.add(NewStream(name="Gate", address=address, credentials=credentials, settings=settings))
        wait_until(lambda: stage.studio.captures.rowCount() > 6, "captures")
        stage.show_row(0)
        stage.take("rows")
        stage.window.live.show_stream(streams.records[0].id)
        view = stage.window.live.view
        wait_until(lambda: view.picture.has_frame and len(view.cards.cards) == 2, "live answers")
        view.picture._select(0)
        stage.settle()
        stage.take()
        stage.window.live.stream_list.setCurrentIndex(stage.window.live.stream_list.model().index(0, 0))
        streams.stop(streams.records[0].id)
        stage.settle()
        stage.take("stopped")
        stage.take_dialog("add", stage.trigger("add_stream"))
        for number, page in enumerate(("captures", "kept"), start=1):
            stage.take_dialog(
                page,
                stage.window.live.stream_list.edit_settings.trigger,
                lambda dialog, number=number: dialog.tabs.setCurrentIndex(number),
            )


@screen
def gallery(stage: Stage) -> None:
    stage.samples()
    captures = stage.studio.captures
    captures.set_query(CaptureQuery(group=GroupField.CLASS))
    stage.settle()
    stage.take("grouped")
    captures.set_query(CaptureQuery())
    stage.settle()
    stage.window.gallery.view.selectAll()
    stage.take("all-selected")
    stage.show_row(0)
    captures.set_query(
        CaptureQuery(text="0", min_confidence=0.2, max_confidence=0.9, min_size_px=20, sr_changed=False)
    )
    stage.settle()
    stage.take("conditions")
    captures.set_query(CaptureQuery(text="nothing is called so"))
    stage.settle()
    stage.take("nothing")
    captures.set_query(CaptureQuery())
    stage.window.gallery.thumbnail_size.slider.setValue(0)
    stage.settle()
    stage.take("small")
    stage.window.gallery.thumbnail_size.slider.setValue(6)
    stage.settle()
    stage.take("large")
    stage.window.gallery.thumbnail_size.slider.setValue(3)
    stage.window.actions_.find_similar.trigger()
    wait_until(lambda: captures.query.within is not None)
    stage.settle()
    stage.take("similar")


@screen
def dialogs(stage: Stage) -> None:
    stage.samples()
    for name in (
        "settings", "shortcuts", "export", "restore", "find_moved", "help", "about", "palette",
        "open_folder", "new_project", "save_filter",
    ):  # fmt: skip
        stage.take_dialog(name, stage.trigger(name))
    stage.take_dialog("palette-found", stage.trigger("palette"), lambda dialog: dialog.search.setText("re"))
    stage.window.classes.panel.choose(2)
    stage.settle()
    for name in ("add_class", "rename_class", "recolour_class", "class_key", "merge_classes", "delete_class"):
        stage.take_dialog(name, stage.trigger(name))


@screen
def retraining(stage: Stage) -> None:
    """The dialog, the panel, the gate, and the registry with two models that are compared."""
    stage.start()
    wait_until(lambda: stage.window.is_empty and stage.studio.services.projects.project is not None)
    stage.add(SAMPLES)
    services, window = stage.studio.services, stage.window
    window.gallery.view.selectAll()
    stage.settle()
    window.review.session.accept()
    ids = window.review.session.selected
    wait_until(lambda: str(len(ids)) in window.filters.quick.chips[CaptureFilter.ACCEPTED].text())
    services.labels.label_by_name(ids[: len(ids) // 3], "Seen at last")
    stage.settle()
    stage.take_dialog("dialog", stage.trigger("retrain"))
    few = {"epochs": 3, "epoch_images": 0, "learning_rate": 3e-4}
    services.retrain.start(RetrainRequest(effort=Effort.QUICK, device="cpu", threads=1, changes=few))
    window.training.panel_wanted.emit("training")
    wait_until(lambda: len(services.retrain.curves.losses.get("", [])) > 1, "the curve")
    stage.take("panel")
    wait_until(lambda: window.models.commands.gate is not None, "the gate")
    stage.take("gate", window.models.commands.gate)
    window.models.commands.gate.promote_button.click()
    wait_until(lambda: window.models.commands.gate is None and not services.classify.is_running)
    window.models.commands.show_models()
    models = window.models.commands.dialog
    wait_until(lambda: models.table.rowCount() == 2, "the registry")
    stage.take("models", models)
    models.table.selectAll()
    models.compare_button.click()
    wait_until(lambda: window.models.commands.gate is not None, "the comparison")
    stage.take("pair", window.models.commands.gate)
    window.models.commands.gate.close()
    models.close()


@screen
def menus(stage: Stage) -> None:
    stage.samples()
    for position, action in enumerate(stage.window.menuBar().actions()):
        menu = action.menu()
        menu.popup(stage.window.mapToGlobal(stage.window.rect().topLeft()))
        stage.take(str(position), menu)
        menu.close()
    stage.window.inspector.panel.picker.setFocus()
    stage.window.inspector.panel.picker.setText("s")
    stage.settle()
    stage.take("picker", stage.window.inspector.panel.picker.rows)
    stage.take("picker-line")


@screen
def long_names(stage: Stage) -> None:
    folder = stage.home / ("a folder with a very long name that someone's camera has made " * 3)[:180].strip()
    folder.mkdir()
    for number, path in enumerate(sorted(SAMPLES.iterdir())[:12]):
        shutil.copy(
            path,
            folder / f"{'capture of the third camera on the left of the northern gate ' * 3}{number}.png",
        )
    stage.start()
    wait_until(lambda: stage.studio.services.projects.project is not None)
    stage.add(folder)
    stage.show_row(0)
    name = "Donaudampfschifffahrtsgesellschaftskapitän, seen from below in murky water with a reflection"
    stage.window.review.session.choose_class(name)
    stage.window.review.session.choose_class(
        "禁止超车标志牌以及所有类似的交通标志牌子的一个非常长的类别名称用于测试界面的显示效果如何"
    )
    stage.window.review.session.accept()
    stage.settle()
    stage.show_row(0)
    wait_until(lambda: stage.window.inspector.panel.detail.history)
    stage.window.classes.panel.search.setText("D")
    stage.window.classes.panel.search.clear()
    stage.take()
    stage.studio.captures.set_query(
        CaptureQuery(text="capture of the third camera on the left of the northern gate")
    )
    stage.settle()
    stage.take("filtered")


def noise(folder: Path, count: int) -> Path:
    """Many different captures."""
    folder.mkdir(parents=True)
    for number in range(count):
        image = Image.new(
            "RGB", (24 + number % 9, 24), (number % 256, number // 256 * 20 % 256, number * 7 % 256)
        )
        image.putpixel((number % 24, number // 24 % 24), (255, 255, 255))
        image.save(folder / f"capture {number:05}.png")
    return folder


@screen
def busy(stage: Stage) -> None:
    folder = noise(stage.home / "captures", 10_000)
    stage.start()
    wait_until(lambda: stage.studio.services.classify.is_model_loaded)
    stage.window.exchange.imports.add([SAMPLES, folder])
    footer = stage.window.footer
    wait_until(lambda: footer.import_job.isVisible() and footer.classify_job.isVisible())
    stage.take("importing")
    wait_until(lambda: not footer.import_job.isVisible())
    stage.settle()
    stage.take("classifying")
    stage.trigger("cancel_classify")()
    wait_until(lambda: not stage.studio.services.classify.is_running)
    stage.settle()
    stage.take("stopped")


@screen
def trouble(stage: Stage) -> None:
    folder = stage.home / "captures"
    shutil.copytree(SAMPLES, folder)
    (folder / "00 broken.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    (folder / "00 empty.jpg").write_bytes(b"")
    (folder / "notes.png").write_text("no picture")
    stage.start()
    wait_until(lambda: stage.studio.services.projects.project is not None)
    stage.add(folder)
    stage.settle()
    stage.take("import-summary")
    stage.window.gallery.selection.select_row(0)
    stage.settle()
    stage.take("unreadable")
    os.kill(stage.studio.services.worker.process_id, signal.SIGKILL)
    wait_until(lambda: "restart" in str(stage.studio.services.worker.state).lower())
    stage.take("classifier-ended")
    stage.stop()
    stage.start(model=stage.home / "no such model.safetensors")
    wait_until(lambda: stage.window.message_bar.text)
    stage.settle()
    stage.take("model-missing")
    stage.stop()
    folder.rename(stage.home / "elsewhere")
    stage.start()
    wait_until(lambda: stage.window.message_bar.text)
    stage.settle()
    stage.take("folder-missing")
    stage.take_dialog("relink", stage.trigger("find_moved"))
    stage.stop()
    database = stage.home / PROJECT / "project.sqlite"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(database.read_bytes())
    content[8192:16384] = b"\xff" * 8192
    database.write_bytes(content)
    stage.start()
    wait_until(lambda: stage.window.message_bar.text)
    stage.settle()
    stage.take("damaged")


@readme_screen
def pictures(stage: Stage) -> None:
    """Those that the README shows."""
    stage.start()
    wait_until(lambda: stage.window.is_empty and stage.studio.services.projects.project is not None)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "signs"
        shutil.copytree(SAMPLES, place)
        stage.add(place)
        stage.review_some()
        stage.show_row(9)
        take_for_readme(stage)


def take_for_readme(stage: Stage) -> None:
    drawn = stage.studio.captures.thumbnail
    rows = [stage.studio.captures.capture_row(row) for row in range(16)]
    wait_until(lambda: all(row is not None and drawn(row) is not None for row in rows), "the thumbnails")
    stage.keep("main", "light")
    stage.keep("dark", "dark")
    stage.studio.captures.set_query(CaptureQuery(group=GroupField.CLASS))
    for name in ("progress", "confusion"):
        stage.window.docks.show_panel(name)
        stage.settle()
    wait_until(lambda: stage.window.insight.confusion.model.rowCount(), "the confusion matrix")
    stage.window.gallery.view.verticalScrollBar().setValue(0)
    stage.settle()
    stage.keep("panels", "light")
