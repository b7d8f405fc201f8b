import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmind_studio.core.errors import StoreError
from segmind_studio.core.moments import EARLIEST
from segmind_studio.core.runs import Phase, Run, TimelineEntry
from segmind_studio.store.database import Database
from segmind_studio.store.journal import Journal

BODY = MappingProxyType({
    "name": "ada", "segmind_public": False,
    "advance_parameters": {"iterations": 300, "learning_rate": 0.00001, "captioning": True},
})


def run(run_id: str = "r1", **fields: Any) -> Run:
    start = Run(run_id, "acc", "ada", Phase.PREPARED, created_at=100.0, changed_at=100.0, body=BODY)
    return replace(start, **fields)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "studio.sqlite3"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    db = Database(path)
    yield Journal(db)
    db.close()


def test_every_field_survives_but_live(journal: Journal) -> None:
    full = run(
        manifest='[["/a/ä.jpg", 1, 2, "x", 1, "JPEG"]]', dataset_id="d", dataset_name="Ada", image_count=12,
        archive_size=98_000_000, archive_sha256="ab", data_source_path="https://s3/x.zip", sent_at=101.5,
        service_id="s1", status="TRAINING_INITIATED", error="", public=False, slug="slug", base_model="FLUX_PRO",
        cloud_storage_url="https://w", trained_model_url="https://t", inference_api_url="https://i",
        raw='{"x": 1}', vanished=True, made_here=False, listings_missed=2, last_checked_at=103.25,
        result_path="/home/\udce4", result_sha256="cd", credits_before=12.5, credits_after=8.5,
        notes="Zeile\n„zwei“ \U0001f600 \ud800", pinned=True, live=True,
    )
    journal.add(full, 100.0)
    assert journal.get("r1") == replace(full, live=False)
    assert journal.runs("acc") == (replace(full, live=False),)


def test_an_intent_is_there_after_the_process_ended(path: Path) -> None:
    db = Database(path)
    Journal(db).add(run(), 100.0)
    db.close()
    again = Database(path)
    assert Journal(again).get("r1") == run()
    again.close()


def test_an_unknown_run_is_none(journal: Journal) -> None:
    assert journal.get("nobody") is None
    assert journal.runs("nobody") == ()
    assert journal.timeline("nobody") == ()


def test_adding_twice_is_refused(journal: Journal) -> None:
    journal.add(run(), 100.0)
    with pytest.raises(StoreError):
        journal.add(run(name="other"), 101.0)
    assert journal.get("r1") == run()
    assert len(journal.timeline("r1")) == 1


def test_runs_come_newest_first_and_by_account(journal: Journal) -> None:
    made = [run("a", created_at=2.0), run("b", created_at=3.0), run("c", created_at=2.0)]
    journal.save_many([*made, run("other", account_id="else")], 10.0)
    journal.save(replace(made[0], notes="later"), 11.0)
    assert [item.run_id for item in journal.runs("acc")] == ["b", "c", "a"]
    assert [item.run_id for item in journal.runs("else")] == ["other"]


def test_the_timeline_holds_what_was_new_and_nothing_else(journal: Journal) -> None:
    journal.add(run(), 100.0, "12 photos")
    journal.save(run(phase=Phase.UPLOADING), 101.0)
    journal.save(run(phase=Phase.UPLOADING, notes="a note"), 102.0, "not news")
    journal.save(run(phase=Phase.ACCEPTED, status="REQUESTED"), 103.0, "s1")
    journal.save(run(phase=Phase.ACCEPTED, status="REQUESTED"), 104.0)
    journal.save(run(phase=Phase.ACCEPTED, status="TRAINING_FAILED", error="No face."), 105.0)
    journal.save(run(phase=Phase.ACCEPTED, status="TRAINING_FAILED", error="No face found."), 106.0)
    assert journal.timeline("r1") == (
        TimelineEntry(100.0, "prepared", "12 photos"),
        TimelineEntry(101.0, "uploading"),
        TimelineEntry(103.0, "accepted", "s1"),
        TimelineEntry(103.0, "REQUESTED"),
        TimelineEntry(105.0, "TRAINING_FAILED", "No face."),
        TimelineEntry(106.0, "TRAINING_FAILED", "No face found."),
    )


