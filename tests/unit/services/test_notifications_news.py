"""Which change of a run is worth telling, and what of its name may be told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.runs import Phase
from segmind_studio.services.notices.notice import LONGEST_NAME, News, news_of, plain_name
from tests.fakes.run_services import NOW, make_run

TRAINING = make_run(status="TRAINING_INITIATED")
LATER = NOW + 3600


@pytest.mark.parametrize(("fields", "news"), [
    ({"status": "AVAILABLE"}, News.READY),
    ({"status": "FAILED"}, News.FAILED),
    ({"status": "TRAINING_INITIATED", "error": "no faces"}, News.FAILED),
    ({"status": "TRAINING_COMPLETED"}, None),
    ({"status": "SOMETHING_NEW"}, None),
    ({"status": "TRAINING_INITIATED", "notes": "mine"}, None),
])
def test_a_training_run_is_told_when_it_ends(fields, news):
    assert news_of(TRAINING, make_run(**fields), undecided=False) is news


def test_a_run_that_had_ended_is_not_told_again():
    ready = make_run(status="AVAILABLE")
    assert news_of(ready, make_run(status="AVAILABLE", public=True), undecided=False) is None
    assert news_of(make_run(phase=Phase.REFUSED), make_run(phase=Phase.ABANDONED), undecided=False) is None


def test_a_refused_run_is_told_a_given_up_one_is_not():
    sending = make_run(phase=Phase.SENDING)
    assert news_of(sending, make_run(phase=Phase.REFUSED), undecided=False) is News.REFUSED
    assert news_of(make_run(phase=Phase.UPLOADING), make_run(phase=Phase.ABANDONED), undecided=False) is None


def test_an_unknown_outcome_is_told_only_once_there_is_something_to_decide():
    fresh = make_run(phase=Phase.UNKNOWN, live=False)
    looked_for = make_run(phase=Phase.UNKNOWN, live=False, listings_missed=3)
    assert news_of(make_run(phase=Phase.SENDING), fresh, undecided=False) is None
    assert news_of(fresh, looked_for, undecided=False) is None
    assert news_of(fresh, looked_for, undecided=True) is News.DECISION


@pytest.mark.parametrize(("name", "told"), [
    ("my-cat", "my-cat"),
    ("two\nlines\tand\u202e more ", "two lines and more"),
    ("key SG_0123456789abcdef", "key SG_…"),
    ("https://bucket.example/zip?X-Amz-Signature=abc", ""),
    ("  ", ""),
    ("x" * 61, "x" * 59 + "…"),
])
def test_a_name_is_told_on_one_short_line_without_secrets(name, told):
    assert plain_name(name) == told


@given(st.text())
def test_any_name_gives_a_line_that_can_be_told(name):
    told = plain_name(name)
    assert told.isprintable()
    assert len(told) <= LONGEST_NAME
    assert "://" not in told
