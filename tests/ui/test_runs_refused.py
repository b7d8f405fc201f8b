"""What is said of a refusal: the service's own words where there are any, what can be done, and all of it once."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from segmind_studio.core.errors import ApiError, ApiProblem, HeldBackError
from segmind_studio.core.runs import Phase
from segmind_studio.services.runs.run_values import RunFailure, WatchState
from segmind_studio.services.runs.submission_service import SubmitOutcome
from segmind_studio.ui.runs.handlers import ConfirmDialog
from segmind_studio.ui.runs.stages import happening, service_text, status_word, to_do
from tests.fakes.run_services import make_run
from tests.fakes.runs_place import make_bench

RETIRED = make_run(
    "old", Phase.REFUSED, problem=ApiProblem.RETIRED.value, error="Ours.\nFine-tuning is deprecated.", sent_at=5.0,
)
BAD_KEY = ApiError(ApiProblem.BAD_KEY, "The service does not know this key.", "Check the key in Settings.")


@pytest.mark.parametrize("own", ["", "theme: not one of the list"])
def test_its_words_are_announced_only_where_there_are_any(own):
    run = make_run("a", Phase.REFUSED, error=f"The service did not accept this. Read on.\n{own}".rstrip())
    assert service_text(run) == own
    assert happening(run).endswith("Message from the service:") is bool(own)
    assert "did not accept this" not in service_text(run)


def test_a_service_that_takes_no_runs_sends_nobody_back_to_the_form(qtbot):
    assert "deprecated" in service_text(RETIRED)
    bench = make_bench(qtbot, RETIRED)
    words = " ".join(label.text() for label in bench.screen.inspector.overview.findChildren(QLabel))
    assert "accepts no new" in words
    assert "start again" not in words
    assert not bench.child(QPushButton, "runs.back_to_form").isVisible()
    gone = []
    bench.screen.go.connect(gone.append)
    for name in ("runs.export_zip", "runs.try_models"):
        bench.child(QPushButton, name).click()
    assert gone == ["data", "try"]


def test_a_comparison_that_was_refused_is_told_once_with_what_can_be_done(qtbot):
    held = make_run("b", Phase.UPLOADED, live=False, held_back=True, error="Not sent.")
    bench = make_bench(qtbot, RETIRED, held)
    error = ApiError(ApiProblem.RETIRED, "The service no longer offers this.", "", "deprecated")
    bench.submits.finished.emit(SubmitOutcome(RETIRED, error))
    bench.submits.finished.emit(SubmitOutcome(held, HeldBackError("Not sent.")))
    banner = bench.screen.list.error_banner
    assert banner.isVisible()
    assert banner.error is error
    buttons = {button.text() for button in banner.findChildren(QPushButton) if button.isVisible()}
    commands = bench.screen.commands
    assert {commands.export_zip.text(), commands.try_models.text()} <= buttons
    assert status_word(held) == "Not started"
    assert status_word(replace(held, held_back=False)) == "Interrupted"
    assert "paid" in happening(held)
    assert to_do(RETIRED) != to_do(make_run("c", Phase.REFUSED))


@pytest.mark.parametrize("closed", [False, True])
def test_nothing_is_uploaded_for_a_service_that_takes_no_runs_until_a_person_asks_to_try(qtbot, closed):
    waiting = make_run("w", Phase.UPLOADING, live=False, created_at=time.time())
    taken = make_run("t", Phase.ACCEPTED, service_id="x", sent_at=4.0 if closed else 6.0)
    bench = make_bench(qtbot, waiting, RETIRED, taken)
    bench.screen.select("w")
    bench.child(QPushButton, "runs.resume").click()
    assert bench.submits.asked == ([] if closed else [("resume", "w")])
    if closed:
        assert not bench.child(ConfirmDialog, "runs.confirm").verb_button.isEnabled()


@pytest.mark.parametrize("list_first", [True, False])
def test_a_bad_key_is_told_in_one_banner_that_leads_to_settings(qtbot, list_first):
    bench = make_bench(qtbot, make_run("a"))
    tell = [
        lambda: bench.runs.set_watch(WatchState(error=BAD_KEY)),
        lambda: bench.runs.failed.emit(RunFailure("a", BAD_KEY)),
    ]
    for one in tell if list_first else reversed(tell):
        one()
    banners = [bench.screen.list.list_banner, bench.screen.list.error_banner]
    (shown,) = [banner for banner in banners if banner.isVisible()]
    gone = []
    bench.screen.go.connect(gone.append)
    (button,) = [
        button for button in shown.findChildren(QPushButton)
        if button.isVisible() and button.text() == bench.screen.commands.open_settings.text()
    ]
    button.click()
    assert gone == ["settings"]


def test_a_run_that_was_found_in_the_list_says_so_on_its_row():
    found = make_run("a", Phase.ADOPTED, status="TRAINING_INITIATED", service_id="x", sent_at=5.0)
    assert "found the run in the list" in happening(found)
    assert "found the run in the list" not in happening(replace(found, phase=Phase.ACCEPTED))
    assert "found the run in the list" not in happening(replace(found, made_here=False))
