"""What the buttons and menus of the Runs place do, and when they may be pressed."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QPushButton

from segmind_studio.clock import monotonic_seconds
from segmind_studio.core.errors import ApiError, ApiProblem, CancelledError
from segmind_studio.core.runs import Phase
from segmind_studio.core.settings import Settings
from segmind_studio.formats import clock_text
from segmind_studio.services.runs.download_service import DownloadProgress
from segmind_studio.services.runs.download_steps import DownloadResult
from segmind_studio.services.runs.run_values import RunFailure, WatchState
from segmind_studio.services.runs.submission_service import SubmitOutcome
from segmind_studio.ui.parts import ActionButton
from segmind_studio.ui.runs import actions as commands
from segmind_studio.ui.runs.handlers import ConfirmDialog
from segmind_studio.ui.runs.inspector import decision_panel as choices
from segmind_studio.ui.runs.table.row_filter import Filter
from tests.fakes.run_services import make_run
from tests.fakes.runs_place import make_bench
from tests.fakes.typed import child, known, the

READY = {
    "status": "AVAILABLE", "service_id": "id-1", "public": False, "slug": "anna",
    "cloud_storage_url": "https://storage.example/anna.safetensors",
}


RATE_LIMITED = ApiError(ApiProblem.RATE_LIMITED, "Too many requests.", retry_after=3600.0)


def press(qtbot, bench, name):
    button = bench.child(QPushButton, name)
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def enabled(bench, *names):
    return [name for name in names if bench.child(QPushButton, f"runs.{name}").isEnabled()]


def visible_choices(bench):
    names = ("settle", "send_again", "resume", "abandon", "cancel", "back_to_form")
    return [name for name in names if bench.child(QPushButton, f"runs.{name}").isVisible()]


def dialog(bench):
    return bench.child(ConfirmDialog, "runs.confirm")


def unknown(**fields):
    now = time.time()
    return make_run("u", Phase.UNKNOWN, live=False, **{
        "sent_at": now - 600, "listings_missed": 5, "last_checked_at": now - 5, **fields,
    })


# -- runs that were started together


def test_the_runs_of_a_comparison_are_selected_in_one_go(qtbot):
    together = [make_run(f"cat-{n}", sweep_id="s", sweep_key="iterations", live=False, **READY) for n in range(3)]
    bench = make_bench(qtbot, *together, make_run("other", live=False, **READY))
    bench.screen.select("cat-1")
    assert any("different Iterations" in fact.value for fact in bench.screen.inspector.overview._facts.facts)
    bench.screen.commands.siblings.trigger()
    assert sorted(bench.selected) == ["cat-0", "cat-1", "cat-2"]
    assert bench.screen.compare.isVisible()
    bench.screen.select("other")
    assert not bench.screen.commands.siblings.isVisible()


def test_a_filter_does_not_hide_the_others_of_a_comparison(qtbot):
    ready = make_run("cat-0", sweep_id="s", live=False, **READY)
    waiting = make_run("cat-1", Phase.PREPARED, sweep_id="s", live=False)
    bench = make_bench(qtbot, ready, waiting)
    bench.screen.list.filter_bar.filter_chosen.emit(Filter.READY)
    bench.screen.select("cat-0")
    bench.screen.commands.siblings.trigger()
    assert sorted(bench.selected) == ["cat-0", "cat-1"]


# -- which buttons may be pressed


@pytest.mark.parametrize(("fields", "possible"), [
    (READY, ["try", "download", "again", "public"]),
    ({**READY, "cloud_storage_url": ""}, ["try", "again", "public"]),
    ({**READY, "status": "TRAINING_COMPLETED"}, ["download", "again", "public"]),
    ({**READY, "status": "TRAINING_INITIATED"}, ["again", "public"]),
    ({**READY, "vanished": True}, ["download", "again"]),
    ({**READY, "status": "FAILED"}, ["again"]),
    ({"phase": Phase.REFUSED, "error": "No."}, ["again"]),
])
def test_only_what_is_possible_can_be_pressed(qtbot, fields, possible):
    bench = make_bench(qtbot, make_run("a", **fields))
    assert enabled(bench, "try", "download", "again", "public") == possible


@pytest.mark.parametrize(("run", "choices"), [
    (make_run("a", Phase.PREPARED), ["abandon", "cancel"]),
    (make_run("a", Phase.UPLOADING), ["abandon", "cancel"]),
    (make_run("a", Phase.UPLOADED), ["abandon", "cancel"]),
    (make_run("a", Phase.SENDING), []),
    (make_run("a", Phase.UPLOADING, live=False), ["resume", "abandon"]),
    (make_run("a", Phase.UNKNOWN, live=False), ["settle", "send_again"]),
    (make_run("a", Phase.REFUSED, error="No."), ["back_to_form"]),
    (make_run("a", Phase.ABANDONED), []),
    (make_run("a", status="TRAINING_INITIATED"), []),
    (make_run("a", **READY), []),
])
def test_each_stage_offers_its_own_choices(qtbot, run, choices):
    assert visible_choices(make_bench(qtbot, run)) == choices


# -- the model


def test_try_and_run_again_hand_over_to_other_places(qtbot):
    run = make_run("a", **READY)
    bench = make_bench(qtbot, run)
    with qtbot.waitSignal(bench.screen.try_requested) as tried:
        press(qtbot, bench, "runs.try")
    with qtbot.waitSignal(bench.screen.run_again) as again:
        press(qtbot, bench, "runs.again")
    assert tried.args == ["a"]
    assert again.args == [replace(run.form, parent_id="a")]
    assert again.args[0].text("trigger_word") == "TOKMAN"


def test_a_refused_run_goes_back_to_the_form(qtbot):
    run = make_run("a", Phase.REFUSED, error="Prompt too long.")
    bench = make_bench(qtbot, run)
    with qtbot.waitSignal(bench.screen.run_again) as again:
        press(qtbot, bench, "runs.back_to_form")
    assert again.args == [replace(run.form, parent_id="a")]


def test_making_public_asks_first_and_cancel_is_the_default(qtbot):
    bench = make_bench(qtbot, make_run("a", name="anna", **READY))
    press(qtbot, bench, "runs.public")
    question = dialog(bench)
    assert question.cancel_button.isDefault()
    assert "anna" in question.windowTitle()
    qtbot.keyClick(question, Qt.Key.Key_Return)
    assert not question.isVisible()
    assert bench.run("a").public is False


def test_making_public_happens_when_it_is_confirmed_and_private_needs_no_question(qtbot):
    bench = make_bench(qtbot, make_run("a", **READY))
    press(qtbot, bench, "runs.public")
    qtbot.mouseClick(dialog(bench).verb_button, Qt.MouseButton.LeftButton)
    assert bench.run("a").public is True
    button = bench.child(QPushButton, "runs.public")
    assert button.text() == "Make private"
    press(qtbot, bench, "runs.public")
    assert bench.run("a").public is False


# -- files


def test_a_download_goes_to_the_chosen_folder_and_shows_its_progress(qtbot, tmp_path):
    bench = make_bench(qtbot, make_run("a", **READY), settings=Settings(download_folder=str(tmp_path)))
    strip = bench.screen.inspector.strip
    press(qtbot, bench, "runs.download")
    assert bench.downloads.asked == [("download", "a", tmp_path / "a.safetensors")]
    assert strip.isVisible()
    assert enabled(bench, "download") == []
    bench.downloads.progress.emit(DownloadProgress("a", 34_000_000, 172_000_000))
    assert strip.shown_text == "Downloading: 34.0 MB of 172.0 MB"
    bench.downloads.progress.emit(DownloadProgress("a", 5_000_000_000, None))
    assert strip.shown_text == "Downloading: 5.0 GB"
    strip._cancel.click()
    assert bench.downloads.asked[-1] == ("cancel", "a")
    bench.downloads.failed.emit(RunFailure("a", CancelledError()))
    assert not strip.isVisible()
    assert not bench.screen.list.error_banner.isVisible()
    assert enabled(bench, "download") == ["download"]


def test_a_finished_download_is_told(qtbot, tmp_path):
    bench = make_bench(qtbot, make_run("a", **READY))
    bench.downloads.running = frozenset({"a"})
    bench.screen._feed.refresh()
    assert bench.screen.inspector.strip.isVisible()
    bench.downloads.running = frozenset()
    with qtbot.waitSignal(bench.screen.offer) as toast:
        bench.downloads.finished.emit(DownloadResult("a", tmp_path / "a.safetensors", 5, "ab", {}))
    text, action = toast.args
    assert text == f"Saved “a.safetensors” in {tmp_path}"
    assert action.text() == "Show in folder"
    assert not bench.screen.inspector.strip.isVisible()


def test_without_a_chosen_folder_it_goes_to_a_folder_of_the_person(qtbot, own_home):
    bench = make_bench(qtbot, make_run("a", **READY))
    press(qtbot, bench, "runs.download")
    target = the(Path, bench.downloads.asked[0][2])
    assert target.parent in {own_home / "Downloads", Path.home()}


def test_download_as_asks_for_the_name(qtbot, tmp_path):
    bench = make_bench(qtbot, make_run("a", **READY), settings=Settings(download_folder=str(tmp_path)))
    bench.screen.commands.download_as.trigger()
    chooser = child(bench.screen, QFileDialog)
    assert chooser.selectedFiles() == [str(tmp_path / "a.safetensors")]
    chooser.fileSelected.emit(str(tmp_path / "mine.safetensors"))
    chooser.reject()
    assert bench.downloads.asked == [("download", "a", tmp_path / "mine.safetensors")]


def test_show_in_folder_needs_a_file(qtbot):
    bench = make_bench(qtbot, make_run("a", **READY))
    assert not bench.screen.commands.show_folder.isEnabled()
    bench.runs.put(make_run("a", **READY, result_path="/nowhere/a.safetensors"))
    assert bench.screen.commands.show_folder.isEnabled()


# -- the row


def test_ids_of_all_selected_runs_are_copied(qtbot):
    bench = make_bench(qtbot, make_run("a", **READY), make_run("b", **{**READY, "service_id": "id-2"}))
    bench.screen.list.table.selectAll()
    with qtbot.waitSignal(bench.screen.toast) as toast:
        bench.screen.commands.copy_id.trigger()
    assert sorted(QGuiApplication.clipboard().text().split()) == ["id-1", "id-2"]
    assert toast.args == ["2 ids copied"]


def test_pin_works_on_all_selected_runs(qtbot):
    bench = make_bench(qtbot, make_run("a"), make_run("b", pinned=True))
    bench.screen.list.table.selectAll()
    assert bench.screen.commands.pin.text() == "Pin"
    bench.screen.commands.pin.trigger()
    assert bench.runs.asked.count(("set_pinned", "a", True)) == 1
    assert ("set_pinned", "b", True) not in bench.runs.asked
    assert bench.screen.commands.pin.text() == "Unpin"
    bench.screen.commands.pin.trigger()
    assert not any(run.pinned for run in bench.runs.runs)


def test_check_and_refresh_ask_the_service(qtbot):
    bench = make_bench(qtbot, make_run("a", **READY))
    press(qtbot, bench, "runs.check")
    bench.screen.commands.refresh.trigger()
    assert bench.runs.asked[-2:] == [("check_now",), ("refresh_details", "a")]


# -- what waits for a decision


def test_an_upload_can_be_cancelled(qtbot):
    bench = make_bench(qtbot, make_run("a", Phase.UPLOADING))
    press(qtbot, bench, "runs.cancel")
    assert bench.submits.asked == [("cancel", "a")]


def test_an_interrupted_run_can_be_continued_or_given_up(qtbot):
    bench = make_bench(qtbot, make_run("a", Phase.UPLOADING, live=False))
    press(qtbot, bench, "runs.resume")
    press(qtbot, bench, "runs.abandon")
    assert bench.submits.asked == [("resume", "a"), ("abandon", "a")]


def test_a_run_without_an_answer_can_be_looked_for(qtbot):
    bench = make_bench(qtbot, unknown())
    press(qtbot, bench, "runs.settle")
    assert bench.runs.asked[-1] == ("check_now",)
    assert bench.submits.asked == []


@pytest.mark.parametrize(("missed", "sent_ago"), [(2, 600), (5, 60)])
def test_sending_again_waits_until_it_was_looked_for_long_enough(qtbot, missed, sent_ago):
    bench = make_bench(qtbot, unknown(listings_missed=missed, sent_at=time.time() - sent_ago))
    assert enabled(bench, "send_again") == []
    assert bench.screen.inspector.overview.choices._why_not.isVisible()


def test_it_says_when_sending_again_becomes_possible_and_counts_down(qtbot, monkeypatch, stopped_clock):
    before = monotonic_seconds()
    bench = make_bench(qtbot, unknown(listings_missed=1, sent_at=stopped_clock - 130.5))
    panel = bench.screen.inspector.overview.choices
    assert panel._why_not.text() == "You can send it again in 50 s, after 2 more checks."
    assert panel.ticking
    bench.runs.put(unknown(listings_missed=3, sent_at=bench.run("u").sent_at))
    monkeypatch.setattr(choices, "monotonic_seconds", lambda: before + 30)
    monkeypatch.setattr(commands, "monotonic_seconds", lambda: before + 30)
    panel._countdown.ticked.emit()
    assert panel._why_not.text() == "You can send it again in 20 s."
    assert enabled(bench, "send_again") == []
    monkeypatch.setattr(choices, "monotonic_seconds", lambda: before + 51)
    monkeypatch.setattr(commands, "monotonic_seconds", lambda: before + 51)
    panel._countdown.ticked.emit()
    assert not panel._why_not.isVisible()
    assert enabled(bench, "send_again") == ["send_again"]


def test_nothing_counts_down_while_nobody_looks(qtbot):
    bench = make_bench(qtbot, unknown(), watch=WatchState(checked_at=time.time(), next_at=time.time() + 40))
    panel, headline = bench.screen.inspector.overview.choices, bench.screen.list.headline
    assert panel.ticking
    assert headline.ticking
    bench.screen.hide()
    assert not panel.ticking
    assert not headline.ticking
    bench.runs.put(unknown(listings_missed=6))
    bench.runs.set_watch(WatchState(checked_at=time.time(), next_at=time.time() + 50))
    assert not panel.ticking
    assert not headline.ticking
    bench.screen.show()
    assert panel.ticking
    bench.runs.put(make_run("u", Phase.ADOPTED, status="TRAINING_INITIATED"))
    assert not panel.ticking


def test_without_checks_in_the_background_it_says_that_nobody_looks(qtbot):
    bench = make_bench(qtbot, unknown(listings_missed=1), watch=WatchState(checked_at=time.time()))
    assert "Automatic checks are off" in bench.screen.inspector.overview.choices._why_not.text()


def test_while_the_service_wants_quiet_nothing_can_be_asked_and_it_says_until_when(qtbot):
    bench = make_bench(qtbot, unknown())
    until = time.time() + 3600
    bench.runs.set_watch(WatchState(error=RATE_LIMITED, next_at=until, quiet_until=until))
    words = f"The service asks to wait until {clock_text(until)} (in 60 min)."
    assert enabled(bench, "check", "settle") == []
    for name in ("runs.check", "runs.settle"):
        assert words in bench.child(QPushButton, name).toolTip()
    assert bench.screen.list.headline.shown_text == words
    assert words in bench.screen.inspector.overview.choices._does.text()
    banner_button = bench.screen.list.list_banner.findChildren(ActionButton)[0]
    assert (banner_button.text(), banner_button.isEnabled()) == ("Check now", False)
    bench.runs.set_watch(WatchState(checked_at=time.time(), next_at=time.time() + 15))
    assert enabled(bench, "check", "settle") == ["check", "settle"]
    assert "asks to wait" not in bench.screen.list.headline.shown_text


def test_with_no_runs_the_page_cannot_ask_either(qtbot):
    bench = make_bench(qtbot, watch=WatchState(error=RATE_LIMITED, quiet_until=time.time() + 60))
    assert not known(bench.page.primary_button).isEnabled()
    bench.runs.set_watch(WatchState(error=RATE_LIMITED))
    assert known(bench.page.primary_button).isEnabled()


def test_sending_again_asks_first_and_names_the_risk(qtbot):
    bench = make_bench(qtbot, unknown())
    press(qtbot, bench, "runs.send_again")
    question = dialog(bench)
    assert question.cancel_button.isDefault()
    question.reject()
    assert bench.submits.asked == []
    press(qtbot, bench, "runs.send_again")
    question = next(d for d in bench.screen.findChildren(ConfirmDialog) if d.isVisible())
    qtbot.mouseClick(question.verb_button, Qt.MouseButton.LeftButton)
    assert bench.submits.asked == [("send_again", "u")]


def test_the_panel_tells_what_is_known_and_when_it_looks_again(qtbot, stopped_clock):
    now = stopped_clock
    bench = make_bench(qtbot, unknown(), watch=WatchState(checked_at=now, next_at=now + 40.9))
    panel = bench.screen.inspector.overview.choices
    facts = {fact.label: fact.value for fact in panel._known.facts}
    assert facts["Sent"] == "10 min ago"
    assert facts["Checked"] == "5 times, last 5 s ago"
    assert facts["Identified by"].startswith("https://bucket")
    assert "Next check in 40 s." in panel._does.text()
    bench.runs.put(make_run("u", Phase.ADOPTED, status="TRAINING_INITIATED"))
    assert not panel.isVisible()


# -- an unknown outcome is told by its row alone, and by a toast once it was found


def test_a_lost_answer_raises_no_alarm_beside_its_row_and_is_told_when_found(qtbot):
    bench = make_bench(qtbot, unknown())
    toasts = []
    bench.screen.toast.connect(toasts.append)
    lost = ApiError(ApiProblem.UNANSWERED, "The connection broke.", may_have_arrived=True)
    bench.submits.finished.emit(SubmitOutcome(unknown(), lost))
    assert not bench.screen.list.error_banner.isVisible()
    bench.runs.put(unknown(listings_missed=6))
    assert toasts == []
    bench.runs.put(make_run("u", Phase.ADOPTED, live=False, service_id="id-9", status="REQUESTED"))
    assert len(toasts) == 1
    assert "Nothing was sent twice" in toasts[0]


def test_the_menu_of_a_row_has_only_what_can_be_done_with_it(qtbot):
    bench = make_bench(
        qtbot, make_run("lost", status="FAILED", live=False, service_id="s2"),
        make_run("fine", live=False, **READY),
    )

    def offered(run_id):
        bench.screen.select(run_id)
        menu = bench.screen.list.table.context_menu()
        assert all(action.isEnabled() for action in menu.actions() if not action.isSeparator())
        return set(menu.actions())

    all_of = bench.screen.commands
    fine, lost = offered("fine"), offered("lost")
    assert {all_of.try_it, all_of.download, all_of.again} <= fine
    assert all_of.again in lost
    assert not {all_of.try_it, all_of.download, all_of.resume, all_of.cancel} & lost
