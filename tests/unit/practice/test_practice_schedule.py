from __future__ import annotations

import os
import sqlite3
import stat
from dataclasses import replace

import pytest
from practice_bench import Practice, wait_until

from segmind_studio.core.errors import StudioError
from segmind_studio.core.practice import Fault
from segmind_studio.core.runs import STATUS_ORDER
from segmind_studio.practice.server import PracticeServer


def test_a_run_goes_through_all_six_states_and_each_brings_its_addresses(start):
    practice = start(speed=0.01)
    finetune_id = practice.submit()

    def told():
        job = practice.details(finetune_id)
        keys = ("cloud_storage_url", "trained_model_url", "inference_api_url", "slug")
        return job["status"], {key for key in keys if job.get(key)}

    seen = dict([told()])
    practice.server.set_speed(12.0)  # slow enough to be seen in each state, by a machine with much else to do
    wait_until(lambda: seen.update([told()]) or len(seen) == len(STATUS_ORDER), within_s=60.0)
    assert tuple(seen) == STATUS_ORDER
    weights = {"cloud_storage_url", "trained_model_url"}
    assert [seen[status] for status in STATUS_ORDER] == [
        set(), set(), set(), weights, weights, weights | {"inference_api_url", "slug"}]
    job = practice.details(finetune_id)
    assert job["trained_model_url"] == job["cloud_storage_url"]
    assert job["inference_api_url"] == f"{practice.address.api}/v1/{job['slug']}"
    assert job["updated_ts"] >= job["created_ts"]


def test_the_speed_changes_what_is_under_way(start):
    practice = start(speed=0.01)
    finetune_id = practice.submit()
    assert practice.details(finetune_id)["status"] == "REQUESTED"
    practice.server.set_speed(1e9)
    practice.wait_for(finetune_id)


def test_a_speed_is_a_number(start):
    practice = start()
    with pytest.raises(ValueError, match="not a number"):
        practice.server.set_speed(float("nan"))


def test_everything_survives_a_restart(start):
    practice = start(speed=0.01)
    before = practice.address
    unused = practice.upload()
    finetune_id = practice.submit()
    told = practice.jobs()
    practice.restart()
    assert replace(practice.address, key=before.key) == before  # being free, the ports
    assert practice.address.key != before.key
    assert practice.jobs() == told
    assert practice.credits() == 96.0
    practice.submit(data_source_path=unused)
    practice.restart(speed=1e4)
    assert practice.wait_for(finetune_id)["slug"]


def test_runs_go_on_while_the_service_is_down(start):
    practice = start(speed=100.0)
    finetune_id = practice.submit()
    practice.close()
    wait_until(lambda: _last_due(practice) < _now())
    practice.restart()
    assert practice.jobs()[0]["status"] == "AVAILABLE"
    assert practice.details(finetune_id)["finetune_id"] == finetune_id


def _last_due(practice):
    connection = sqlite3.connect(practice.folder / "practice.sqlite3")
    try:
        return connection.execute("SELECT max(due_at) FROM steps").fetchone()[0]
    finally:
        connection.close()


def _now():
    connection = sqlite3.connect(":memory:")
    try:
        return connection.execute("SELECT (julianday('now') - 2440587.5) * 86400.0").fetchone()[0]
    finally:
        connection.close()


def test_an_empty_purse_is_filled_at_the_next_start(start):
    practice = start(speed=0.01, credits=9.0)
    practice.submit()
    assert practice.credits() == 5.0
    practice.restart()
    assert practice.credits() == 9.0


def test_the_purse_is_filled_before_an_upload_and_that_is_told(start):
    told = []
    practice = start(speed=0.01, credits=30.0, refilled=told.append)
    practice.submit()
    assert (practice.credits(), told) == (26.0, [])
    upload = practice.upload()
    assert (practice.credits(), told) == (30.0, [30.0])  # what is measured from here on is the run's cost
    practice.submit(data_source_path=upload)
    assert practice.credits() == 26.0
    practice.server.set_fault(Fault.NO_CREDITS, on=True)
    practice.ticket()
    assert (practice.credits(), told) == (0.0, [30.0])


def test_start_and_stop_may_be_repeated(tmp_path):
    server = PracticeServer(tmp_path)
    server.stop()
    address = server.start()
    assert server.start() == address
    server.stop()
    server.stop()
    server.set_speed(2.0)
    server.send_sample_webhook()
    assert server.start().key != address.key  # each start makes its own
    server.stop()


def test_a_port_in_use_is_told_in_words(start, tmp_path):
    practice = start()
    port = int(practice.address.api.rsplit(":", 1)[1])
    other = PracticeServer(tmp_path / "other", port=port)
    with pytest.raises(StudioError, match="could not start"):
        other.start()
    other.stop()


def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StudioError, match="could not start"):
        PracticeServer(tmp_path / "file" / "inside").start()


def test_a_taken_port_of_last_time_is_no_hindrance(tmp_path):
    first = Practice(tmp_path / "a")
    database = sqlite3.connect(tmp_path / "a" / "practice.sqlite3")
    ports = dict(database.execute("SELECT name, value FROM kept WHERE name LIKE '%port'"))
    database.close()
    second = PracticeServer(tmp_path / "b")
    second.start()
    second.stop()
    database = sqlite3.connect(tmp_path / "b" / "practice.sqlite3")
    database.executemany("UPDATE kept SET value = ? WHERE name = ?", [(v, k) for k, v in ports.items()])
    database.commit()
    database.close()
    try:
        assert second.start().api != first.address.api
    finally:
        second.stop()
        first.close()


def _write_nonsense(path):
    path.write_bytes(b"no database at all" * 100)


def _write_another_version(path):
    connection = sqlite3.connect(path)
    connection.executescript("CREATE TABLE runs (x); PRAGMA user_version = 99;")
    connection.close()


@pytest.mark.parametrize("write", [_write_nonsense, _write_another_version])
def test_a_database_that_cannot_be_read_is_set_aside(tmp_path, write):
    write(tmp_path / "practice.sqlite3")
    practice = Practice(tmp_path)
    assert practice.jobs() == []
    practice.close()
    assert (tmp_path / "practice.sqlite3.set-aside").exists()
    assert stat.S_IMODE((tmp_path / "practice.sqlite3").stat().st_mode) & 0o077 == 0 or os.name == "nt"
