"""The whole app in this process: the real window, services, disk and practice service on one data folder."""

import contextlib
import logging
from dataclasses import replace

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from segmind_studio.api.client import SegmindClient
from segmind_studio.app import Studio
from segmind_studio.assembly import Services
from segmind_studio.command_line import Options
from segmind_studio.core.runs import Run
from segmind_studio.services.system.single_instance import SingleInstance
from segmind_studio.store.logs import configure_logging
from segmind_studio.store.paths import app_paths
from segmind_studio.store.settings_file import SettingsFile
from segmind_studio.ui.shell.run_news import in_front
from segmind_studio.ui.theme.theme import Theme
from segmind_studio.ui_driver import UiDriver
from tests.fakes.typed import known, the

SPEED = 40.0


class OpenStudio:
    """An open app; `driver` use it as a person does."""

    def __init__(self, folder, **options):
        self.paths = app_paths(folder)
        self.paths.create()
        given = Options(data_dir=folder, **options)
        self.instance = SingleInstance(self.paths.data)
        assert self.instance.claim()
        self.instance.listen()
        self.app = app = the(QApplication, QApplication.instance())
        self.look = app.styleSheet(), app.palette(), app.font()
        self.theme = theme = Theme(app)
        settings = SettingsFile(self.paths.settings_file)
        settings.save(replace(settings.load()[0], practice_speed=SPEED))
        self.secrets = set()
        self.log = configure_logging(self.paths.log_file, lambda: tuple(self.secrets), level=logging.DEBUG)
        logging.captureWarnings(capture=False)
        self.services = Services(given, self.paths, self.secrets, in_front)
        theme.apply(self.services.settings.value.appearance)
        self.studio = Studio(given, self.services, self.instance, theme)
        self.window = self.studio.window
        self.driver = UiDriver(self.window)
        self.studio.open()

    @property
    def runs(self):
        return self.services.runs.runs

    def run(self, run_id: str) -> Run:
        """Return a run that is there."""
        return known(self.services.runs.run(run_id))

    @property
    def practice(self):
        return self.services.practice

    def requests(self):
        """What the practice service has seen: method, path, status."""
        seen = []
        self.practice.requests_seen.connect(seen.append)
        self.practice.ask_requests()
        self.driver.wait(lambda: bool(seen), "the requests")
        self.practice.requests_seen.disconnect(seen.append)
        return seen[0]

    def wait_for_connection(self):
        self.driver.wait(lambda: self.services.accounts.state.connection is not None, "a connection")
        self.driver.wait(lambda: self.services.runs.loaded, "the runs")

    def use_environment_key_here(self):
        """Press what the environment's key waits for where the address is not Segmind's."""
        accounts = self.services.accounts
        self.driver.wait(lambda: accounts.state.environment_key_offered, "the environment's key")
        accounts.use_environment_key_here()
        self.wait_for_connection()

    def jobs(self):
        """What the service itself holds, asked past the app."""
        with SegmindClient(known(self.services.accounts.state.connection)) as client:
            return client.list_jobs().jobs

    def close(self):
        self.window.hide()
        logging.getLogger().removeHandler(self.log)
        self.log.close()
        assert self.services.stop()
        self.instance.release()
        self.window.deleteLater()
        self.studio.deleteLater()
        self.theme.deleteLater()
        self.app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # the next app would style it all
        self.take_look_back()

    def take_look_back(self):
        """Leave the widgets of other tests as quick, and as large, as they are without the app's style sheet."""
        sheet, palette, font = self.look
        self.app.setStyleSheet(sheet)
        self.app.setPalette(palette)
        self.app.setFont(font)


@contextlib.contextmanager
def open_studio(folder, **options):
    studio = OpenStudio(folder, **options)
    try:
        yield studio
    finally:
        studio.close()


def fill_in_the_form(studio, name="my-cat"):
    """From the Data place to an open review."""
    driver = studio.driver
    driver.click("data.train")
    driver.type_line("train.field.name", name)
    driver.type_line("train.field.trigger_word", "TOK")
    driver.type_text("train.field.instance_prompt", "TOK, a photo")
    driver.click("train.preset.explore")
    driver.wait(lambda: driver.button("train.review").isEnabled(), "the review button")
    driver.click("train.review")


def take_in(studio, folder):
    """Hand a folder to the window as a drop does, and wait until it is measured."""
    studio.wait_for_connection()
    studio.window.paths_dropped.emit((folder,))
    datasets = studio.services.datasets
    studio.driver.wait(lambda: bool(datasets.dataset.photos) and not datasets.scanning, "the photos")
    studio.driver.wait(lambda: datasets.package.size > 0, "the package")


def start_run(studio):
    """Press start and give the new run's id."""
    before = {run.run_id for run in studio.runs}
    studio.driver.click("review.start")
    studio.driver.wait(lambda: len(studio.runs) > len(before), "the run's row")
    return next(run.run_id for run in studio.runs if run.run_id not in before)
