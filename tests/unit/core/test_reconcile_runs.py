"""The journal and the service's list, brought together: no row is lost, doubled or paid twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmind_studio.core.moments import seconds_of
from segmind_studio.core.reconcile import VANISH_GRACE_S, merge, superseded, with_job
from segmind_studio.core.runs import Job, Phase, Run, Stage

NOW = 1_750_000_000.0
PATH = "https://bucket.example.org/uploads/7/one.zip"
SENT = Run(
    "r1", "mine", "anna", Phase.UNKNOWN, NOW - 60, NOW - 50, manifest="[]", data_source_path=PATH,
    sent_at=NOW - 50,
)
ZIP = replace(SENT, manifest="", data_source_path="https://example.org/public.zip")
JOB = Job("job-1", "anna", "REQUESTED", data_source_path=PATH)
OWNED = Run("r2", "mine", "bob", Phase.ACCEPTED, NOW - 900, NOW - 800, service_id="job-2", status="REQUESTED")


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def apply(runs: list[Run], changed: tuple[Run, ...]) -> list[Run]:
    by_id = {run.run_id: run for run in runs} | {run.run_id: run for run in changed}
    gone = superseded(runs, changed)
    return [run for run in by_id.values() if run.run_id not in gone]


def test_an_unknown_run_is_adopted_by_its_upload_and_name():
    [run] = merge("mine", [SENT], [JOB], NOW)
    assert (run.run_id, run.phase, run.service_id) == ("r1", Phase.ADOPTED, "job-1")
    assert run.stage is Stage.REQUESTED
    assert run.last_checked_at == NOW


@pytest.mark.parametrize("job", [
    replace(JOB, data_source_path=PATH + "2"), replace(JOB, data_source_path=""),
    replace(JOB, data_source_path="one.zip"), replace(JOB, service_id=""),
    replace(JOB, data_source_path="", name="other", created_ts=stamp(NOW)),
])
def test_other_jobs_do_not_settle_it(job: Job):
    run = {r.run_id: r for r in merge("mine", [SENT], [job], NOW)}["r1"]
    assert (run.phase, run.service_id, run.last_checked_at) == (Phase.UNKNOWN, "", NOW)
    assert run.listings_missed == 1


@pytest.mark.parametrize("job", [
    replace(JOB, data_source_path=PATH + "?X-Amz-Signature=1"), replace(JOB, created_ts="yesterday"),
    replace(JOB, created_ts=stamp(NOW)), replace(JOB, created_ts=stamp(NOW - 30 * 24 * 3600)),
    replace(JOB, created_ts=stamp(NOW + 30 * 24 * 3600)), replace(JOB, name="anna-8f3a"), replace(JOB, name=""),
    replace(JOB, name="ANNA"), replace(JOB, name="something-else"),
    replace(JOB, data_source_path="https://s3.example.org/bucket/uploads/7/one.zip"),
    replace(JOB, data_source_path="https://bucket.example.org/uploads/7/%6fne.zip"),
])
def test_an_address_of_our_own_is_enough_whatever_clocks_and_names_say(job: Job):
    [run] = merge("mine", [SENT], [job], NOW)
    assert (run.service_id, run.phase) == ("job-1", Phase.ADOPTED)


def test_runs_that_share_an_upload_are_told_apart_by_their_names():
    runs = [replace(SENT, run_id=f"r{n}", name=f"anna-it{n}") for n in (100, 200)]
    jobs = [replace(JOB, service_id=f"job-{n}", name=f"anna-it{n}") for n in (200, 100)]
    found = {run.run_id: run.service_id for run in merge("mine", runs, jobs, NOW)}
    assert found == {"r100": "job-100", "r200": "job-200"}
    changed = [replace(job, name=f"{job.name}-8f3a") for job in jobs]
    assert {run.run_id: run.service_id for run in merge("mine", runs, changed, NOW)} == found


def test_of_two_that_share_an_upload_none_takes_a_job_of_a_third_name():
    runs = [replace(SENT, run_id=f"r{n}", name=f"anna-it{n}") for n in (100, 200)]
    after = {run.run_id: run for run in merge("mine", runs, [replace(JOB, name="renamed")], NOW)}
    assert {after["r100"].phase, after["r200"].phase} == {Phase.UNKNOWN}


def test_the_job_of_an_accepted_sibling_is_not_taken():
    sibling = replace(SENT, run_id="r2", name="anna-it2", phase=Phase.ACCEPTED, service_id="job-2")
    waiting = replace(SENT, name="anna-it1")
    after = {run.run_id: run for run in merge(
        "mine", [waiting, sibling], [replace(JOB, service_id="job-2", name="anna-it2")], NOW,
    )}
    assert after["r1"].phase is Phase.UNKNOWN


def test_a_job_that_first_had_no_address_is_ours_once_it_has_and_its_row_goes():
    bare = Job("job-1", "other-name", "REQUESTED")
    first = apply([SENT], merge("mine", [SENT], [bare], NOW))
    assert sorted(run.made_here for run in first) == [False, True]
    noted = [run if run.made_here else replace(run, notes="looks good", pinned=True) for run in first]
    full = replace(bare, data_source_path=PATH, status="TRAINING_INITIATED")
    changed = merge("mine", noted, [full], NOW + 60)
    [run] = changed
    assert (run.run_id, run.phase, run.service_id) == ("r1", Phase.ADOPTED, "job-1")
    assert (run.notes, run.pinned) == ("looks good", True)
    assert superseded(noted, changed) == tuple(row.run_id for row in noted if not row.made_here)
    assert merge("mine", apply(noted, changed), [full], NOW + 120) == ()


def test_where_no_address_is_told_the_name_and_a_time_after_the_request_are_enough():
    job = replace(JOB, data_source_path="", created_ts=stamp(NOW - 45))
    [run] = merge("mine", [SENT], [job], NOW, 0.0)
    assert run.phase is Phase.ADOPTED
    older = replace(job, created_ts=stamp(NOW - 3600))
    assert {r.run_id: r for r in merge("mine", [SENT], [older], NOW, 0.0)}["r1"].phase is Phase.UNKNOWN
    untimed = replace(job, created_ts="")
    assert {r.run_id: r for r in merge("mine", [SENT], [untimed], NOW, 0.0)}["r1"].phase is Phase.UNKNOWN


def test_an_accepted_run_that_the_list_knows_by_another_id_stays_one_row():
    accepted = replace(SENT, phase=Phase.ACCEPTED, service_id="from-submit", status="REQUESTED")
    [run] = merge("mine", [accepted], [replace(JOB, status="AVAILABLE", other_ids=("from-submit",))], NOW)
    assert (run.run_id, run.service_id, run.status) == ("r1", "from-submit", "AVAILABLE")
    [run] = merge("mine", [accepted], [replace(JOB, status="AVAILABLE")], NOW)
    assert (run.run_id, run.service_id, run.status) == ("r1", "job-1", "AVAILABLE")


def test_two_runs_of_one_public_zip_each_find_their_own_by_time():
    early, late = replace(ZIP, run_id="early", sent_at=NOW - 120), replace(ZIP, run_id="late", sent_at=NOW - 60)
    jobs = [
        replace(JOB, service_id=f"job-{name}", data_source_path=ZIP.data_source_path, created_ts=stamp(made))
        for name, made in (("early", NOW - 118), ("late", NOW - 59))
    ]
    found = {run.run_id: run.service_id for run in merge("mine", [late, early], jobs, NOW, 0.0)}
    assert found == {"early": "job-early", "late": "job-late"}


@pytest.mark.parametrize(("job_age", "skew", "taken"), [
    (2 * 3600, 0.0, False), (2 * 3600, None, True), (30 * 3600, None, False),
    (40, 0.0, True), (-3600 + 40, 3600.0, True), (3600, 3600.0, False), (300, 0.0, True),
])
def test_a_job_of_a_public_zip_must_not_be_older_than_the_request(job_age: float, skew: float, taken: object):
    job = replace(JOB, data_source_path=ZIP.data_source_path, created_ts=stamp(NOW - job_age))
    run = {r.run_id: r for r in merge("mine", [ZIP], [job], NOW, skew)}["r1"]
    assert (run.phase is Phase.ADOPTED) is taken


def test_a_run_that_was_sent_again_may_be_the_job_of_its_first_request():
    again = replace(ZIP, sent_at=NOW - 10, unanswered_at=(NOW - 7200,))
    job = replace(JOB, data_source_path=ZIP.data_source_path, created_ts=stamp(NOW - 7190))
    [run] = merge("mine", [again], [job], NOW, 0.0)
    assert run.phase is Phase.ADOPTED


def test_a_row_that_was_there_before_the_request_is_not_taken_for_its_run():
    seen = Job("job-1", "anna", "AVAILABLE")
    [row] = merge("mine", [], [seen], NOW - 3600)
    after = {run.run_id: run for run in merge("mine", [SENT, row], [seen], NOW, 0.0)}
    assert after["r1"].phase is Phase.UNKNOWN


def test_an_empty_list_does_not_count_while_others_were_listed():
    after = {run.run_id: run for run in merge("mine", [SENT, OWNED], [], NOW)}
    assert after["r1"].listings_missed == 0
    gone = replace(OWNED, vanished=True)
    after = {run.run_id: run for run in merge("mine", [SENT, gone], [], NOW)}
    assert after["r1"].listings_missed == 1


def test_each_listing_that_misses_is_counted():
    runs = [SENT]
    for count in (1, 2, 3):
        runs = apply(runs, merge("mine", runs, [], NOW + count))
        assert runs[0].listings_missed == count
    runs = apply(runs, merge("mine", runs, [JOB], NOW + 9))
    assert runs[0].phase is Phase.ADOPTED


def test_a_crash_while_sending_is_an_unknown_outcome():
    [run] = merge("mine", [replace(SENT, phase=Phase.SENDING)], [], NOW)
    assert run.phase is Phase.UNKNOWN


def test_what_is_being_sent_now_is_left_to_its_sender_and_gets_no_second_row():
    live = replace(SENT, phase=Phase.SENDING, live=True)
    assert merge("mine", [live], [], NOW) == ()
    assert merge("mine", [live], [JOB], NOW) == ()


def test_a_job_that_another_run_owns_is_not_taken():
    owner = replace(SENT, run_id="r9", phase=Phase.ACCEPTED, service_id="job-1", status="REQUESTED")
    run = {r.run_id: r for r in merge("mine", [SENT, owner], [JOB], NOW)}["r1"]
    assert run.phase is Phase.UNKNOWN


def test_two_unknown_runs_with_one_address_do_not_share_a_job():
    duplicate = replace(SENT, run_id="r9")
    changed = {run.run_id: run for run in merge("mine", [SENT, duplicate], [JOB], NOW)}
    assert sorted(run.service_id for run in changed.values()) == ["", "job-1"]
    both = merge("mine", [SENT, duplicate], [JOB, replace(JOB, service_id="job-9")], NOW)
    assert sorted(run.service_id for run in both) == ["job-1", "job-9"]


def test_runs_of_other_accounts_are_not_touched():
    other = replace(SENT, account_id="other")
    changed = merge("mine", [other], [JOB], NOW)
    assert [run.run_id for run in changed] != ["r1"]
    assert all(run.account_id == "mine" for run in changed)


def test_a_job_made_elsewhere_becomes_a_row_once_and_for_each_account():
    job = replace(JOB, instance_prompt="a photo of TOK", created_ts="2025-01-01T00:00:00Z", slug="anna-1")
    [run] = merge("mine", [], [job], NOW)
    assert (run.made_here, run.phase, run.service_id, run.slug) == (False, Phase.ADOPTED, "job-1", "anna-1")
    assert run.created_at == datetime(2025, 1, 1, tzinfo=UTC).timestamp()
    assert run.body == {"instance_prompt": "a photo of TOK"}
    assert merge("mine", [run], [job], NOW + 1) == ()
    [again] = merge("mine", [], [job], NOW + 5)
    assert again.run_id == run.run_id
    [theirs] = merge("theirs", [], [job], NOW)
    assert theirs.run_id != run.run_id


def test_a_job_listed_twice_is_one_row():
    assert len(merge("mine", [], [JOB, JOB, replace(JOB, status="AVAILABLE")], NOW)) == 1


def test_a_job_without_a_name_is_called_by_its_id():
    [run] = merge("mine", [], [Job("job-7")], NOW)
    assert (run.name, run.created_at) == ("job-7", NOW)


def test_progress_moves_the_row_and_its_time():
    [run] = merge("mine", [OWNED], [Job("job-2", "bob", "TRAINING_INITIATED")], NOW)
    assert (run.stage, run.changed_at) == (Stage.TRAINING, NOW)


def test_a_quiet_change_leaves_the_time():
    [run] = merge("mine", [OWNED], [Job("job-2", "bob", "REQUESTED", public=True)], NOW)
    assert (run.public, run.changed_at) == (True, OWNED.changed_at)


def test_a_row_that_is_not_listed_is_marked_so_and_comes_back():
    [absent] = merge("mine", [OWNED], [], NOW)
    assert absent == replace(OWNED, unlisted_since=NOW)
    assert not absent.vanished
    assert merge("mine", [absent], [], NOW + 1) == ()
    for away in (absent, replace(absent, vanished=True)):
        [back] = merge("mine", [away], [Job("job-2", "bob", "REQUESTED")], NOW + 2)
        assert not back.absent


def test_a_service_may_take_a_while_to_list_what_it_took():
    fresh = replace(OWNED, changed_at=NOW - VANISH_GRACE_S)
    assert merge("mine", [fresh], [], NOW) == ()
    [absent] = merge("mine", [fresh], [], NOW + 1)
    assert absent.unlisted_since == NOW + 1


def test_an_empty_answer_erases_nothing():
    full = replace(
        OWNED, slug="s", base_model="FLUX_PRO", cloud_storage_url="c", trained_model_url="t", public=True,
        inference_api_url="i", data_source_path=PATH, raw="{}", error="old",
    )
    run = with_job(full, Job("job-2"), NOW)
    assert run == replace(full, error="", changed_at=NOW)


def test_an_answer_brings_what_was_not_known():
    job = Job(
        "job-2", "bobby", "AVAILABLE", "", PATH, "p", "FLUX_PRO", "s", public=False, cloud_storage_url="c",
        trained_model_url="t", inference_api_url="i", raw='{"x": 1}',
    )
    run = with_job(OWNED, job, NOW)
    assert (run.name, run.status, run.slug, run.public) == ("bobby", "AVAILABLE", "s", False)
    assert run.base_model == "FLUX_PRO"
    assert (run.cloud_storage_url, run.trained_model_url, run.inference_api_url) == ("c", "t", "i")
    assert (run.data_source_path, run.raw, run.service_id) == (PATH, '{"x": 1}', "job-2")


def test_the_address_that_was_sent_stays():
    sent = replace(OWNED, data_source_path=PATH)
    assert with_job(sent, Job("job-2", data_source_path="https://other"), NOW).data_source_path == PATH


def test_ten_thousand_new_jobs_cost_as_much_each_as_a_hundred():
    # A square in the number of jobs would need 50 million comparisons here and run into the time limit.
    jobs = [Job(f"job-{n}", f"name-{n}", "AVAILABLE") for n in range(10_000)]
    runs = merge("mine", [], jobs, NOW)
    assert len(runs) == 10_000
    assert merge("mine", runs, jobs, NOW + 1) == ()


NAMES = st.sampled_from(["anna", "bob"])
PATHS = st.sampled_from([PATH, "https://bucket.example.org/uploads/7/two.zip", ""])
IDS = st.sampled_from(["", "job-1", "job-2", "job-3", "job-4"])
STATUSES = st.sampled_from(["", "REQUESTED", "AVAILABLE", "FAILED", "NEVER_HEARD"])
JOBS = st.lists(st.builds(Job, IDS, NAMES, STATUSES, data_source_path=PATHS), max_size=6)
RUNS = st.lists(st.builds(
    Run, st.uuids().map(str), st.just("mine"), NAMES, st.sampled_from(Phase), st.just(0.0), st.just(0.0),
    data_source_path=PATHS, live=st.booleans(),
), max_size=5)


def with_ids(runs: list[Run]) -> list[Run]:
    """Return accepted runs an id each, as the service does, and the others none."""
    return [
        replace(run, service_id=f"job-{n}", status="REQUESTED")
        if run.phase in {Phase.ACCEPTED, Phase.ADOPTED} else run
        for n, run in enumerate(runs)
    ]


@settings(max_examples=100)
@given(runs=RUNS.map(with_ids), jobs=JOBS)
def test_whatever_is_listed_rows_are_never_lost_or_doubled(runs: list[Run], jobs: list[Job]):
    after = apply(runs, merge("mine", runs, jobs, NOW))
    assert {run.run_id for run in runs} <= {run.run_id for run in after}
    owned = [run.service_id for run in after if run.service_id]
    assert len(owned) == len(set(owned))
    before = {run.run_id: run for run in runs}
    for run in after:
        old = before.get(run.run_id)
        if old is not None and old.service_id:
            assert run.service_id == old.service_id
        if old is not None and old.phase not in {Phase.UNKNOWN, Phase.SENDING}:
            assert run.phase is old.phase
    settled = apply(after, merge("mine", after, jobs, NOW + 1))
    waiting = {Phase.UNKNOWN, Phase.SENDING}
    assert [r for r in settled if r.phase not in waiting] == [r for r in after if r.phase not in waiting]


@pytest.mark.parametrize(("text", "seconds"), [
    ("2001-09-09T01:46:40Z", 1e9), ("2001-09-09T01:46:40", 1e9), ("2001-09-09T02:46:40+01:00", 1e9),
    ("2001-09-09", 1e9 - 6400), ("2001-09-09 01:46:40.5", 1e9 + 0.5),
    ("2001-09-09T01:46:40.123456789Z", 1e9 + 0.123456),
    ("0001-01-01T00:00:00Z", None), ("0001-01-01T00:00:00+14:00", None), ("1970-01-01T00:00:00Z", None),
    ("1999-12-31T23:59:59Z", None), ("2000-01-01T00:00:00Z", 946684800.0), ("2300-01-01", None),
    ("9999-12-31T23:59:59-14:00", None),
    ("", None), ("soon", None), ("2025-13-01T00:00:00Z", None), ("Z", None),
])
def test_times_are_read_as_utc(text: str, seconds: float | None):
    assert seconds_of(text) == seconds


@given(text=st.text())
def test_any_text_is_a_time_or_none(text: str):
    assert seconds_of(text) is None or isinstance(seconds_of(text), float)


MEASURED = replace(
    OWNED, credits_before=20.0, credits_after=16.0, before_at=NOW - 800, after_at=NOW - 790, sent_at=NOW - 799,
)
OWN_JOB = Job("job-2", "bob", "REQUESTED")


@pytest.mark.parametrize(("made", "shared"), [
    (NOW - 795, True), (NOW - 825, True), (NOW - 765, True),  # clocks differ by some seconds
    (NOW - 900, False), (NOW - 700, False),
])
def test_a_run_made_elsewhere_meanwhile_spoils_a_measure(made: float, shared: bool):  # noqa: FBT001
    changed = merge("mine", [MEASURED], [OWN_JOB, Job("x", created_ts=stamp(made))], NOW)
    run = next((run for run in changed if run.run_id == "r2"), MEASURED)
    assert run.cost_shared is shared
    assert run.cost == (None if shared else 4.0)


def test_a_job_that_does_not_say_when_it_was_made_spoils_nothing():
    found = merge("mine", [MEASURED], [OWN_JOB, Job("x")], NOW - 790)
    assert all(not run.cost_shared for run in found)


@pytest.mark.parametrize(("ahead", "shared"), [(None, False), (3600.0, True)])
def test_a_service_whose_clock_goes_wrong_is_understood(ahead: float | None, shared: bool):  # noqa: FBT001
    job = Job("x", created_ts=stamp(NOW - 795 + 3600))
    changed = merge("mine", [MEASURED], [OWN_JOB, job], NOW, ahead)
    run = next((run for run in changed if run.run_id == "r2"), MEASURED)
    assert run.cost_shared is shared


def test_what_was_added_to_the_row_of_a_listed_run_goes_to_the_run_that_it_is():
    [seen] = merge("mine", [], [JOB], NOW - 10)
    seen = replace(seen, notes="from the list", pinned=True, result_path="/models/a", result_sha256="ab")
    adopted = {run.run_id: run for run in merge("mine", [replace(SENT, notes="mine"), seen], [JOB], NOW)}["r1"]
    assert adopted.notes.split("\n\n") == ["mine", "from the list"]
    assert (adopted.pinned, adopted.result_path, adopted.result_sha256) == (True, "/models/a", "ab")


def test_a_run_that_two_keys_know_by_two_ids_is_one_row():
    """After two accounts were joined: the submit told one id, the other account's list the other one."""
    job = replace(JOB, service_id="job-2b", other_ids=("job-2",))
    listed = replace(OWNED, run_id="r9", service_id="job-2b", made_here=False)
    runs = [OWNED, listed]
    assert superseded(runs, merge("mine", runs, [job], NOW), [job]) == ("r9",)


