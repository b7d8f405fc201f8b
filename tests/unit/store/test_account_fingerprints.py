"""An account may have several keys: which are its own, what shows that two are one, and how they are joined."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID, SEGMIND_API_URL, AccountOverlap
from segmind_studio.core.errors import StoreError
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.runs import Job, Phase, Run, TimelineEntry
from segmind_studio.store.account_keys import AccountKeys
from segmind_studio.store.database import Database
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.journal import Journal
from segmind_studio.store.sheet_intake import IMPORTED

HERE, THERE = SEGMIND_API_URL, "https://proxy.example.org"
UPLOAD = "https://bucket.example.org/uploads/7/one.zip"
OURS = Run("r1", "old", "anna", Phase.ACCEPTED, 10.0, 10.0, service_id="job-1", status="AVAILABLE")
LISTED = Run(
    "e1", "new", "anna", Phase.ADOPTED, 20.0, 20.0, service_id="job-1", status="AVAILABLE", made_here=False,
)
LOST = Run("r2", "old", "bob", Phase.UNKNOWN, 11.0, 11.0, manifest="[]", data_source_path=UPLOAD, sent_at=11.0)
JOB = Job("job-1", "anna", "AVAILABLE", other_ids=("other-1",))
JOIN = AccountOverlap("new", "old", HERE, 1)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "studio.sqlite3")
    yield database
    database.close()


@pytest.fixture
def keys(db: Database) -> AccountKeys:
    return AccountKeys(db)


def test_a_key_is_its_own_account_until_it_takes_the_place_of_another(keys: AccountKeys) -> None:
    assert keys.owner("old", HERE) == keys.learn("old", HERE) == "old"
    keys.attach("second", "old", HERE)
    keys.attach("third", "old", HERE)
    assert [keys.learn(one, HERE) for one in ("old", "second", "third", "other")] == ["old", "old", "old", "other"]


def test_the_key_of_another_account_is_not_taken_from_it(db: Database, keys: AccountKeys) -> None:
    Journal(db).add(replace(OURS, account_id="used"), 1.0)
    for fingerprint, others in (("listed", ("listed",)), ("used", ())):
        with pytest.raises(StoreError):
            keys.attach(fingerprint, "old", HERE, others)
        assert keys.owner(fingerprint, HERE) == fingerprint


def test_a_key_for_another_address_belongs_to_nobody_here(keys: AccountKeys) -> None:
    keys.attach("second", "old", HERE)
    assert keys.owner("second", THERE) == "second"


# -- what shows that two are one


@pytest.mark.parametrize(("run", "job"), [
    (OURS, JOB), (replace(OURS, service_id="other-1", name="changed"), JOB),
    (replace(OURS, made_here=False), JOB), (LOST, Job("job-2", "any", "REQUESTED", data_source_path=UPLOAD)),
])
def test_a_run_of_ours_in_the_list_of_another_key_shows_it(
    db: Database, keys: AccountKeys, run: Run, job: Job,
) -> None:
    Journal(db).add_all((run, replace(LISTED, service_id=job.service_id)), 1.0)
    assert keys.find_overlap("new", HERE, (job,)) == AccountOverlap("new", "old", HERE, 1, (run.name,))


@pytest.mark.parametrize(("run", "job"), [
    (OURS, Job("job-9", "anna", "AVAILABLE")), (replace(OURS, account_id=PRACTICE_ACCOUNT_ID), JOB),
    (replace(OURS, made_here=False), replace(JOB, name="another")),  # a service that counts 1, 2, 3
    (LOST, Job("job-2", "bob", "REQUESTED")), (replace(OURS, account_id="new"), JOB),
    (replace(LOST, seen_before=("job-2",)), Job("job-2", "bob", "REQUESTED", data_source_path=UPLOAD)),
    (replace(OURS, account_id="elsewhere"), JOB),
])
def test_what_shows_nothing(db: Database, keys: AccountKeys, run: Run, job: Job) -> None:
    keys.learn("elsewhere", THERE)
    Journal(db).add(run, 1.0)
    assert keys.find_overlap("new", HERE, (job,)) is None


def test_the_sheet_of_somebody_elses_run_shows_nothing(db: Database, keys: AccountKeys) -> None:
    Journal(db).write_history(OURS, (TimelineEntry(1.0, "accepted", IMPORTED),))
    assert keys.find_overlap("new", HERE, (JOB,)) is None


def test_the_account_that_shares_most_is_named(db: Database, keys: AccountKeys) -> None:
    jobs = tuple(Job(f"job-{n}", f"n{n}", "AVAILABLE") for n in range(6))
    for n, job in enumerate(jobs):
        run = replace(OURS, run_id=f"r{n}", service_id=job.service_id, name=job.name)
        Journal(db).add(replace(run, account_id="few" if n == 0 else "old"), 1.0)
    overlap = keys.find_overlap("new", HERE, jobs)
    assert overlap is not None
    assert (overlap.other_id, overlap.shared, len(overlap.names)) == ("old", 5, 3)


# -- joining


@pytest.mark.parametrize("ours_in", ["old", "new"])
def test_joined_no_row_is_lost_and_none_is_doubled(db: Database, keys: AccountKeys, ours_in: str) -> None:
    journal, image_store = Journal(db), ImageStore(db)
    other = "new" if ours_in == "old" else "old"
    ours = replace(OURS, account_id=ours_in, notes="mine")
    listed = replace(LISTED, account_id=other, notes="seen", pinned=True, result_path="/m", result_sha256="ab")
    duplicate = replace(LOST, account_id=other, run_id="r3", paid_twin="e1")
    journal.add_all((ours, listed, duplicate, replace(LOST, account_id=ours_in)), 1.0)
    for number, (account, run_id) in enumerate(((ours_in, "r1"), (other, "e1"), (other, "lost"))):
        image_store.add(GeneratedImage(f"p{number}", account, run_id, 5.0 + number))
    keys.learn("new", HERE)
    keys.attach("newer", "new", HERE)
    keys.join(JOIN, 30.0)
    assert journal.runs("new") == ()
    rows = {run.run_id: run for run in journal.runs("old")}
    assert set(rows) == {"r1", "r2", "r3"}
    one = rows["r1"]
    assert (one.made_here, one.pinned, one.result_path, one.result_sha256) == (True, True, "/m", "ab")
    assert set(one.notes.split("\n\n")) == {"mine", "seen"}
    assert rows["r3"].paid_twin == "r1"
    assert [generated.run_id for generated in image_store.images("old")] == ["lost", "r1", "r1"]
    assert [keys.owner(one, HERE) for one in ("old", "new", "newer")] == ["old"] * 3


def test_joining_back_and_forth_ends_in_one_account(db: Database, keys: AccountKeys) -> None:
    Journal(db).add(OURS, 1.0)
    keys.join(JOIN, 2.0)
    keys.join(AccountOverlap("old", "new", HERE, 1), 3.0)
    assert [run.run_id for run in Journal(db).runs("new")] == ["r1"]
    assert {keys.owner("old", HERE), keys.owner("new", HERE)} == {"new"}


def test_joined_as_a_whole_or_not_at_all(db: Database, keys: AccountKeys, tmp_path: Path) -> None:
    journal = Journal(db)
    journal.add_all((OURS, LISTED), 1.0)
    raw = sqlite3.connect(tmp_path / "studio.sqlite3")
    raw.executescript("CREATE TRIGGER stop BEFORE INSERT ON account_key BEGIN SELECT RAISE(ABORT, 'full'); END")
    raw.close()
    with pytest.raises(StoreError):
        keys.join(JOIN, 2.0)
    assert journal.runs("old") == (OURS,)
    assert journal.runs("new") == (LISTED,)
