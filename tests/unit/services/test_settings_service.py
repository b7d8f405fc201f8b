"""Settings: changed at once, told once, written a moment later, and at the stop."""

import pytest

from segmind_studio.core.errors import StoreError
from segmind_studio.core.settings import Settings
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.services.system.tasks import TaskRunner


@pytest.fixture
def tasks(qapp):
    runner = TaskRunner()
    yield runner
    assert runner.stop(5000)


def test_a_change_is_told_at_once_and_written_later(qtbot, tasks):
    written = []
    service = SettingsService(Settings(), written.append, tasks)
    with qtbot.waitSignal(service.changed) as told:
        service.update(appearance="dark")
    assert told.args[0].appearance == service.value.appearance == "dark"
    assert written == []
    qtbot.waitUntil(lambda: written == [service.value])


def test_a_change_that_changes_nothing_is_not_told(qtbot, tasks):
    service = SettingsService(Settings(), lambda _value: None, tasks)
    with qtbot.assertNotEmitted(service.changed):
        service.update(appearance="system")


def test_many_changes_are_written_together(qtbot, tasks):
    written = []
    service = SettingsService(Settings(), written.append, tasks)
    for place in ("data", "train", "runs"):
        service.update(place=place)
    qtbot.waitUntil(lambda: bool(written))
    assert [value.place for value in written] == ["runs"]


def test_the_stop_writes_what_waits(tasks):
    written = []
    service = SettingsService(Settings(), written.append, tasks)
    service.update(place="runs")
    service.ask_stop()
    service.write_unsaved()
    service.write_unsaved()
    assert [value.place for value in written] == ["runs"]


def test_a_full_disk_is_told_and_the_settings_still_hold(qtbot, tasks):
    def save(_value):
        raise StoreError("The disk is full.", "Free some space.")

    service = SettingsService(Settings(), save, tasks)
    with qtbot.waitSignal(service.failed) as failed:
        service.update(place="runs")
    assert failed.args[0].title == "The disk is full."
    assert service.value.place == "runs"


def test_an_unknown_name_is_a_programming_error(tasks):
    service = SettingsService(Settings(), lambda _value: None, tasks)
    with pytest.raises(TypeError):
        service.update(colour="red")
