"""Sheets come back as history, whoever wrote them: nothing is replaced, and nothing can be sent from them."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.errors import StoreError
from segmind_studio.core.photo_edits import Crop, PhotoEdit
from segmind_studio.core.pricing import estimate
from segmind_studio.core.reconcile import merge
from segmind_studio.core.runs import (
    NEXT_PHASES,
    Job,
    ManifestItem,
    Phase,
    Run,
    Stage,
    TimelineEntry,
    manifest_items,
)
from segmind_studio.core.runs import manifest_text as text_of
from segmind_studio.store.database import Database
from segmind_studio.store.journal import Journal
from segmind_studio.store.sheet_intake import take_in
from segmind_studio.store.sheet_reading import read_sheet, sheet_of
from segmind_studio.store.sheets import SheetSource, sheet_bytes

EDIT = PhotoEdit(1, mirrored=True, angle=-2.5, crop=Crop(0, 0.25, 1, 0.75))
NOW, MADE = 1_770_000_000.0, 1_760_000_000.25
RUN = Run(
    "a" * 32, "other", "ada", Phase.ACCEPTED, MADE, MADE + 60,
    body={"name": "ada", "trigger_word": "ADA", "advance_parameters": {"iterations": 300}},
    manifest=text_of((ManifestItem("/p/a.jpg", 12, 34, "ADA\nin a garden", 6, "JPEG", edit=EDIT),)),
    dataset_name="Ada", image_count=1, archive_size=98, archive_sha256="ab", sent_at=MADE + 10,
    data_source_path="https://s3/ada.zip", service_id="s-1", status="AVAILABLE", public=False,
    raw='{"status": "AVAILABLE"}', slug="ada-1", inference_api_url="https://evil.example/v1/ada",
    trained_model_url="https://evil.example/ada.safetensors", result_path="/p/x.safetensors", result_sha256="cd",
    credits_before=12.5, credits_after=8.5, notes="good\none",
)
TIMELINE = (TimelineEntry(MADE, "prepared", "1 photo"), TimelineEntry(MADE + 60, "AVAILABLE"))


def sheet(run: Run = RUN, /, **changes: object) -> bytes:
    value = json.loads(sheet_bytes(SheetSource(run, TIMELINE, 7, NOW)))
    for place, new in changes.items():
        part, _, key = place.partition("__")
        if key:
            value[part][key] = new
        else:
            value[part] = new
    return json.dumps(value).encode()


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "studio.sqlite3")
    yield database
    database.close()


def taken(db: Database, content: bytes) -> Run:
    return take_in(db, sheet_of(content, NOW), "acc", NOW)


def test_a_run_comes_back_as_history(db: Database) -> None:
    run = taken(db, sheet())
    journal = Journal(db)
    assert journal.runs("acc") == (run,)
    same = ("run_id", "name", "created_at", "changed_at", "body", "dataset_name", "image_count", "archive_sha256",
            "sent_at", "service_id", "status", "public", "raw", "result_sha256", "notes", "cost")
    assert {name: getattr(run, name) for name in same} == {name: getattr(RUN, name) for name in same}
    assert manifest_items(run.manifest) == (
        ManifestItem("a.jpg", 12, 0, "ADA\nin a garden", 6, "JPEG", edit=EDIT),
    )
    entries = journal.timeline(run.run_id)
    assert entries[:2] == TIMELINE
    assert (entries[2].what, entries[2].at) == ("adopted", NOW)
    assert "Nothing was sent" in entries[2].detail


def test_addresses_and_paths_of_a_sheet_are_not_believed(db: Database) -> None:
    run = taken(db, sheet())
    assert (run.weights_url, run.inference_api_url, run.slug, run.result_path, run.dataset_id) == ("",) * 5
    assert not run.made_here
    assert (run.vanished, run.active) == (True, False)
    assert estimate(300, [run], practice=False).source.startswith("Black Forest")
    job = Job("s-1", "ada", "AVAILABLE", slug="ada-1")
    (listed,) = merge("acc", [run], [job], NOW)
    assert (listed.run_id, listed.vanished, listed.slug, listed.ready) == (run.run_id, False, "ada-1", True)


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("service_id", ["", "s-1"])
def test_nothing_can_follow_from_a_sheet(db: Database, phase: Phase, service_id: str) -> None:
    run = taken(db, sheet(replace(RUN, phase=phase, service_id=service_id)))
    assert NEXT_PHASES[run.phase] == frozenset()
    assert run.stage not in {Stage.INTERRUPTED, Stage.UNKNOWN, Stage.UPLOADING, Stage.SENDING, Stage.PREPARING}
    assert not run.active
    expected = Phase.ADOPTED if service_id else Phase.REFUSED if phase is Phase.REFUSED else Phase.ABANDONED
    assert run.phase is expected
    last = Journal(db).timeline(run.run_id)[-1].detail
    assert ("cannot be continued" in last) == (expected is Phase.ABANDONED)


@pytest.mark.parametrize("account", ["acc", "another"])
def test_a_run_that_is_there_is_left_alone(db: Database, account: str) -> None:
    journal = Journal(db)
    mine = Run("a" * 32, account, "mine", Phase.UNKNOWN, 5.0, 5.0)
    journal.add(mine, 5.0)
    with pytest.raises(StoreError, match="already"):
        taken(db, sheet())
    assert journal.get("a" * 32) == mine
    assert len(journal.timeline("a" * 32)) == 1


def test_a_row_that_cannot_be_read_is_not_overwritten_either(db: Database) -> None:
    with db.transaction() as connection:
        connection.execute("INSERT INTO run VALUES (1, ?, 'acc', 1.0, '{}', 'torn')", ("a" * 32,))
    with pytest.raises(StoreError, match="already"):
        taken(db, sheet())
    assert db.rows("SELECT record FROM run") == [("torn",)]


def test_a_run_from_the_list_gets_what_the_sheet_knows(db: Database) -> None:
    journal = Journal(db)
    (listed,) = merge("acc", [], [Job("s-1", "ada", "AVAILABLE", instance_prompt="ADA", slug="ada-1")], NOW)
    journal.save(replace(listed, notes="mine"), NOW)
    run = taken(db, sheet())
    assert journal.runs("acc") == (run,)
    assert (run.run_id, run.slug, run.notes, run.body) == (listed.run_id, "ada-1", "mine", RUN.body)
    assert manifest_items(run.manifest)[0].caption == "ADA\nin a garden"
    assert [entry.at for entry in journal.timeline(run.run_id)] == [MADE, MADE + 60, NOW, NOW, NOW]
    with pytest.raises(StoreError, match="already"):
        taken(db, sheet())


@pytest.mark.parametrize("phase", [Phase.UNKNOWN, Phase.SENDING])
def test_a_run_that_is_looked_for_keeps_its_job(db: Database, phase: Phase) -> None:
    """Were the job taken by the sheet, the other run would never be found, and might be paid twice."""
    journal = Journal(db)
    journal.add(Run("u", "acc", "ada", phase, 5.0, 5.0, data_source_path="https://s3/x.zip"), 5.0)
    with pytest.raises(StoreError, match="still looking"):
        taken(db, sheet())
    taken(db, sheet(replace(RUN, run_id="b" * 32, service_id="")))
    taken(db, sheet(replace(RUN, run_id="c" * 32, name="another")))
    assert len(journal.runs("acc")) == 3


@pytest.mark.parametrize("content", [
    b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"segmind_studio_sheet": "1"}',
    b'{"segmind_studio_sheet": true}', b'{"segmind_studio_sheet": 1}', b'{"segmind_studio_sheet": 1, "run": [1]}',
    b'{"segmind_studio_sheet": NaN}', b'{"segmind_studio_sheet": 1, "run": {"run_id": "../../x"}}',
    b'{"segmind_studio_sheet": ' + b"9" * 5000 + b"}",
])
def test_what_is_no_sheet_is_worded(content: bytes) -> None:
    with pytest.raises(StoreError, match="sheet"):
        sheet_of(content, NOW)


@pytest.mark.parametrize("changes", [
    {"body": {"prompt": "x" * 8_000_000}}, {"body": {f"f{n}": n for n in range(5000)}},
    {"answer": "x" * 8_000_000}, {"answer": [{}] * 300_000}, {"dataset": {"photos": [{}] * 1_000_000}},
])
def test_a_sheet_that_grows_on_reading_is_refused_at_once(changes: dict[str, object]) -> None:
    content = json.dumps({**json.loads(sheet()), **changes}).encode()
    with pytest.raises(StoreError, match="too large"):
        sheet_of(content, NOW)


def test_a_newer_sheet_is_worded() -> None:
    with pytest.raises(StoreError, match="newer version"):
        sheet_of(sheet(segmind_studio_sheet=2), NOW)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
PLACES = st.sampled_from([
    "run", "times", "body", "dataset", "timeline", "answer", "result", "cost", "run__name", "run__phase",
    "run__service_id", "run__status", "run__public", "times__created", "dataset__photos", "dataset__photo_count",
    "result__sha256", "run__notes",
])


@given(place=PLACES, value=JSON)
def test_values_of_any_kind_are_taken_or_worded(
    place: str, value: object, tmp_path_factory: pytest.TempPathFactory,
) -> None:
    database = Database(tmp_path_factory.mktemp("db") / "studio.sqlite3")
    try:
        run = taken(database, sheet(**{place: value}))
    except StoreError:
        return
    else:
        assert Journal(database).get(run.run_id) == run
        assert NEXT_PHASES[run.phase] == frozenset()
    finally:
        database.close()


def test_texts_and_times_are_kept_within_bounds() -> None:
    run = sheet_of(sheet(
        run__name="a\n\x1b[31m" + "b" * 999, times__created="2199-12-31T00:00:00Z", times__changed="0001-01-01",
        cost={"us_dollars": 1e300}, dataset__photos=[{"name": "../../etc/passwd"}, {"name": "C:\\x\\y.png"}, 3],
    ), NOW).run
    assert len(run.name) == 200
    assert run.name.startswith("a  [31mb")
    assert run.created_at == NOW
    assert run.changed_at == NOW
    assert run.cost is None
    assert [item.path for item in manifest_items(run.manifest)] == ["passwd", "y.png"]


def test_keys_in_a_sheet_do_not_get_into_the_journal() -> None:
    run = sheet_of(sheet(answer={"x-api-key": "secret!", "a": "SG_0123456789abcdef"}), NOW).run
    assert "secret!" not in run.raw
    assert "0123456789" not in run.raw


def test_files_that_cannot_be_read_are_worded(tmp_path: Path) -> None:
    path = tmp_path / "x.run.json"
    with pytest.raises(StoreError, match="could not be read"):
        read_sheet(path, NOW)
    with pytest.raises(StoreError):
        read_sheet(tmp_path, NOW)
    with path.open("wb") as file:
        file.truncate(17_000_000)
    with pytest.raises(StoreError, match="too large"):
        read_sheet(path, NOW)
    path.write_bytes(b"\xef\xbb\xbf" + sheet())
    assert read_sheet(path, NOW).run.name == "ada"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_does_not_hold_the_reader(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StoreError, match="cannot be read as a run sheet"):
        read_sheet(tmp_path / "pipe", NOW)
