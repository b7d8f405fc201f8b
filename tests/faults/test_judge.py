"""The judge of the fault matrix detects each thing that can be wrong, made wrong on purpose."""

import json
from dataclasses import replace

import faulty_child
import judge
import pytest
from fault_case import CUT_BEFORE_ANSWER, GIVE_UP, KILL, SEND_AGAIN, Case, Life, Trouble
from judge import DiskState, ServiceState
from stage import make_photos

from segmind_studio.core.runs import Phase, Run, manifest_text
from segmind_studio.core.settings import Settings
from segmind_studio.dataset.archive import manifest_of
from segmind_studio.store.database import Database
from segmind_studio.store.journal import Journal
from segmind_studio.store.library import Library
from segmind_studio.store.settings_file import SettingsFile
from tests.fakes.typed import known

LOST = Life((Trouble("post", CUT_BEFORE_ANSWER),))
KILLED = Life((Trouble("post answered", KILL),))
CASE = Case(1, (LOST,))
NAME = CASE.name
JOB = {"finetune_id": "job-1", "name": NAME, "data_source_path": "https://s3/a.zip", "error_message": None}
ADOPTED = ("prepared", "uploading", "uploaded", "sending", "unknown", "adopted")


@pytest.fixture
def photos(tmp_path):
    return make_photos(tmp_path / "photos")


@pytest.fixture
def run(photos):
    return Run(
        run_id=faulty_child.run_id_of(NAME), account_id="practice", name=NAME, phase=Phase.ADOPTED,
        created_at=1.0, changed_at=2.0, body=faulty_child.form_of(NAME).body(JOB["data_source_path"]),
        manifest=manifest_text(manifest_of(photos)), service_id="job-1", data_source_path=JOB["data_source_path"],
    )


@pytest.fixture
def judged(run, photos):
    """Judge a correct case with some changes; returns all that is wrong."""
    def words(case=CASE, *, phases=ADOPTED, note="", dataset=photos, draft=None, others=(), jobs=(JOB,), decoys=(),
              posts=(0,), uploads=1, breaches=(), intent=True, **changes):
        draft = faulty_child.form_of(NAME).to_json() if draft is None else draft
        rows = (replace(run, **changes), *others) if intent else others
        disk_state = DiskState(rows, {NAME: list(phases) if intent else []}, dataset, note, draft)
        seen = ServiceState(tuple(jobs), tuple(decoys), tuple(posts), uploads, tuple(breaches))
        return [
            *judge.always(case, disk_state, seen, photos), *judge.at_the_end(case, disk_state, seen),
            *judge.second_requests(case, disk_state, seen),
        ]
    return words


def test_what_is_right_is_right(judged):
    assert judged() == []
    calm = ("prepared", "uploading", "uploaded", "sending", "accepted")
    assert judged(phases=calm, phase=Phase.ACCEPTED, posts=[200], credits_before=9.0, credits_after=7.0) == []
    assert judged(intent=False, jobs=[], posts=[], uploads=0) == []
    given_up = Case(1, (KILLED,), interrupted=GIVE_UP)
    assert judged(given_up, phases=("prepared", "abandoned"), phase=Phase.ABANDONED, jobs=[], posts=[]) == []
    killed = (*ADOPTED[:4], "adopted")
    assert judged(Case(1, (KILLED,)), phases=killed) == []
    later = ("prepared", "uploading", "uploaded", "sending", "uploaded", "sending", "accepted")
    assert judged(phases=later, phase=Phase.ACCEPTED, posts=[429, 200]) == []


def test_words_that_lead_to_a_second_payment_are_seen(judged):
    for phase in (Phase.REFUSED, Phase.ABANDONED):
        assert any("the person reads" in words for words in judged(phase=phase))
        assert not any("the person reads" in words for words in judged(phase=phase, jobs=[]))


def test_two_runs_and_a_second_request_are_seen(judged):
    twice = judged(jobs=[JOB, {**JOB, "finetune_id": "job-2"}])
    assert f"2 runs of {NAME}" in twice
    again = "2 submits reached the service, answered with [0, 400]"
    assert again in judged(posts=[0, 400])  # also when it was refused
    asked = Case(1, (LOST,), unknown=SEND_AGAIN)
    phases = (*ADOPTED[:5], "sending", "accepted")
    assert judged(asked, phases=phases, phase=Phase.ACCEPTED, posts=[0, 200]) == []
    assert judged(asked, posts=[0, 200])  # nobody asked for it
    assert judged(phases=phases, phase=Phase.ACCEPTED, posts=[0, 200])  # the user did not ask for it


