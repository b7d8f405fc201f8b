"""The computer is kept awake during transfers, on a real bus: logind and the portal are processes of the test."""

import os
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from open_studio import fill_in_the_form, open_studio, start_run, take_in

from segmind_studio.core.practice import Fault
from segmind_studio.resources import resource
from segmind_studio.services.desktop.keep_awake import AwakeError, KeepAwake
from segmind_studio.services.desktop.linux_awake import LinuxAwake
from segmind_studio.services.system.activity import ActivityBoard
from tests.fakes.typed import known

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(120)]
HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BY_LOGIND = "held sleep Segmind Studio Uploading photos or downloading a model block"
BY_PORTAL = "held 4 '' Uploading photos or downloading a model"


class Daemon:
    """The stand-in as a process; `said` are its lines so far."""

    def __init__(self, kind):
        self._process = subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, str(HERE / "inhibitor.py"), kind], stdout=subprocess.PIPE,
        )
        self._out = known(self._process.stdout)
        self._text = b""
        while self.said != ["ready"]:
            select.select([self._out], [], [], 20)

    @property
    def said(self):
        """Read what it said meanwhile, without waiting."""
        while select.select([self._out], [], [], 0)[0]:
            more = os.read(self._out.fileno(), 4096)
            if not more:
                break
            self._text += more
        return self._text.decode().splitlines()

    def wait_for(self, *lines):
        """Wait until it has said exactly this since it was ready."""
        end = time.monotonic() + 30
        while self.said != ["ready", *lines]:
            assert time.monotonic() < end, self.said
            select.select([self._out], [], [], 1)

    def end(self):
        self._process.kill()
        self._process.wait()
        self._out.close()


@pytest.fixture
def daemon(request, monkeypatch):
    """Put the system bus where the session's is."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", os.environ["DBUS_SESSION_BUS_ADDRESS"])
    started = []

    def start(kind):
        started.append(Daemon(kind))
        return started[-1]

    yield start
    for one in started:
        one.end()


@pytest.fixture
def way():
    way = LinuxAwake()
    yield way
    way.release()


def test_logind_holds_until_the_release(daemon, way):
    logind = daemon("logind")
    way.hold("Uploading photos or downloading a model")
    logind.wait_for(BY_LOGIND)
    way.release()
    logind.wait_for(BY_LOGIND, "released")
    way.release()


@pytest.mark.parametrize("kind", ["absent", "refusing"])
def test_the_portal_holds_where_logind_does_not(daemon, way, kind):
    if kind == "refusing":
        daemon(kind)
    portal = daemon("portal")
    way.hold("Uploading photos or downloading a model")
    portal.wait_for(BY_PORTAL)
    way.release()
    portal.wait_for(BY_PORTAL, "released")


def test_both_refusals_are_named(daemon, way):
    daemon("refusing")
    with pytest.raises(AwakeError, match=r"AccessDenied.*ServiceUnknown"):
        way.hold("reason")


def test_without_any_bus_it_is_an_error(monkeypatch, way):
    for name in ("DBUS_SYSTEM_BUS_ADDRESS", "DBUS_SESSION_BUS_ADDRESS"):
        monkeypatch.setenv(name, "unix:path=/nowhere/bus")
    with pytest.raises(AwakeError):
        way.hold("reason")


@pytest.mark.parametrize(("kind", "held"), [("logind", BY_LOGIND), ("portal", BY_PORTAL)])
def test_a_killed_app_holds_nothing(daemon, kind, held):
    system = daemon(kind)
    app = subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, str(HERE / "holding_app.py")], env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        system.wait_for(held)
    finally:
        app.kill()
        app.wait()
    system.wait_for(held, "released")


def test_a_slow_logind_makes_nobody_wait(daemon, qapp, qtbot):
    logind = daemon("slow")
    board = ActivityBoard()
    awake = KeepAwake(board)
    begun = time.monotonic()
    board.begin("a", "Uploading", transfer=True)
    board.end("a")
    assert time.monotonic() - begun < 1.0
    awake.ask_stop()
    assert awake.wait_end(20_000)
    logind.wait_for(BY_LOGIND, "released")


def test_the_app_holds_for_an_upload_and_a_download_and_not_while_it_watches(daemon, qapp, tmp_path):
    logind = daemon("logind")
    once = (BY_LOGIND, "released")
    with open_studio(tmp_path / "app", practice=True) as studio:
        take_in(studio, resource("sample"))
        fill_in_the_form(studio)
        assert logind.said == ["ready"]
        run_id = start_run(studio)
        studio.driver.wait(lambda: logind.said == ["ready", *once], "the end of the upload")
        assert known(studio.services.runs.run(run_id)).active
        studio.driver.wait(lambda: known(studio.services.runs.run(run_id)).ready, "the model", 100)
        assert logind.said == ["ready", *once]
        downloads, ended = studio.services.downloads, []
        downloads.finished.connect(ended.append)
        downloads.download(run_id, tmp_path / "model.safetensors")
        studio.driver.wait(lambda: bool(ended), "the file")
        studio.driver.wait(lambda: logind.said == ["ready", *once, *once], "the end of the download")


def test_it_is_released_when_the_run_is_refused(daemon, qapp, tmp_path):
    logind = daemon("logind")
    with open_studio(tmp_path / "app", practice=True) as studio:
        take_in(studio, resource("sample"))
        studio.practice.set_fault(Fault.RETIRED, on=True)
        fill_in_the_form(studio)
        run_id = start_run(studio)
        studio.driver.wait(lambda: logind.said == ["ready", BY_LOGIND, "released"], "the release")
        assert not known(studio.services.runs.run(run_id)).active
