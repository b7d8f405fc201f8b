"""Use the app for everything it does, then look for the key in all that it wrote, showed, copied and sent."""

import faulthandler
import gc
import logging
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import keyring
import pytest
from open_studio import fill_in_the_form, open_studio, start_run, take_in
from PIL import Image
from PySide6.QtCore import QObject, QProcess, QTimer, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QTabBar, QTabWidget, QWidget
from secret_traces import Traces, contents, files_below, found, process_texts

from segmind_studio.core.practice import Fault
from segmind_studio.core.runs import Phase
from segmind_studio.services.system.breakdowns import Breakdowns
from segmind_studio.store.crash_file import CrashFile
from segmind_studio.store.secrets import SERVICE_NAME
from segmind_studio.ui_driver import UiDriverError
from tests.fakes.practice_side import StartedPractice
from tests.fakes.typed import child, known

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(300)]
WRONG_KEY = "SG_00ff00ff00ff00ff"
ODD_KEY = "a-password-in-the-wrong-field"
OF_QT = {".config", "QtProject.conf"}


@pytest.fixture
def service(tmp_path):
    """A service that stands for Segmind."""
    server = StartedPractice(tmp_path / "service", speed=60.0)
    yield server
    server.stop()


@pytest.fixture
def photos(tmp_path):
    """Three photos, of which one must be turned, and two in a zip."""
    folder = tmp_path / "photos"
    folder.mkdir()
    turned = Image.Exif()
    turned[0x0112] = 6
    for number in range(5):
        picture = Image.radial_gradient("L").resize((640, 640 + number)).convert("RGB")
        picture.save(folder / f"p{number}.jpg", exif=turned if number == 0 else Image.Exif())
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as archive:
        for name in ("p3.jpg", "p4.jpg"):
            archive.write(folder / name, name)
            (folder / name).unlink()
    return folder


class Person:
    """Uses an open app."""

    def __init__(self, studio, service, saved):
        self.studio, self.service, self.driver, self.saved = studio, service, studio.driver, saved
        self.runs = studio.services.runs

    def until(self, condition, what):
        """Wait, and press "check now" meanwhile: the pace for a paid account is slow."""
        for _ in range(40):
            try:
                self.driver.wait(condition, what, 1.5)
            except UiDriverError:
                self.runs.check_now()
            else:
                return
        raise UiDriverError(f"waited in vain for {what}")

    def answer(self, signal, act):
        """Do something and wait for the signal that answers."""
        told = []
        signal.connect(told.append)
        act()
        self.driver.wait(lambda: bool(told), "the answer")
        self.driver.settle()
        return told[-1]

    def copy_all(self):
        """Press each button in sight that copies something; give how many."""
        self.driver.settle()
        buttons = [
            button for button in self.studio.window.findChildren(QAbstractButton)
            if button.isVisible() and button.isEnabled()
            and (button.text().startswith("Copy") or button.accessibleName().startswith("Copy"))
        ]
        for button in buttons:
            button.click()
        self.driver.settle()
        return len(buttons)

    def enter_key(self, key):
        self.driver.click("rail.settings")
        self.driver.type_line("settings.key_name", "Work")
        self.driver.type_line("settings.key", key)
        accounts = self.studio.services.accounts
        return self.answer(accounts.key_tested, lambda: self.driver.click("settings.key_test"))

    def copy_the_request(self):
        if not self.driver.button("train.copy").isVisible():
            self.driver.click("train.request")
        tabs = self.driver.find(QWidget, "train.request_curl")
        while not isinstance(tabs, QTabWidget):
            tabs = tabs.parentWidget()
        for number in range(tabs.count()):
            tabs.setCurrentIndex(number)
            self.driver.click("train.copy")

    def train(self, name):
        fill_in_the_form(self.studio, name=name)
        return start_run(self.studio)

    def copy_the_run(self, row):
        self.driver.click("rail.runs")
        self.driver.click_row("runs.table", row)
        tabs = child(self.driver.find(QWidget, "runs.detail"), QTabBar)
        copied = 0
        for number in range(tabs.count()):
            tabs.setCurrentIndex(number)
            copied += self.copy_all()
        return copied


def use_everything(person):
    """Keys, runs, losses, downloads, pictures, webhooks, copies, and a service that breaks and goes away."""
    driver, service, services = person.driver, person.service, person.studio.services
    for wrong in (WRONG_KEY, ODD_KEY):
        assert not person.enter_key(wrong).ok
        assert person.copy_all() == 1
    assert person.enter_key(service.address.key).ok
    driver.wait(lambda: services.accounts.state.current.name == "Work", "the account")
    submit_and_lose(person)
    download_and_try(person)
    export_a_sheet(person)
    add_and_remove_a_webhook(person)
    break_the_service(person)
    break_the_app(person)
    save_a_bundle(person)