@pytest.mark.parametrize(("words", "changes"), [
    ("the app found damage: x", {"note": "x"}),
    ("the dataset is not what it was", {"dataset": None}),
    ("the form is gone", {"draft": "{}"}),
    ("the key went to storage: ('/b',)", {"breaches": ("/b",)}),
    ("the intent is gone, and the service has the run", {"intent": False}),
    ("photos left before the intent was written", {"intent": False, "jobs": (), "posts": ()}),
    ("a submit left before it was written", {"phases": ADOPTED[:3], "phase": Phase.UPLOADED}),
    ("it is said to be refused, and the service has the run",
     {"phases": (*ADOPTED[:4], "refused"), "phase": Phase.REFUSED, "posts": (400,)}),
    ("it is said to be uploaded, and the service has the run",
     {"phases": (*ADOPTED[:4], "uploaded"), "phase": Phase.UPLOADED, "posts": (429,)}),
    ("it is said to be refused, and the service has refused nothing",
     {"phases": (*ADOPTED[:4], "refused"), "phase": Phase.REFUSED, "jobs": ()}),
    ("it is adopted as a run that is not its own", {"service_id": "job-2"}),
    ("it is adopted as a run that is not its own", {"jobs": ()}),
    ("it is adopted with an error that the service did not tell: oh", {"error": "oh"}),
    ("the record of the photos is gone", {"manifest": ""}),
    ("the request is not what was confirmed", {"body": faulty_child.form_of("x").body()}),
    ("unknown became accepted", {"phases": (*ADOPTED[:5], "accepted"), "phase": Phase.ACCEPTED}),
    ("the run and its job are not of the same photos", {"data_source_path": "https://s3/b"}),
    ("nobody knows what became of it", {"phases": ADOPTED[:5], "phase": Phase.UNKNOWN}),
    ("it still waits as sending", {"phases": ADOPTED[:4], "phase": Phase.SENDING, "jobs": ()}),
    ("nobody gave it up",
     {"phases": ("prepared", "abandoned"), "phase": Phase.ABANDONED, "jobs": (), "posts": ()}),
    ("an answer that was lost was not taken as unknown", {"phases": (*ADOPTED[:4], "adopted")}),
    ("its cost is said to be 4.0", {"credits_before": 9.0, "credits_after": 5.0}),
])
def test_what_is_wrong_is_seen(judged, words, changes):
    assert words in judged(**changes)


def test_two_rows_for_one_run_and_a_decoy_that_was_taken_are_seen(judged, run):
    assert "two rows for one run: ['job-1']" in judged(others=[replace(run, run_id="other", made_here=False)])
    decoy = {**JOB, "finetune_id": "job-2"}
    row = replace(run, run_id="other", service_id="job-2", made_here=False)
    assert judged(decoys=[decoy], others=[row]) == []
    not_listed = f"the run “{NAME}” of somebody else is not listed as such"
    assert not_listed in judged(decoys=[decoy])
    assert not_listed in judged(decoys=[decoy], others=[replace(row, made_here=True)])


def test_the_disk_is_read_as_it_is_and_left_alone(tmp_path, photos, run):
    folder = tmp_path / "case"
    database = Database(folder / faulty_child.DATABASE)
    Library(database).save(photos)
    Journal(database).add(replace(run, phase=Phase.PREPARED), 1.0)
    Journal(database).change(run.run_id, 2.0, phase=Phase.SENDING)
    SettingsFile(folder / faulty_child.SETTINGS).save(Settings(draft=json.dumps({"name": "cat"})))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert before[f"{faulty_child.DATABASE}-wal"]  # as after a kill: nothing closed it
    disk_state = judge.read_disk(folder, [NAME])
    assert known(disk_state.run(NAME)).phase is Phase.SENDING
    assert disk_state.phases == {NAME: ["prepared", "sending"]}
    assert (disk_state.dataset, disk_state.note, disk_state.draft) == (photos, "", '{"name": "cat"}')
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    database.close()