KNOWN = replace(
    OWNED, raw='{"a": 1}', slug="bob", base_model="FLUX_PRO", public=False, updated_ts=stamp(NOW - 800),
)
SAME = Job(
    "job-2", "bob", "REQUESTED", slug="bob", base_model="FLUX_PRO", public=False, raw='{"a": 1}',
    updated_ts=KNOWN.updated_ts,
)


@pytest.mark.parametrize("job", [SAME, Job("job-2"), replace(SAME, slug="", raw="", public=None)])
def test_a_job_without_news_leaves_the_very_same_run(job: Job):
    assert with_job(KNOWN, job, NOW) is KNOWN
    assert merge("mine", [KNOWN], [job], NOW) == ()


@pytest.mark.parametrize("news", [
    {"name": "bert"}, {"status": "AVAILABLE"}, {"slug": "x"}, {"base_model": "x"}, {"public": True}, {"raw": "{}"},
    {"cloud_storage_url": "x"}, {"trained_model_url": "x"}, {"inference_api_url": "x"}, {"data_source_path": "x"},
    {"updated_ts": stamp(NOW)},
])
def test_each_single_piece_of_news_is_taken(news: dict[str, object]):
    changed = with_job(KNOWN, replace(SAME, **news), NOW)
    [(name, value)] = news.items()
    assert getattr(changed, name) == value
    assert merge("mine", [KNOWN], [replace(SAME, **news)], NOW) == (changed,)


@pytest.mark.parametrize("state", [{"vanished": True}, {"unlisted_since": NOW}])
def test_a_run_that_is_listed_again_is_there_also_without_other_news(state: dict[str, object]):
    again = with_job(replace(KNOWN, **state), SAME, NOW)
    assert (again.vanished, again.unlisted_since) == (False, None)