def test_a_change_reads_and_writes_in_one_go(journal: Journal) -> None:
    journal.add(run(), 100.0)
    assert journal.change("r1", 101.0, notes="x") == run(notes="x")
    changed = journal.change("r1", 102.0, "off it goes", phase=Phase.SENDING, sent_at=102.0)
    assert changed == run(notes="x", phase=Phase.SENDING, sent_at=102.0, changed_at=102.0)
    assert journal.get("r1") == changed
    assert journal.timeline("r1")[-1] == TimelineEntry(102.0, "sending", "off it goes")
    assert journal.change("r1", 103.0, phase=Phase.UNKNOWN, changed_at=1.0).changed_at == 1.0


def test_a_change_of_an_unknown_run_is_a_key_error(journal: Journal) -> None:
    with pytest.raises(KeyError):
        journal.change("nobody", 100.0, notes="x")


def test_many_are_saved_together_or_not_at_all(journal: Journal) -> None:
    with pytest.raises(TypeError):
        journal.save_many([run("a"), run("b", notes=object())], 100.0)
    assert journal.runs("acc") == ()


def test_a_status_that_utf8_cannot_hold_is_kept(journal: Journal) -> None:
    odd = run(phase=Phase.ADOPTED, status="BAD\ud800", error="\udfff")
    journal.save(odd, 100.0)
    assert journal.get("r1") == odd
    assert journal.timeline("r1")[-1] == TimelineEntry(100.0, "BAD?", "?")


def test_an_unreadable_record_is_left_out(journal: Journal, path: Path, caplog: pytest.LogCaptureFixture) -> None:
    journal.save_many([run("good"), run("bad")], 100.0)
    other = sqlite3.connect(path)
    other.execute("UPDATE run SET record = '{\"phase\": \"from the future\"}' WHERE run_id = 'bad'")
    other.commit()
    other.close()
    assert [item.run_id for item in journal.runs("acc")] == ["good"]
    assert "Run bad cannot be read" in caplog.text


def test_a_file_of_version_1_is_read(path: Path) -> None:
    old = sqlite3.connect(path)
    old.executescript(Path(__file__).with_name("version_1.sql").read_text(encoding="utf-8"))
    old.close()
    db = Database(path)
    journal = Journal(db)
    ready, unknown = journal.runs("acc-1")
    assert (ready.run_id, ready.stage.value, ready.slug, ready.credits_before) == ("run-2", "ready", "ada-2", 12.5)
    assert (unknown.run_id, unknown.phase, unknown.notes) == ("run-1", Phase.UNKNOWN, "mit „Umlaut“")
    assert unknown.body["advance_parameters"] == {"iterations": 300, "learning_rate": 0.00001}
    assert [entry.what for entry in journal.timeline("run-1")] == ["prepared", "sending", "unknown"]
    db.close()


@pytest.mark.parametrize("odd", [-62135596800.0, 253402300799.0, 1e300, -1e300, -1.0])
def test_a_time_that_cannot_be_is_none(path: Path, odd: float) -> None:
    db = Database(path)
    journal = Journal(db)
    sound = run(created_at=1e9, changed_at=1e9 + 5)
    journal.save(replace(sound, created_at=odd, sent_at=odd, last_checked_at=odd), 1e9)
    found = journal.get("r1")
    assert found is not None
    assert found.created_at == found.changed_at == sound.changed_at
    assert found.sent_at is found.last_checked_at is None
    journal.save(replace(sound, changed_at=odd), 1e9)
    (found,) = journal.runs(found.account_id)
    assert (found.created_at, found.changed_at) == (1e9, 1e9)
    journal.save(replace(sound, created_at=odd, changed_at=odd), 1e9)
    found = journal.get("r1")
    assert found is not None
    assert found.created_at == found.changed_at == EARLIEST
    db.close()


TEXT = st.text(st.characters())
TIME = st.floats(0, 7e9)


