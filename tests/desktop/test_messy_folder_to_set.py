"""A folder of 2,000 mixed and broken files becomes a clean set of 20, by keyboard alone, and each step goes back.

Every function of STEPS is what a person does with the keys, and one step of the dataset's history.
"""

from __future__ import annotations

import io
import zipfile

import pytest
from open_studio import open_studio
from PIL import Image, ImageChops, ImageStat
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLabel, QLineEdit
from window_keyboard import Keyboard

from segmind_studio.core.datasets import MAX_ARCHIVE_BYTES, Check
from segmind_studio.core.photo_edits import crop_box
from segmind_studio.ui.data.checks_drawer import ChecksDrawer
from segmind_studio.ui.data.duplicates.dialog import DuplicatesDialog
from segmind_studio.ui.data.grid.view import PhotoGrid
from tests.fakes.messy_folder import BLURRED, CUT_OFF, EMPTY, KEEPERS, LARGE, TEXTS, keeper, write_messy_folder
from tests.fakes.typed import child

pytestmark = [
    pytest.mark.desktop, pytest.mark.timeout(900),
    pytest.mark.qt_log_ignore("Keyboard event not accepted"),  # by a menu that its own key has closed
]
WANTED = 20
TRIGGER = "TOK"
BY_HAND = ("TOK on the left", "TOK in the evening", "TOK, seen from above")
MOST_TABS = 60
PATIENCE_S = 300  # decoding 1,600 photos takes 20 s, on a machine with other work many times that
LOSSY = 6.0  # of 255, in the mean


class Journey(Keyboard):
    """The keys that anyone has, and what the person reads in the window."""

    def __init__(self, studio, folder):
        super().__init__(studio)
        self.datasets = studio.services.datasets
        self.folder = folder

    def press(self, keys, times=1):
        for _ in range(times):
            QTest.keySequence(self.focus(), QKeySequence(keys))
            self.driver.settle()

    @property
    def photos(self):
        return self.datasets.dataset.photos

    @property
    def used(self):
        return self.datasets.dataset.used

    @property
    def grid(self):
        return self.driver.find(PhotoGrid, "data.grid")

    @property
    def state(self):
        """What a person did to the dataset, without what was found out about its files."""
        return [
            (photo.photo_id, photo.path, photo.caption, photo.excluded, photo.edit, photo.fit)
            for photo in self.photos
        ]

    def wait(self, condition, what):
        self.driver.wait(condition, what, PATIENCE_S)

    def wait_for_package(self):
        """Wait until the window shows the package of the photos as they are; it follows an edit after a moment."""
        self.wait(lambda: self.datasets.package_watch.current and self.datasets.package.exact, "the package")

    def finding(self, check):
        return next((found for found in self.datasets.package.findings if found.check == check), None)

    def drawer_says(self, words):
        labels = self.driver.find(ChecksDrawer, "data.checks").findChildren(QLabel)
        return any(words in label.text() for label in labels)

    def press_fix(self, words):
        """Press the button of the drawer that begins with these words, once seen; the focus is in the drawer."""
        drawer = self.driver.find(ChecksDrawer, "data.checks")
        self.wait(
            lambda: any(button.text().startswith(words) for button in drawer.findChildren(QAbstractButton)), words,
        )
        for _ in range(MOST_TABS):
            focus = self.focus()
            if isinstance(focus, QAbstractButton) and focus.text().startswith(words):
                self.press("Space")
                return
            self.press("Tab")
        raise AssertionError(f"Tab does not lead to “{words}”")

    def find(self, query):
        """Write a query; Return leads to the grid, and closes the list of completions first where it is open."""
        self.press("Ctrl+F")
        self.replace(query)
        while not isinstance(self.focus(), PhotoGrid):
            self.press("Return")

    def command(self, words):
        self.press("Ctrl+K")
        self.type(words)
        self.press("Return")

    def choose_path(self, keys, path):
        """Answer the dialog for files that a shortcut opens."""
        self.press(keys)
        self.wait(lambda: isinstance(QApplication.activeWindow(), QFileDialog), "the dialog")
        child(QApplication.activeWindow(), QLineEdit).setFocus()  # where such a dialog puts it
        self.replace(str(path))
        self.press("Return")

    def export(self, target):
        self.wait_for_package()
        assert self.datasets.package.size < MAX_ARCHIVE_BYTES
        self.choose_path("Ctrl+E", target)
        self.wait(lambda: target.exists() and not self.datasets.exporting, "the zip")
        assert target.stat().st_size == self.datasets.package.size


