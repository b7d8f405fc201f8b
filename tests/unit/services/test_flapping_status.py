"""A status that goes back and forth: the row stays where it was furthest, and its timeline stays short."""

import time
from dataclasses import replace

import pytest

from segmind_studio.api.client import SegmindClient
from segmind_studio.api.values import Listing
from segmind_studio.core.practice import Fault
from segmind_studio.core.reconcile import merge
from segmind_studio.core.runs import Job, Phase, Run, Stage
from segmind_studio.services.runs.apply_listing import settle
from segmind_studio.services.runs.live_runs import LiveRuns
from segmind_studio.services.runs.run_messages import ListingSeen
from segmind_studio.services.runs.run_store import RunStore

NOW = 1_750_000_000.0
RUN = Run(
    "r", "mine", "anna", Phase.ACCEPTED, NOW - 900, NOW - 800, service_id="job", status="TRAINING_COMPLETED",
    updated_ts="2025-01-02T00:00:00Z",
)


@pytest.mark.parametrize(("status", "updated", "shown"), [
    ("DATA_PROCESSING", "2025-01-01T00:00:00Z", "TRAINING_COMPLETED"),  # from a copy that lags
    ("AVAILABLE", "2025-01-01T00:00:00Z", "TRAINING_COMPLETED"),
    ("DATA_PROCESSING", "2025-01-02T00:00:00Z", "TRAINING_COMPLETED"),
    ("AVAILABLE", "2025-01-02T00:00:00Z", "AVAILABLE"), ("FAILED", "2025-01-02T00:00:00Z", "FAILED"),
    ("DATA_PROCESSING", "2025-01-03T00:00:00Z", "DATA_PROCESSING"),  # it was begun again
    ("DATA_PROCESSING", "", "DATA_PROCESSING"),
])
def test_what_was_updated_last_counts_and_of_one_moment_what_is_further(status, updated, shown):
    changed = merge("mine", [RUN], [Job("job", "anna", status, updated_ts=updated)], NOW)
    assert [run.status for run in changed] in ([shown], [] if shown == RUN.status else None)


def test_a_service_that_goes_back_and_forth_is_followed_forwards_only(
    journal, submission, run, connection, practice, qtbot,
):
    assert submission.drive(run.run_id) is None
    with SegmindClient(connection) as client:
        qtbot.waitUntil(lambda: client.list_jobs().jobs[0].status == "AVAILABLE", timeout=20_000)
        practice.set_fault(Fault.FLAPPING_STATUS, on=True)
        stages = []
        for _ in range(8):
            settle(journal, "practice", client.list_jobs(), time.time(), LiveRuns())
            stages.append(journal.get(run.run_id).stage)
    assert stages[1:] == [Stage.READY] * 7


def test_news_of_a_run_that_was_being_sent_comes_with_the_next_listing_although_that_is_the_same(
    qapp, journal, database, connection,
):
    live, account_id = LiveRuns(), connection.account.account_id
    journal.add(replace(RUN, account_id=account_id, phase=Phase.SENDING, service_id="", status=""), NOW)
    live.add("r")
    store = RunStore(database, live)
    store.set_connection(connection)
    listing = Listing((Job("job", "anna", "FAILED", "bad photos"),))
    store.take_listing(ListingSeen(1, account_id, listing, same=False, asked_at=NOW + 1))
    journal.change("r", NOW + 2, phase=Phase.ACCEPTED, service_id="job", status="REQUESTED")
    live.discard("r")
    store.reload("r")
    store.take_listing(ListingSeen(2, account_id, listing, same=True, asked_at=NOW + 3))
    assert journal.get("r").stage is Stage.FAILED


def test_without_any_times_the_timeline_stays_short(journal):
    journal.add(replace(RUN, updated_ts=""), NOW)
    for number in range(20):
        status = ("TRAINING_INITIATED", "DATA_PROCESSING")[number % 2]
        settle(journal, "mine", Listing((Job("job", "anna", status),)), NOW + number, LiveRuns())
    assert journal.get("r").status == "DATA_PROCESSING"
    assert len(journal.timeline("r")) <= 6


def test_a_list_that_was_cut_says_nothing_of_what_it_does_not_hold(journal):
    lost = replace(RUN, run_id="u", phase=Phase.UNKNOWN, service_id="", sent_at=NOW - 100)
    for row in (RUN, lost):
        journal.add(row, NOW - 100)
    settle(journal, "mine", Listing((Job("other"),), complete=False), NOW, LiveRuns())
    assert not journal.get("r").absent
    assert journal.get("u").listings_missed == 0


def test_a_clock_that_is_a_day_off_is_known_where_the_service_tells_its_time():
    job = Job("job", "elsewhere", created_ts="2025-06-16T15:06:40Z")  # a day ahead of NOW
    [row] = merge("mine", [], [job], NOW, 86_400.0)
    assert row.created_at == NOW
    [row] = merge("mine", [], [job], NOW)
    assert row.created_at == NOW + 86_400
