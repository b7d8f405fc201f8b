"""The words that several parts share: faults of the practice service and the settings' defaults."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.practice import FAULT_WORDS, Fault
from segmind_studio.core.settings import Settings


def test_every_fault_has_words():
    assert set(FAULT_WORDS) == set(Fault)
    assert len(set(FAULT_WORDS.values())) == len(Fault)


def test_a_new_app_starts_in_practice_with_an_empty_form():
    settings = Settings()
    assert settings.current_account == PRACTICE_ACCOUNT_ID
    assert TrainingForm.from_json(settings.draft) == TrainingForm()
    assert settings.strip_metadata
    assert settings.appearance == "system"


def test_settings_are_one_immutable_value():
    with pytest.raises(FrozenInstanceError):
        Settings().draft = "x"  # type: ignore[misc]
