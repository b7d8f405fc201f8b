"""The reasons of findings about pictures, by the theme of the training form."""

from __future__ import annotations

import pytest

from segmind_studio.core.check_reasons import reason_for, with_reasons
from segmind_studio.core.datasets import Check, Finding, Severity
from segmind_studio.core.fields import FIELD_BY_KEY


@pytest.mark.parametrize("check", [
    Check.NEAR_DUPLICATE, Check.CUT_OUT, Check.BLURRED, Check.NOISY, Check.DARK, Check.BRIGHT,
    Check.WASHED_OUT, Check.FEW_SCENES, Check.SMALL, Check.ASPECT, Check.ONE_SIDED, Check.DUPLICATE, Check.FEW,
    Check.MANY, Check.NO_CAPTION, Check.FUSED, Check.ALIKE, Check.FEW_WORDS,
])
def test_each_theme_of_the_form_has_a_reason_of_its_own(check):
    themes = [str(choice.value) for choice in FIELD_BY_KEY["theme"].choices]
    said = {reason_for(check, theme) for theme in themes}
    assert len(said) == len(themes) == 4
    assert reason_for(check, "?") == reason_for(check, "GENERAL")
    assert reason_for(Check.TOO_LARGE, themes[0]) == ""


def test_the_checks_without_a_reason_have_it_in_their_advice_or_judge_no_photo():
    assert {check for check in Check if not reason_for(check, "GENERAL")} == {
        Check.TOO_LARGE, Check.NONE_USED, Check.IGNORED, Check.NO_TRIGGER, Check.TRIGGER_PLACE,
        Check.TRIGGER_COMMON, Check.LONG_CAPTION, Check.PLACE_DATA,
    }


def test_findings_get_the_reason_behind_their_advice():
    small, other = (Finding(check, Severity.SHOULD, "Some.", "Do this.") for check in (Check.SMALL, "of-later"))
    [with_reason, same] = with_reasons((small, other), "STYLE")
    assert with_reason.advice == f"Do this. {reason_for(Check.SMALL, 'STYLE')}"
    assert same is other
