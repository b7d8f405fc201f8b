"""Our exceptions carry words for people."""

from __future__ import annotations

import pytest

from segmind_studio.core.errors import (
    ApiError,
    ApiProblem,
    CancelledError,
    DatasetError,
    SecretsError,
    SecretsProblem,
    SourceChangedError,
    StoreError,
    StudioError,
)


def test_the_text_is_title_and_advice_without_detail():
    error = StudioError("The disk is full.", "Free some space.", "ENOSPC")
    assert str(error) == "The disk is full. Free some space."
    assert str(StudioError("The disk is full.")) == "The disk is full."
    assert (error.title, error.advice, error.detail) == ("The disk is full.", "Free some space.", "ENOSPC")


@pytest.mark.parametrize("kind", [DatasetError, SourceChangedError, StoreError])
def test_each_kind_is_ours(kind: type[StudioError]):
    assert isinstance(kind("a", "b", "c"), StudioError)


def test_a_changed_source_is_a_dataset_problem():
    assert issubclass(SourceChangedError, DatasetError)


def test_stopping_needs_no_words():
    assert CancelledError().title == "Cancelled."


def test_the_keyring_says_which_of_its_three_problems_it_has():
    error = SecretsError(SecretsProblem.LOCKED, "The keyring is locked.")
    assert error.problem is SecretsProblem.LOCKED
    assert str(error) == "The keyring is locked."


def test_a_failed_request_says_whether_it_may_have_arrived():
    plain = ApiError(ApiProblem.OFFLINE, "No network.")
    assert (plain.http_status, plain.retry_after, plain.may_have_arrived) == (0, None, False)
    lost = ApiError(ApiProblem.UNANSWERED, "No answer.", http_status=504, retry_after=3.0, may_have_arrived=True)
    assert (lost.http_status, lost.retry_after, lost.may_have_arrived) == (504, 3.0, True)
