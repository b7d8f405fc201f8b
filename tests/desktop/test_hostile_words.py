"""A service, photos and captions whose words are markup: the whole window shows them as they are written."""

import json
from collections.abc import Iterator

import pytest
from open_studio import open_studio, take_in
from PySide6.QtCore import QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QTabBar, QTextEdit

from segmind_studio.core.errors import StudioError
from segmind_studio.ui.runs.handlers import public_dialog
from segmind_studio.ui.settings.deliveries import DeliveryList, DeliveryRow
from tests.fakes.image_files import jpeg
from tests.fakes.scripted_server import Reply, ScriptedServer, json_reply

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(180)]
MARKUP = '<img src="file:///etc/hostname"><b>BOLD</b><a href="file:///">link</a>'
JOBS = [
    {
        "id": f"id{number}<b>x</b>", "name": f"{MARKUP} {number}", "status": status, "error_message": error,
        "slug": MARKUP, "data_source_path": MARKUP, "instance_prompt": MARKUP, "base_model": MARKUP,
        "created_ts": "2026-01-01T00:00:00Z",
    }
    for number, (status, error) in enumerate((
        ("AVAILABLE", None), ("FAILED", MARKUP * 3), ("<b>WARMING</b>", None), ("REQUESTED", None),
    ))
]


class Service:
    """Answer by the path; the list can be made to fail."""

    def __init__(self):
        self.url = ""
        self.list = json_reply(JOBS)
        self.credits = json_reply({"credits": 1.0})  # a key is tested by asking for them

    def __call__(self, seen):
        if seen.path.endswith("/list"):
            return self.list
        if seen.path.endswith("credits"):
            return self.credits
        return Reply(404, json.dumps({"error": MARKUP}).encode(), {"Content-Type": "application/json"})


@pytest.fixture
def service():
    service = Service()
    with ScriptedServer([service]) as server:
        service.url = server.url
        yield service


@pytest.fixture
def photos(tmp_path):
    (tmp_path / "photos").mkdir()
    for name in ("one", "two"):
        path = tmp_path / "photos" / f"<b>BOLD<img src=x> {name}.jpg"
        path.write_bytes(jpeg())
        path.with_suffix(".txt").write_text(f"{MARKUP} {name}", encoding="utf-8")
    return tmp_path / "photos"


def tips() -> Iterator[tuple[str, str]]:
    """Yield every tooltip that is there, with where it is."""
    for widget in QApplication.allWidgets():
        yield f"{type(widget).__name__} {widget.objectName()}", widget.toolTip()
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            model = widget.model()
            columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(QModelIndex())
            for row in range(min(model.rowCount(QModelIndex()), 30)):
                for column in range(columns):
                    tip = model.index(row, column).data(Qt.ItemDataRole.ToolTipRole)
                    yield f"{type(model).__name__} of {widget.objectName()}, {row}, {column}", tip or ""


def shown_as_markup() -> list[str]:
    """Find what Qt would take for markup and show as such."""
    found = [
        f"{where}: {tip[:80]}" for where, tip in tips()
        if GuiQt.mightBeRichText(tip) and ("<b>" in tip or "<img" in tip or "<a" in tip)
    ]
    for widget in QApplication.allWidgets():
        if isinstance(widget, QLabel) and widget.textFormat() is not Qt.TextFormat.PlainText:
            if GuiQt.mightBeRichText(widget.text()):
                found.append(f"label {widget.objectName()}: {widget.text()[:80]}")
        elif isinstance(widget, QTextEdit) and "BOLD" in widget.toPlainText():
            found += [] if "<b>BOLD" in widget.toPlainText() else [f"text {widget.objectName()}"]
    return found


def test_no_word_of_a_service_or_a_file_is_shown_as_markup(qapp, tmp_path, monkeypatch, service, photos):
    monkeypatch.setenv("SEGMIND_API_KEY", "SG_00aa00aa00aa00aa")
    wrong, escaped = {}, set()

    def look(where):
        studio.driver.settle()
        for found in shown_as_markup():
            wrong.setdefault(found, where)
        escaped.update(where for where, tip in tips() if "&lt;" in tip)

    with open_studio(tmp_path / "app", api_url=service.url) as studio:
        studio.use_environment_key_here()
        service.credits = json_reply({"error": MARKUP}, 400)
        studio.services.accounts.refresh_credits()
        studio.driver.wait(lambda: studio.services.accounts.state.credits_error is not None, "the credits' error")
        studio.driver.wait(lambda: len(studio.runs) == len(JOBS), "the runs")
        take_in(studio, photos)
        studio.window.resize(1200, 800)
        for place in ("start", "data", "train", "runs", "try", "settings"):
            studio.window.show_place(place)
            look(place)
        studio.window.show_place("runs")
        runs_place = studio.studio._runs_place
        for run in studio.runs:
            runs_place.select(run.run_id)
            studio.driver.wait(lambda one=run: runs_place.inspector.run == one, f"the page of {run.name}")
            look(run.status)
        for bar in runs_place.findChildren(QTabBar):
            for tab in range(bar.count()):
                bar.setCurrentIndex(tab)
                look(f"tab {tab}")
        runs_place.list.table.select_runs(tuple(run.run_id for run in studio.runs))
        look("compared")
        service.list = json_reply({"error": MARKUP * 20}, 400)
        studio.services.runs.check_now()
        studio.driver.wait(lambda: studio.services.runs.watch.error is not None, "the error")
        studio.window.toast(MARKUP)
        studio.studio._train.show_error(StudioError(MARKUP, MARKUP, MARKUP))
        look("errors")
        table = DeliveryList(MARKUP, studio.window)
        table.show_rows(MARKUP, ["<b>name</b>"], [DeliveryRow(1, {"<b>name</b>": MARKUP}, MARKUP)])
        dialog = public_dialog(studio.runs[0], studio.window)
        dialog.open()
        look("dialog")
        dialog.close()
    assert wrong == {}
    kinds = {where.partition(" ")[0] for where in escaped}
    assert kinds >= {"ElidedLabel", "RunsModel", "PhotoModel", "QAbstractTableModel"}