def take_the_folder_in(keys):
    keys.press("Alt+2")
    keys.choose_path("Ctrl+Shift+O", keys.folder)
    keys.wait(lambda: keys.photos and not keys.datasets.scanning, "the photos")


def remove_the_broken(keys):
    """Read first what was left out and why; then what was taken in and cannot be used."""
    keys.tab_to("data.skipped.unfold")
    keys.press("Space")
    keys.tab_to("data.skipped")
    keys.press("Ctrl+C")
    left_out = QApplication.clipboard().text()
    assert "notes.pdf" in left_out
    assert "not a supported picture" in left_out
    keys.wait(lambda: keys.datasets.package.size and not keys.datasets.package.unlooked, "all to be decoded")
    reasons = [photo.problem for photo in keys.photos]
    assert reasons.count("This file is empty.") == EMPTY
    assert reasons.count("This file is not a picture.") == TEXTS
    cut_off = [reason for reason in reasons if "is cut off" in reason or "of this picture is missing" in reason]
    assert len(cut_off) == CUT_OFF
    keys.press("Ctrl+Shift+J")
    keys.press_fix("Remove these")
    assert not any(photo.problem for photo in keys.photos)


def exclude_the_small(keys):
    keys.press_fix("Exclude these")
    keys.wait(lambda: keys.finding(Check.SMALL) is None, "no small ones")


def exclude_the_copies(keys):
    keys.press_fix("Exclude the copies")
    keys.wait(lambda: keys.finding(Check.DUPLICATE) is None, "no copies")


def exclude_the_near_copies(keys):
    """Read in the drawer how many there are; then look at the groups side by side, decide one, and all others."""
    near = sum(photo.path.parent.name in {"sent", "backup 0", "backup 1"} for photo in keys.used)
    keys.wait(lambda: keys.drawer_says(f"{near} photos look like others"), "all near copies")
    keys.press("Ctrl+Shift+N")
    groups = keys.driver.find(DuplicatesDialog, "data.duplicates").groups
    assert len(groups) == KEEPERS
    assert {photo.path.stem.partition("-")[0] for photo in groups[0]} == {"model", "IMG"}
    keys.tab_to("data.duplicates.all")
    keys.press("Space")
    assert not any(photo.path.parent.name == "sent" for photo in keys.used)
    keys.press("Escape")


def exclude_the_blurred(keys):
    keys.press("Ctrl+Shift+J")  # closes the drawer
    keys.find("is:used sharp:<100")
    keys.wait(lambda: keys.grid.model().rowCount() == BLURRED, "the blurred")
    keys.press("Ctrl+A")
    keys.press("Del")


def exclude_the_off_topic(keys):
    keys.find("is:used (-folder:model or chars:<5)")
    keys.press("Ctrl+A")
    keys.press("Del")
    assert len(keys.used) == KEEPERS


def pick_the_largest(keys):
    keys.find("is:used")
    keys.command("Sort by size")
    keys.command("Descending")
    keys.press("Ctrl+F")
    keys.press("Return")
    keys.press("Home")
    keys.press("Shift+Right", WANTED - 1)
    assert len(keys.grid.selected) == WANTED
    keys.press("Ctrl+Shift+I")
    keys.press("Del")
    assert len(keys.used) == WANTED
    keys.wait(lambda: keys.finding(Check.TOO_LARGE), "the package to be too large")


def fit_to_the_limit(keys):
    keys.press("Ctrl+Shift+M")
    keys.wait(lambda: keys.named(keys.focus(), "data.fit.target"), "the estimate")
    keys.press("PgDown")
    keys.tab_to("data.fit.make")
    keys.press("Space")
    keys.wait(lambda: keys.named(keys.focus(), "data.fit.use"), "the copies")
    keys.press("Space")
    assert sum(bool(photo.fit) for photo in keys.used) == LARGE
    keys.wait(lambda: keys.finding(Check.TOO_LARGE) is None, "a smaller package")


def crop_each_to_its_subject(keys):
    keys.press("Home")
    keys.press("Ctrl+A")
    keys.press("Ctrl+T")
    keys.tab_to("crop.shape")
    keys.press("Down", 2)
    keys.tab_to("crop.all")
    keys.press("Space")
    keys.press("Up")
    keys.press("Return")
    keys.wait(lambda: all(photo.edit.cropped for photo in keys.used), "the crops")