def submit_and_lose(person):
    driver, service = person.driver, person.service
    driver.click("rail.data")
    service.set_fault(Fault.EXPIRED_UPLOAD, on=True)
    service.set_fault(Fault.SLOW_DOWN, on=True)
    first = person.train("first")
    person.until(lambda: person.runs.run(first).ready, "the first model")
    driver.click("rail.data")
    service.set_fault(Fault.LOST_ANSWER, on=True)
    second = person.train("second")
    person.until(lambda: person.runs.run(second).phase is Phase.ADOPTED, "the lost run")
    driver.click("rail.train")
    person.copy_the_request()
    driver.click("rail.data")
    service.set_fault(Fault.SERVER_ERROR, on=True)
    third = person.train("third")
    driver.wait(lambda: person.runs.run(third).phase in {Phase.UNKNOWN, Phase.REFUSED, Phase.UPLOADING}, "the 500")
    person.copy_all()
    service.set_fault(Fault.SERVER_ERROR, on=False)
    person.until(lambda: person.runs.run(second).ready, "the second model")


def download_and_try(person):
    driver, service, services = person.driver, person.service, person.studio.services
    driver.click("rail.runs")
    rows = [run.name for run in person.runs.runs]
    assert person.copy_the_run(rows.index("first")) > 5
    ready = person.runs.runs[rows.index("first")].run_id
    person.answer(services.downloads.finished, lambda: driver.click("runs.download"))
    driver.wait(lambda: bool(person.runs.run(ready).result_path), "the model file")
    driver.click("runs.public")
    driver.click("runs.confirm.verb")
    person.until(lambda: person.runs.run(ready).public, "the model to be public")
    driver.click("runs.try")
    driver.type_text("try.prompt", "TOK on the moon")
    person.answer(services.tryouts.finished, lambda: driver.click("try.generate"))
    service.set_fault(Fault.SERVER_ERROR, on=True)
    person.answer(services.tryouts.failed, lambda: driver.click("try.generate"))
    assert person.copy_all() >= 1
    service.set_fault(Fault.SERVER_ERROR, on=False)


def choose_file(person, name, target):
    """Answer the file dialog that is open."""
    person.driver.settle()
    dialog = child(person.studio.window, QFileDialog, name)
    assert dialog.isVisible()
    dialog.fileSelected.emit(str(target))
    dialog.close()


def export_a_sheet(person):
    """A run's sheet, with the address the photos were put to and the service's whole answer."""
    driver, services = person.driver, person.studio.services
    driver.click("rail.runs")
    driver.click_row("runs.table", 0)
    export = next(a for a in person.studio.window.findChildren(QAction) if a.text() == "Export run sheet…")
    export.trigger()
    person.answer(
        services.sheets.exported, lambda: choose_file(person, "runs.sheet_file", person.saved / "a.run.json"),
    )


class Broken(QObject):
    """Break in a slot as a mistake in the app would, with a key in the words of the error."""

    def __init__(self, keys):
        super().__init__()
        self._keys = keys

    @Slot()
    def work(self):
        raise RuntimeError(f"this should not hold {self._keys}")


def break_the_app(person):
    """An error that nobody caught, watched for as in the app itself."""
    studio = person.studio
    watching = Breakdowns(CrashFile(studio.paths.logs), lambda: tuple(studio.secrets))
    watching.start()
    try:
        studio.studio.watch(watching)
        broken = Broken((person.service.address.key, WRONG_KEY, ODD_KEY))
        person.answer(watching.error_found, lambda: QTimer.singleShot(0, broken.work))
        assert person.copy_all() >= 1
    finally:
        watching.stop()
        faulthandler.enable(known(sys.__stderr__))  # as pytest has it


def save_a_bundle(person):
    """By the Help menu's command, which leads to the button."""
    driver, support = person.driver, person.studio.services.support
    help_menu = next(a.menu() for a in person.studio.window.menuBar().actions() if a.text() == "&Help")
    next(a for a in help_menu.actions() if a.text() == "Save a support bundle…").trigger()
    driver.click("settings.support")
    person.answer(support.saved, lambda: choose_file(person, "settings.support_file", person.saved / "b.zip"))


def add_and_remove_a_webhook(person):
    driver, webhooks = person.driver, person.studio.services.webhooks
    driver.click("rail.settings")
    driver.wait(lambda: not webhooks.busy, "the webhooks")
    driver.type_line("settings.webhook_url", "https://hooks.invalid/segmind")
    person.answer(webhooks.changed, lambda: driver.click("settings.webhook_keep"))
    person.answer(webhooks.logs, lambda: driver.click("settings.webhook_logs"))
    driver.click("settings.webhook_remove")
    remove = next(
        button for top in person.studio.window.findChildren(QWidget) if top.isWindow() and top.isVisible()
        for button in top.findChildren(QAbstractButton) if button.text() == "Remove"
    )
    person.answer(webhooks.changed, remove.click)
    person.service.set_fault(Fault.SERVER_ERROR, on=True)
    person.answer(webhooks.failed, lambda: driver.click("settings.webhook_refresh"))
    assert person.copy_all() >= 1
    person.service.set_fault(Fault.SERVER_ERROR, on=False)


