"""Which runs without an answer a new one may repeat."""

from dataclasses import replace

import pytest

from segmind_studio.core.form import TrainingForm
from segmind_studio.core.possible_duplicates import possible_duplicates, refused_for_good
from segmind_studio.core.runs import Phase, Run
from segmind_studio.core.sweep import Sweep

FORM = TrainingForm().with_values({"name": "cat", "instance_prompt": "TOK, a cat"})
OPEN = Run(
    "r", "mine", "cat", Phase.UNKNOWN, 1.0, 1.0, body=FORM.body(), dataset_id="d1",
    data_source_path="https://x.org/a.zip",
)
LIVE = replace(OPEN, phase=Phase.UPLOADING, live=True, data_source_path="")


@pytest.mark.parametrize("run", [
    replace(OPEN, dataset_id="d2"), replace(OPEN, name="dog"), replace(OPEN, name="CAT", dataset_id=""),
    replace(OPEN, phase=Phase.SENDING), replace(OPEN, phase=Phase.SENDING, live=True),
    replace(OPEN, phase=Phase.ACCEPTED, unlisted_since=1.0), replace(OPEN, phase=Phase.ADOPTED, vanished=True),
    LIVE, replace(LIVE, phase=Phase.PREPARED, name="dog"), replace(LIVE, phase=Phase.UPLOADED, dataset_id="d2"),
    replace(LIVE, body={}),  # another run of the same name
])
def test_the_same_photos_or_the_same_name_may_be_the_same_run(run):
    assert possible_duplicates(FORM, "d1", [run]) == (run,)


@pytest.mark.parametrize("run", [
    replace(OPEN, name="dog", dataset_id="d2"), replace(OPEN, name="dog", dataset_id=""),
    replace(OPEN, phase=Phase.ACCEPTED), replace(OPEN, phase=Phase.ADOPTED), replace(OPEN, phase=Phase.UPLOADED),
    replace(OPEN, phase=Phase.REFUSED), replace(OPEN, phase=Phase.ABANDONED),
    replace(OPEN, phase=Phase.ACCEPTED, status="AVAILABLE", vanished=True),
    replace(OPEN, phase=Phase.ACCEPTED, status="FAILED", unlisted_since=1.0),
    replace(LIVE, live=False), replace(LIVE, name="dog", body={**LIVE.body, "iterations": 77}),
])
def test_others_are_none_of_its_business(run):
    assert possible_duplicates(FORM, "d1", [run]) == ()
    assert possible_duplicates(FORM, "", [replace(run, dataset_id="")]) == ()


def test_a_public_zip_is_known_by_its_address():
    form = FORM.with_values({"name": "new", "data_source_path": "https://x.org/a.zip"})
    assert possible_duplicates(form, "d1", [OPEN]) == (OPEN,)
    assert possible_duplicates(form.with_value("data_source_path", "https://x.org/b.zip"), "d1", [OPEN]) == ()


def test_photos_of_no_dataset_are_known_by_their_files():
    run = replace(OPEN, name="dog", dataset_id="", manifest="files")
    assert possible_duplicates(FORM, "", [run], manifest="files") == (run,)
    assert possible_duplicates(FORM, "", [run], manifest="others") == ()


def test_every_name_of_a_comparison_counts():
    form = TrainingForm(FORM.touched, Sweep("iterations", (100, 200)))
    run = replace(OPEN, name="cat-it200", dataset_id="")
    assert possible_duplicates(form, "d1", [run]) == (run,)
    assert possible_duplicates(form, "d1", [replace(run, name="cat")]) == ()


@pytest.mark.parametrize("ahead", [7200.0, -7200.0])
def test_what_the_service_said_last_is_known_by_the_order_of_the_requests_and_not_by_the_clock(ahead):
    closed = replace(OPEN, phase=Phase.REFUSED, problem="retired", sent_at=9000.0 + ahead, sent_number=4)
    taken = replace(OPEN, run_id="s", phase=Phase.ACCEPTED, service_id="x", sent_at=9000.0, sent_number=5)
    assert refused_for_good([closed, taken]) is None
    earlier = replace(taken, sent_number=3)
    assert refused_for_good([earlier, closed]) == closed
    assert refused_for_good([replace(earlier, sent_number=0), closed]) == closed  # an older record