def put_the_trigger_word_in_front(keys):
    keys.press("Alt+3")
    keys.tab_to("train.field.trigger_word")
    keys.replace(TRIGGER)
    keys.press("Alt+2")
    assert len(keys.grid.selected) == WANTED
    keys.press("Return")
    keys.tab_to("data.bulk.text")
    keys.type(f"{TRIGGER}, ")
    keys.press("Return")


def replace_a_word(keys):
    keys.press("Ctrl+H")
    keys.type("a table")
    keys.tab_to("data.bulk.text")
    keys.type("a desk")
    keys.press("Return")
    assert all("a desk" in photo.caption for photo in keys.used)


def write_the_first_caption(keys):
    keys.press("Ctrl+F")
    keys.press("Return")
    keys.press("Home")
    keys.press("Return")
    write_caption(keys, 0)


def write_the_second_caption(keys):
    """In focus mode, and so the third."""
    keys.press("F8")
    keys.press("Ctrl+Return")
    write_caption(keys, 1)


def write_the_third_caption(keys):
    keys.press("Ctrl+Return")
    write_caption(keys, 2)
    keys.press("Escape")
    assert isinstance(keys.focus(), PhotoGrid)


def write_caption(keys, number):
    assert keys.named(keys.focus(), "data.caption"), keys.focus()
    keys.replace(BY_HAND[number])
    assert keys.grid.current.caption == BY_HAND[number]


STEPS = (
    take_the_folder_in, remove_the_broken, exclude_the_small, exclude_the_copies, exclude_the_near_copies,
    exclude_the_blurred, exclude_the_off_topic, pick_the_largest, fit_to_the_limit,
    crop_each_to_its_subject, put_the_trigger_word_in_front, replace_a_word, write_the_first_caption,
    write_the_second_caption, write_the_third_caption,
)


def read_back(target, photos):
    """Compare the archive with the files: names, captions, and the pixels of each crop."""
    with zipfile.ZipFile(target) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    pictures = {name.partition(".")[0]: name for name in files if not name.endswith(".txt")}
    assert sorted(pictures) == [f"model-{number:02}" for number in range(WANTED)]
    for number in range(WANTED):
        words = BY_HAND[number] if number < len(BY_HAND) else f"{TRIGGER}, a red thing on a desk, view {number}"
        assert files[f"model-{number:02}.txt"].decode() == words
        photo = next(photo for photo in photos if photo.path.stem == f"model-{number:02}")
        box = crop_box(photo.width, photo.height, photo.edit)
        with Image.open(photo.path) as whole, Image.open(io.BytesIO(files[pictures[photo.path.stem]])) as sent:
            assert sent.width == sent.height
            difference = ImageChops.difference(whole.convert("RGB").crop(box), sent.convert("RGB"))
        exact = photo.path.suffix in {".png", ".bmp", ".tiff", ".gif"}
        assert max(ImageStat.Stat(difference).mean) <= (0 if exact else LOSSY), photo.path.name
        left, top, right, bottom = keeper(number).subject
        assert box[0] <= (left + right) / 2 <= box[2]
        assert box[1] <= (top + bottom) / 2 <= box[3]


def test_a_messy_folder_becomes_a_set_of_twenty_and_every_step_goes_back_after_a_restart(qapp, tmp_path):
    folder = tmp_path / "everything"
    write_messy_folder(folder)
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    with open_studio(tmp_path / "app", practice=True) as studio:
        studio.wait_for_connection()
        keys = Journey(studio, folder)
        states = [keys.state]
        for step in STEPS:
            step(keys)
            states.append(keys.state)
        keys.export(first)
        read_back(first, keys.used)
        dataset_id = keys.datasets.dataset.dataset_id
        keys.press("Ctrl+Q")
    with open_studio(tmp_path / "app", practice=True) as studio:
        studio.wait_for_connection()
        keys = Journey(studio, folder)
        keys.wait(lambda: keys.datasets.dataset.dataset_id == dataset_id, "the dataset")
        assert keys.datasets.history.applied == len(STEPS)
        assert keys.state == states[-1]
        keys.press("Alt+2")
        for state in states[-2::-1]:
            keys.press("Ctrl+Z")
            assert keys.state == state
        keys.press("Ctrl+Alt+Z")
        keys.tab_to("data.history_steps")
        for state in states[1:]:
            keys.press("Up")
            keys.press("Return")
            assert keys.state == state
        keys.press("Escape")
        keys.export(second)
    assert first.read_bytes() == second.read_bytes()