@settings(max_examples=100)
@given(
    texts=st.fixed_dictionaries(dict.fromkeys(("name", "status", "error", "notes", "manifest"), TEXT)),
    body=st.dictionaries(TEXT, TEXT | st.integers() | st.booleans() | st.lists(TEXT), max_size=4),
    times=st.fixed_dictionaries({"created_at": TIME, "changed_at": TIME}),
)
def test_any_run_survives(
    tmp_path_factory: pytest.TempPathFactory, texts: dict[str, str], body: dict[str, object],
    times: dict[str, Any],
) -> None:
    db = Database(tmp_path_factory.mktemp("any") / "studio.sqlite3")
    odd = run(body=body, **texts, **times)
    Journal(db).save(odd, 100.0)
    assert Journal(db).get("r1") == odd
    db.close()


def test_a_service_that_changes_a_run_without_end_does_not_fill_the_disk(
    journal: Journal, monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the app itself did is written down all the same, and that there is no more is said."""
    monkeypatch.setattr("segmind_studio.store.journal.MOST_ENTRIES", 20)
    journal.add(run(), 100.0)
    for turn in range(30):
        journal.change("r1", 101.0 + turn, status=f"{turn}")
    entries = journal.timeline("r1")
    assert len(entries) == 20
    assert [entry.what for entry in entries][1:] == [f"{turn}" for turn in range(19)]
    assert "keeps changing" in entries[-1].detail
    journal.change("r1", 200.0, phase=Phase.ACCEPTED, status="accepted")
    assert [entry.what for entry in journal.timeline("r1")][20:] == [Phase.ACCEPTED.value]


def test_one_that_remembers_decodes_only_the_rows_that_others_changed(path: Path) -> None:
    db = Database(path)
    journal, other = Journal(db, remembers=True), Journal(db)
    other.add_all((run(name, created_at=float(at)) for at, name in enumerate(("r3", "r2", "r1"))), 100.0)
    first = journal.runs("acc")
    assert [one.run_id for one in first] == ["r1", "r2", "r3"]
    assert all(now is before for now, before in zip(journal.runs("acc"), first, strict=True))
    other.change("r2", 200.0, notes="changed")
    other.supersede({"r3": "r1"})
    now = journal.runs("acc")
    assert now == other.runs("acc") != first[:2]
    assert (now[0] is first[0], now[1].notes) == (True, "changed")
    assert journal.runs("another") == ()
    assert journal.runs("acc") == now
    with db.transaction() as connection:
        connection.execute("UPDATE run SET record = '{' WHERE run_id = 'r1'")
    assert journal.runs("acc") == now[1:]
    db.close()


def take_back(journal: Journal, change: Run) -> float:
    with journal.transaction():
        journal.save_many((change,), 300.0)
        assert change in journal.runs("acc")
        return 1 / 0


def test_one_that_remembers_knows_what_it_wrote_and_forgets_what_was_taken_back(path: Path) -> None:
    db = Database(path)
    journal, other = Journal(db, remembers=True), Journal(db)
    other.add_all((run(name, created_at=float(at)) for at, name in enumerate(("r3", "r2"))), 100.0)
    stored = {one.run_id: one for one in journal.runs("acc")}
    new = (replace(stored["r3"], notes="new", live=True), run("r1", created_at=9.0, reported="AVAILABLE"))
    journal.save_many(new, 200.0, stored)
    now = journal.runs("acc")
    assert now == other.runs("acc")
    assert [one.run_id for one in now] == ["r1", "r2", "r3"]
    assert now[1] is stored["r2"]
    assert now[2].notes == "new"
    with pytest.raises(ZeroDivisionError):
        take_back(journal, replace(stored["r2"], notes="never written"))
    other.change("r1", 400.0, notes="as many changes as were taken back")
    assert journal.runs("acc") == other.runs("acc")
    assert [one.notes for one in journal.runs("acc")] == ["as many changes as were taken back", "", "new"]
    db.close()


def test_runs_of_one_dataset_hold_its_texts_once(path: Path) -> None:
    db = Database(path)
    journal = Journal(db)
    photos = json.dumps([[f"/a/{number}.jpg", 1, 2, "TOK, a caption"] for number in range(30)])
    journal.add_all((run(name, manifest=photos, contents=photos, fingerprint="f" * 64) for name in "ab"), 100.0)
    for reader in (journal, Journal(db, remembers=True)):
        first, second = reader.runs("acc")
        assert first.manifest == photos
        assert first.manifest is second.manifest
        assert first.contents is second.contents
    db.close()
