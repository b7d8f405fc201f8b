"""Notifications on a real session bus: no daemon, daemons of different abilities, and one that a person sees."""

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from segmind_studio.services.notices.linux_bus import SessionBus
from segmind_studio.services.notices.notice import Notice, NoticeError, NoticeEvent
from tests.fakes.notice_daemon import FIRST_NUMBER, NoticeDaemon

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(180)]
ROOT = Path(__file__).resolve().parents[2]
READY = Notice("r1", "<b>Tom & Jerry</b> is ready", "Try <it> & see.", stays=False)
FAILED = Notice("r1", "r1 has failed", "Why?", stays=True)


@pytest.fixture
def daemon(request):
    daemon = NoticeDaemon(request.param)
    yield daemon
    daemon.stop()


@pytest.fixture
def bus(daemon):
    bus = SessionBus()
    yield bus
    bus.close()


def event(bus):
    """Wait for the next event as the worker does: until the descriptor is readable."""
    while True:
        ready, _, _ = select.select([bus.fileno()], [], [], 10)
        assert ready
        found = bus.events()
        if found:
            return found


def test_without_a_daemon_it_fails_at_once():
    with pytest.raises(NoticeError, match="ServiceUnknown"):
        SessionBus()


@pytest.mark.parametrize("address", ["unix:path=/nowhere/bus", "tcp:host=localhost,port=1", "nonsense", None])
def test_without_a_bus_it_fails_too(monkeypatch, address):
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    if address is not None:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    with pytest.raises(NoticeError):
        SessionBus()


@pytest.mark.parametrize("daemon", [("body", "body-markup", "actions")], indirect=True)
def test_a_body_that_is_read_as_markup_is_escaped_and_can_be_clicked(daemon, bus):
    assert bus.show(READY, 0) == FIRST_NUMBER
    name, replaces, icon, title, body, actions, hints, expires = daemon.notified[0]
    assert (name, replaces, icon) == ("Segmind Studio", 0, "segmind-studio")
    assert title == "<b>Tom & Jerry</b> is ready"
    assert body == "Try &lt;it&gt; &amp; see."
    assert actions == ["default", "Show"]
    assert hints["desktop-entry"] == ("s", "segmind-studio")
    assert expires == -1
    assert daemon.signatures == {"susssasa{sv}i"}


@pytest.mark.parametrize("daemon", [("body",)], indirect=True)
def test_a_plain_body_is_left_alone_and_a_failure_never_fades(daemon, bus):
    bus.show(READY, 0)
    bus.show(FAILED, FIRST_NUMBER)
    assert daemon.notified[0][4] == "Try <it> & see."
    assert daemon.notified[0][5] == []
    assert (daemon.notified[1][1], daemon.notified[1][7]) == (FIRST_NUMBER, 0)


@pytest.mark.parametrize("daemon", [("actions",)], indirect=True)
def test_clicks_and_closings_come_back(daemon, bus):
    assert bus.events() == ()
    number = bus.show(READY, 0)
    daemon.send_signal("ActivationToken", "us", number, "permit")
    daemon.send_signal("ActionInvoked", "us", number, "default")
    assert event(bus) == (NoticeEvent(number, clicked=True, token="permit"),)  # noqa: S106  # no password
    daemon.send_signal("NotificationClosed", "uu", number, 2)
    assert event(bus) == (NoticeEvent(number, clicked=False),)


@pytest.mark.parametrize("daemon", [()], indirect=True)
def test_a_notification_is_taken_back(daemon, bus):
    number = bus.show(FAILED, 0)
    bus.withdraw(number)
    bus.show(READY, 0)
    assert daemon.closed == [number]


def test_a_daemon_that_takes_no_more_is_an_error():
    daemon = NoticeDaemon((), full=True)
    bus = SessionBus()
    with pytest.raises(NoticeError, match="MaxNotificationsExceeded"):
        bus.show(READY, 0)
    bus.close()
    daemon.stop()


@pytest.mark.parametrize("kind", ["dunst", "absent"])
def test_a_run_becomes_ready_while_the_window_is_minimised(tmp_path, kind):
    """A desktop of its own, with the whole app: a click on the notification, or a toast where there is none."""
    inside = Path(__file__).with_name("news_of_a_run.py")
    ended = subprocess.run(  # noqa: S603
        [sys.executable, str(ROOT / "packaging" / "desktop_session.py"), "--keyring", "absent", "--notify", kind,
         "--", sys.executable, str(inside), str(tmp_path), kind],
        env={**os.environ, "PYTHONPATH": f"{inside.parent}{os.pathsep}{ROOT}"},
        timeout=150, check=False, capture_output=True, text=True,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.split("\n")[:2] == ["told", "shown"]