def break_the_service(person):
    driver, runs = person.driver, person.runs
    driver.click("rail.runs")
    for fault in (Fault.SERVER_ERROR, Fault.UNAVAILABLE):
        person.service.set_fault(fault, on=True)
        before = runs.watch.error
        driver.click("runs.check")
        driver.wait(lambda before=before: runs.watch.error not in {None, before}, "the failed check")
        driver.click("strip.credits")
        driver.wait(lambda: person.studio.services.accounts.state.credits_error is not None, "the failed question")
        person.copy_all()
        person.service.set_fault(fault, on=False)
    person.service.stop()
    before = runs.watch.error
    driver.click("runs.check")
    driver.wait(lambda: runs.watch.error not in {None, before}, "the lost service")
    person.copy_all()


@pytest.fixture
def new_objects_only():
    """Keep what earlier tests left alive out of `gc.get_objects`: their made-up addresses are not this app's."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def test_the_key_is_nowhere_but_in_the_keyring(
    qapp, tmp_path, own_home, service, photos, capfd, new_objects_only,
):
    app_folder, saved = tmp_path / "app", tmp_path / "saved"
    saved.mkdir(mode=0o700)
    key = service.address.key
    secrets = (key, WRONG_KEY, ODD_KEY)
    with open_studio(app_folder, api_url=service.address.api) as studio:
        traces = Traces(studio)
        try:
            studio.wait_for_connection()
            take_in(studio, photos)
            studio.window.paths_dropped.emit((tmp_path / "more.zip",))
            studio.driver.wait(lambda: len(studio.services.datasets.dataset.used) == 5, "the photos of the zip")
            use_everything(Person(studio, service, saved))
            leaks = [(where, what) for where, text in traces.said() if (what := found(secrets, text))]
        finally:
            traces.close()
        name = studio.services.accounts.state.current.keyring_name
        assert keyring.get_password(SERVICE_NAME, name) == key
    assert leaks == []
    assert {type(error).__name__ for error in traces.errors} == {"ApiError"}
    copied = "\n".join(traces.copied)
    for part in ("x-api-key", "curl", '"instance_prompt"', "Segmind Studio", "RuntimeError: this should not hold"):
        assert part in copied
    files = files_below(app_folder, own_home, saved)
    inside = {name: data for path in files for name, data in contents(path)}
    leaks = [(name, what) for name, data in inside.items() if (what := found(secrets, data))]
    assert leaks == []
    assert b"FLUX_PRO" in inside["a.run.json"]
    assert b"RuntimeError: this should not hold" in inside["b.zip: logs/studio.log"]
    log = "".join(path.read_text(encoding="utf-8") for path in files if path.name.startswith("studio.log"))
    for part in ("httpcore", "X-Amz-Signature=…", "DEBUG"):
        assert part in log  # the log was told what it had to hide
    for text in (*capfd.readouterr(), *(data for _name, data in process_texts())):
        assert found(secrets, text) == []
    check_what_was_sent(service)
    check_rights(app_folder, own_home, saved)


def check_what_was_sent(service):
    """The key goes with each request to the API, and with none to the storage."""
    assert service.breaches() == ()
    to_storage = [seen for seen in service.requests() if seen.path.startswith("/practice-")]
    to_api = [seen for seen in service.requests() if not seen.path.startswith("/practice-")]
    assert {seen.method for seen in to_storage} == {"PUT", "GET"}
    assert [seen for seen in to_storage if "x-api-key" in seen.headers or "authorization" in seen.headers] == []
    assert [seen for seen in to_api if "x-api-key" not in seen.headers] == []


def check_rights(*folders):
    """Only the owner may read what the app wrote; Qt keeps the size of its file dialog for all programs."""
    open_ones = [
        (path, oct(stat.S_IMODE(path.lstat().st_mode)))
        for folder in folders for path in sorted(Path(folder).rglob("*"))
        if not path.is_symlink() and path.name not in OF_QT and stat.S_IMODE(path.lstat().st_mode) & 0o077
    ]
    assert open_ones == []


def test_a_key_from_the_environment_stays_in_this_process(qapp, tmp_path, own_home, service, monkeypatch):
    key = service.address.key
    monkeypatch.setenv("SEGMIND_API_KEY", key)
    with open_studio(tmp_path / "app", api_url=service.address.api) as studio:
        studio.use_environment_key_here()
        assert studio.services.accounts.state.current.name == "SEGMIND_API_KEY"
        studio.driver.wait(lambda: studio.services.accounts.state.credits is not None, "the credits")
        logging.getLogger("segmind_studio").error("The environment: %s", dict(os.environ))
        child = QProcess()
        child.start("/usr/bin/env")
        assert child.waitForFinished()
        by_qt = bytes(child.readAllStandardOutput().data()).decode()
        by_python = subprocess.run(("/usr/bin/env",), capture_output=True, text=True, check=True).stdout
        for environment in (by_qt, by_python):
            assert "HOME=" in environment
            assert "SEGMIND_API_KEY" not in environment
            assert key not in environment
    for path in files_below(tmp_path / "app", own_home):
        assert found((key,), path.read_bytes()) == [], path
    check_rights(tmp_path / "app")
