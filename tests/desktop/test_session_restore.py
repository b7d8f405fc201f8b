"""The next start shows what the last one left, and the desktop knows whose window it is."""

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest
from open_studio import fill_in_the_form, open_studio, start_run, take_in
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QAbstractButton, QSplitter, QTableView
from test_tray import Program, until

from segmind_studio.resources import resource
from tests.fakes.typed import known

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(150)]
ROOT = Path(__file__).resolve().parents[2]
ENTRY = ROOT / "packaging" / "linux" / "segmind-studio.desktop"


def two_runs(studio):
    take_in(studio, resource("sample"))
    fill_in_the_form(studio, "first")
    first = start_run(studio)
    studio.driver.wait(lambda: studio.services.runs.run(first).ready, "the first model", 100)
    studio.driver.click("rail.train")
    fill_in_the_form_again(studio, "second")
    return first, start_run(studio)


def fill_in_the_form_again(studio, name):
    studio.driver.type_line("train.field.name", name)
    studio.driver.wait(lambda: studio.driver.button("train.review").isEnabled(), "the review button")
    studio.driver.click("train.review")


def selected_run(studio):
    table = studio.driver.find(QTableView, "runs.table")
    rows = table.selectionModel().selectedRows()
    return table.model().run_at(rows[0].row()).run_id if len(rows) == 1 else ""


def test_everything_is_where_it_was(qapp, tmp_path):
    with open_studio(tmp_path, practice=True) as studio:
        driver = studio.driver
        first, second = two_runs(studio)
        driver.wait(lambda: known(studio.services.runs.run(second)).ready, "the second model", 100)
        driver.click("rail.runs")
        driver.wait(lambda: selected_run(studio) == second, "the newest run")
        studio.studio._runs_place.list.table.select_run(first)
        driver.wait(lambda: selected_run(studio) == first, "the older run")
        driver.click("rail.data")
        driver.click("data.filter.no_caption")
        studio.window.setGeometry(QRect(90, 80, 1100, 720))
        driver.settle()
        splitter = driver.find(QSplitter, "data.splitter")
        splitter.setSizes([600, 400])
        sizes, geometry = splitter.sizes(), studio.window.geometry()
        dataset_id = studio.services.datasets.dataset.dataset_id
        studio.window.close()
    with open_studio(tmp_path, practice=True) as studio:
        driver = studio.driver
        studio.wait_for_connection()
        assert studio.window.place == "data"
        driver.wait(lambda: studio.services.datasets.dataset.dataset_id == dataset_id, "the dataset")
        assert driver.find(QAbstractButton, "data.filter.no_caption").isChecked()
        driver.wait(lambda: studio.window.geometry() == geometry, "the window's place")
        driver.wait(lambda: driver.find(QSplitter, "data.splitter").sizes() == sizes, "the splitter")
        driver.click("rail.runs")
        driver.wait(lambda: selected_run(studio) == first, "the selected run")


class Entry(configparser.RawConfigParser):
    """A desktop entry: its keys have capitals."""

    def optionxform(self, optionstr):
        return optionstr


def test_the_window_belongs_to_its_entry_in_the_menu(tmp_path):
    entry = Entry(strict=False)
    entry.read_string(ENTRY.read_text(encoding="utf-8"))
    app = Program(tmp_path)
    try:
        words = ("xprop", "-id", until(lambda: app.window, "window"), "WM_CLASS", "_GTK_APPLICATION_ID")
        said = subprocess.run(words, capture_output=True, text=True, check=True).stdout  # noqa: S603
    finally:
        app.end()
    names = dict(line.split(" = ") for line in said.splitlines())
    assert entry["Desktop Entry"]["StartupWMClass"] == ENTRY.stem
    assert names["WM_CLASS(STRING)"].endswith(f', "{ENTRY.stem}"')
    assert names["_GTK_APPLICATION_ID(UTF8_STRING)"] == f'"{ENTRY.stem}"'


def test_captions_that_the_app_saved_beside_photos_count_as_read_from_there(qapp, tmp_path):
    folder = tmp_path / "photos"
    shutil.copytree(resource("sample"), folder)
    with open_studio(tmp_path / "data", practice=True) as studio:
        driver, datasets = studio.driver, studio.services.datasets
        take_in(studio, folder)
        photo = datasets.dataset.photos[0]
        datasets.set_captions({photo.photo_id: "TOK, new words"})
        studio.studio._data._parts.actions.captions_back.trigger()
        driver.wait(lambda: driver.button("data.captions_back.write").isEnabled(), "the list of files")
        driver.click("data.captions_back.write")
        driver.wait(
            lambda: known(datasets.dataset.photo(photo.photo_id)).original_caption == "TOK, new words", "the file",
        )
        assert photo.path.with_suffix(".txt").read_text(encoding="utf-8") == "TOK, new words"
