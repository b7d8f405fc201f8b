"""“Restore the previous form” loses nothing that was typed: not before a form was replaced, nor after it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPlainTextEdit

from segmind_studio.core.fixes import Fix, FixKind
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.sweep import Sweep
from segmind_studio.ui.train.previous_forms import PreviousForms
from tests.fakes.train_place import GOOD, Bench

RUN, OTHER, EMPTY = GOOD.with_value("name", "bob"), GOOD.with_value("name", "eve"), TrainingForm()
TYPED = RUN.with_value("instance_prompt", "TOK, written for ten minutes")


@pytest.fixture
def forms():
    return PreviousForms()


def test_a_fix_is_taken_back_alone(qtbot):
    bench = Bench(qtbot)
    restore = bench.screen._actions.undo_load
    bench.screen.fix(Fix(FixKind.SET, "Off", key="captioning", value=False))
    bench.find("train.field.instance_prompt", QPlainTextEdit).setPlainText("TOK, written for ten minutes")
    restore.trigger()
    assert bench.screen.form.touched == GOOD.with_value("instance_prompt", "TOK, written for ten minutes").touched
    assert not restore.isEnabled()


def test_a_fixed_prompt_that_was_written_anew_can_be_had_again(qtbot):
    bench = Bench(qtbot)
    restore = bench.screen._actions.undo_load
    prompt = bench.find("train.field.instance_prompt", QPlainTextEdit)
    bench.screen.fix(Fix(FixKind.SET, "Add", key="instance_prompt", value="TOK, a photo"))
    prompt.setPlainText("TOK, written for ten minutes")
    for text in ("a photo of TOK", "TOK, written for ten minutes", "a photo of TOK"):
        restore.trigger()
        assert prompt.toPlainText() == text
        assert restore.isEnabled()


def test_what_was_typed_in_a_loaded_form_and_what_it_replaced_can_both_be_had(forms):
    forms.replaced(GOOD, RUN)
    assert [forms.restored(form) for form in (TYPED, GOOD, TYPED)] == [GOOD, TYPED, GOOD]


def test_a_form_that_nobody_typed_in_is_not_kept_in_place_of_one_that_was_typed(forms):
    forms.replaced(GOOD, RUN)
    forms.replaced(RUN, RUN)  # run again, pressed twice
    forms.replaced(RUN, OTHER)
    forms.replaced(OTHER, EMPTY)
    forms.replaced(EMPTY, RUN)
    assert forms.restored(RUN) == GOOD
    assert not forms.available
    assert forms.restored(GOOD) is None


def test_a_form_that_is_shown_again_needs_no_restoring(forms):
    forms.replaced(GOOD, RUN)
    forms.replaced(RUN, GOOD)
    assert not forms.available


def test_an_empty_form_is_not_kept_but_a_comparison_is(forms):
    forms.replaced(EMPTY, RUN)
    assert not forms.available
    compared = TrainingForm(sweep=Sweep("iterations", (120, 300)))
    forms.replaced(compared, RUN)
    assert forms.restored(RUN) == compared


def test_fixes_and_forms_are_restored_one_after_the_other(forms):
    fixed = RUN.with_value("captioning", value=False)
    again = fixed.with_value("learning_rate", 0.0001)
    forms.replaced(GOOD, RUN)
    forms.replaced(RUN, fixed, "captioning")
    forms.replaced(fixed, again, "learning_rate")
    seen = [again]
    while (form := forms.restored(seen[-1])) is not None:
        seen.append(form)
    assert [form.touched for form in seen[1:]] == [fixed.touched, RUN.touched, GOOD.touched]
