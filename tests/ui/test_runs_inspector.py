"""All that is known of one run: overview, settings, dataset, timeline, files, raw, notes."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QSplitter, QToolButton

from segmind_studio.core.runs import STATUS_ORDER, Phase, Stage, TimelineEntry
from segmind_studio.services.runs.run_values import RunTimeline, WatchState
from segmind_studio.ui.runs.inspector.facts import Fact, FactsGrid
from segmind_studio.ui.runs.inspector.overview import RunStepState, steps_of
from segmind_studio.ui.runs.inspector.page import Page, PageTabs
from segmind_studio.ui.runs.inspector.record import pretty
from segmind_studio.ui.runs.inspector.settings import SettingsPage, differing
from segmind_studio.ui.runs.page_words import entry_word
from segmind_studio.ui.runs.stages import stage_word
from tests.fakes.hosting import hosted
from tests.fakes.run_services import FORM, NOW, make_run, runs_of_all_stages
from tests.fakes.runs_place import make_bench
from tests.fakes.typed import child, known, the

DONE, HERE, COMING, FAILED = RunStepState.DONE, RunStepState.NOW, RunStepState.TO_COME, RunStepState.FAILED


SETTINGS_TAB, TIMELINE_TAB, FILES_TAB = 1, 3, 4


def seen(*statuses):
    return [TimelineEntry(NOW + n, status) for n, status in enumerate(statuses)]


# -- the six steps


@pytest.mark.parametrize(("place", "status"), list(enumerate(STATUS_ORDER[:-1])))
def test_the_current_state_is_marked_and_the_earlier_ones_are_done(place, status):
    states = [step.state for step in steps_of(make_run(status=status), ())]
    assert states == [DONE] * place + [HERE] + [COMING] * (5 - place)


def test_a_ready_run_has_done_all_steps():
    assert {step.state for step in steps_of(make_run(status="AVAILABLE"), ())} == {DONE}


def test_deploying_is_the_same_step_as_inference_queued():
    assert steps_of(make_run(status="DEPLOYING"), ())[4].state is HERE


def test_a_failed_run_shows_how_far_it_came():
    run = make_run(status="TRAINING_FAILED", error="Too dark.")
    states = [step.state for step in steps_of(run, seen("REQUESTED", "DATA_PROCESSING"))]
    assert states == [DONE, DONE, FAILED, COMING, COMING, COMING]


@pytest.mark.parametrize(("last", "failed"), [
    ("REQUESTED", 1), ("DATA_PROCESSING", 1), ("TRAINING_INITIATED", 2), ("TRAINING_COMPLETED", 4),
    ("DEPLOYING", 4),
])
def test_what_was_under_way_has_failed(last, failed):
    states = [step.state for step in steps_of(make_run(status="FAILED"), seen("REQUESTED", last))]
    assert states == [DONE] * failed + [FAILED] + [COMING] * (5 - failed)


def test_a_status_nobody_knows_keeps_what_was_reached():
    states = [step.state for step in steps_of(make_run(status="WARMING"), seen("REQUESTED", "WARMING"))]
    assert states == [DONE] + [COMING] * 5


@pytest.mark.parametrize("phase", [Phase.PREPARED, Phase.UPLOADING, Phase.UNKNOWN, Phase.REFUSED])
def test_before_the_service_has_it_nothing_is_done(phase):
    assert {step.state for step in steps_of(make_run(phase=phase), seen(phase.value))} == {COMING}


def test_a_step_keeps_the_time_when_it_was_first_seen():
    steps = steps_of(make_run(status="DATA_PROCESSING"), seen("REQUESTED", "DATA_PROCESSING", "REQUESTED"))
    assert [step.at for step in steps[:3]] == [NOW, NOW + 1, None]


# -- pages


def test_the_overview_says_what_happens_and_what_failed(qtbot):
    bench = make_bench(qtbot, *runs_of_all_stages())
    overview = bench.screen.inspector.overview
    bench.screen.select("too-dark")
    assert overview._error.text() == "Only 2 of 12 images could be read."
    assert overview._error_box.isVisible()
    bench.screen.select("dog-in-snow")
    assert not overview._error_box.isVisible()
    assert "trained" in overview._happening.text()
    assert not overview.choices.isVisible()
    facts = {fact.label: fact.value for fact in overview._facts.facts}
    assert facts["Cost"] == "$4.00"
    assert facts["Trigger word"] == "TOKMAN"


def test_a_run_has_only_the_buttons_that_its_state_can_use(qtbot):
    ready = make_run("a", status="AVAILABLE", service_id="1")
    training = make_run("b", status="TRAINING", service_id="2")
    unknown = make_run("c", phase=Phase.UNKNOWN, service_id="", status="")
    bench = make_bench(qtbot, ready, training, unknown)
    names = ("try", "download", "again", "public")

    def offered(run):
        bench.screen.select(run.run_id)
        buttons = {name: child(bench.screen, QPushButton, f"runs.{name}") for name in names}
        return {name for name, button in buttons.items() if not button.isHidden()}

    assert offered(ready) == set(names)
    assert offered(training) == {"again", "public"}
    assert offered(unknown) == {"again"}
    assert offered(ready) == set(names)


def test_a_fact_that_changes_leaves_the_others_as_they_are(qtbot):
    grid = FactsGrid()
    qtbot.addWidget(grid)
    started, who, code = Fact("Started", "5 s ago"), Fact("Who", "me"), Fact("Id", "abc", code=True)
    grid.set_facts([started, who, code, Fact("Cost", "1")])
    words = {label.text(): label for label in grid.findChildren(QLabel)}
    words["me"].setSelection(0, 2)
    grid.set_facts([
        Fact("Started", "6 s ago", tip="at noon"), Fact("Who", "me"), Fact("Id", "xyz", code=True),
        Fact("Cost", "1", note="measured"),
    ])
    now = {label.text(): label for label in grid.findChildren(QLabel)}
    assert set(now) == {"Started", "6 s ago", "Who", "me", "Id", "xyz", "Cost", "1", "measured"}
    assert now["me"] is words["me"]
    assert now["me"].selectedText() == "me"
    assert now["6 s ago"] is words["5 s ago"]
    assert now["6 s ago"].toolTip() == "at noon"
    assert now["xyz"] is words["abc"]
    child(grid, QToolButton).click()
    assert QGuiApplication.clipboard().text() == "xyz"
    grid.set_facts([Fact("Who", "you"), Fact("Address", "abc", code=True)])
    qtbot.waitUntil(lambda: sorted(
        label.text() for label in grid.findChildren(QLabel) if label.isVisibleTo(grid)
    ) == ["Address", "Who", "abc", "you"])


def test_only_the_open_page_is_filled_and_each_other_one_when_it_is_opened(qtbot):
    bench = make_bench(qtbot, *runs_of_all_stages())
    inspector = bench.screen.inspector
    page = child(inspector, SettingsPage)
    bench.screen.select("anna-v2")
    assert not page.changed.facts
    inspector.tabs.setCurrentIndex(SETTINGS_TAB)
    assert page.isVisible()
    assert page.changed.facts == tuple(differing(bench.run("anna-v2"))[0]) != ()
    other = replace(bench.run("anna-v2"), run_id="other", body=FORM.with_values({"iterations": 600}).body("https://x"))
    bench.runs.put(other)
    bench.screen.select("other")
    assert page.changed.facts == tuple(differing(other)[0])
    inspector.tabs.setCurrentIndex(0)
    bench.screen.select("anna-v2")
    assert page.changed.facts == tuple(differing(other)[0])  # nobody sees it
    assert inspector.settings.changed.facts == tuple(differing(bench.run("anna-v2"))[0])  # asked for, it is right


def test_a_check_that_brings_nothing_new_touches_no_button(qtbot):
    bench = make_bench(qtbot, *runs_of_all_stages())
    bench.screen.select("anna-v2")
    commands = bench.screen.commands
    heard = [QSignalSpy(action.changed) for action in (commands.public, commands.pin, commands.try_it)]
    bench.runs.set_watch(WatchState(checking=True))
    bench.runs.set_watch(WatchState(checked_at=time.time()))
    bench.screen._feed.refresh()
    assert [spy.count() for spy in heard] == [0, 0, 0]
    bench.runs.put(replace(bench.run("anna-v2"), pinned=False))
    assert commands.pin.text() == "Pin"
    assert heard[1].count() > 0


def test_only_a_run_that_is_looked_for_follows_the_watching(qtbot, monkeypatch):
    bench = make_bench(qtbot, *runs_of_all_stages())
    told = []
    monkeypatch.setattr(bench.screen.inspector, "show_run", lambda *what: told.append(what))
    bench.screen.select("anna-v2")
    told.clear()
    bench.runs.set_watch(WatchState(checking=True))
    assert told == []
    bench.screen.select("evening-portrait")
    told.clear()
    bench.runs.set_watch(WatchState(checking=True))
    assert len(told) == 1


def test_the_timeline_is_asked_for_again_when_the_status_changes(qtbot):
    run = make_run("a", status="REQUESTED")
    bench = make_bench(qtbot, run)
    bench.runs.timelines["a"] = tuple(seen("accepted", "REQUESTED", "DATA_PROCESSING"))
    asked = bench.runs.asked.count(("load_timeline", "a"))
    bench.runs.put(replace(run, notes="only a note"))
    assert bench.runs.asked.count(("load_timeline", "a")) == asked
    bench.runs.put(replace(run, status="DATA_PROCESSING"))
    assert bench.runs.asked.count(("load_timeline", "a")) == asked + 1
    told = [entry_word(bar.entry.what) for bar in bench.screen.inspector.timeline.states.bars]
    assert told == ["Accepted by the service", "Requested (REQUESTED)", "Preparing photos (DATA_PROCESSING)"]
    assert bench.screen.inspector.overview.stepper.steps[1].at == NOW + 2


@pytest.mark.parametrize("tab", [0, SETTINGS_TAB, TIMELINE_TAB])
def test_a_history_is_shown_with_its_own_run_alone_whatever_comes_late(qtbot, tab):
    one, two = make_run("a", status="AVAILABLE"), make_run("b", status="DATA_PROCESSING")
    bench = make_bench(qtbot, one, two)
    inspector = bench.screen.inspector
    of_one, of_two = (tuple(seen("accepted", *STATUS_ORDER[:count])) for count in (6, 2))
    bench.screen.select("a")
    inspector.tabs.setCurrentIndex(tab)
    bench.screen.select("b")
    for late, shown in ((of_one, ()), (of_two, of_two), (of_one, of_two)):
        bench.runs.timeline_ready.emit(RunTimeline("b" if late is of_two else "a", late))
        assert {bar.entry for bar in inspector.timeline.states.bars} <= set(shown)
        inspector.tabs.setCurrentIndex(0)
        assert inspector.overview.stepper.steps == steps_of(two, shown)
        inspector.tabs.setCurrentIndex(tab)


def test_settings_show_the_differences_first_with_their_defaults():
    form = FORM.with_values({"iterations": 600, "finetune_type": "LORA"})
    changed, same = differing(make_run(body=form.body("https://x")))
    by_label = {fact.label: (fact.value, fact.note) for fact in changed}
    assert by_label["Iterations"] == ("600", "default: 300")
    assert by_label["Theme"] == ("Character", "default: General")
    assert by_label["Prompt"] == ("TOKMAN on a beach", "")
    assert ("Learning rate", "0.0001") in [(fact.label, fact.value) for fact in same]  # it follows the type
    assert not {fact.label for fact in changed} & {fact.label for fact in same}


def test_the_exact_json_can_be_copied(qtbot):
    bench = make_bench(qtbot, make_run("a"))
    page = bench.screen.inspector.settings
    bench.screen.inspector.tabs.setCurrentIndex(1)
    page.everything.set_open(True)
    qtbot.mouseClick(page._copy, Qt.MouseButton.LeftButton)
    text = QGuiApplication.clipboard().text()
    assert '"learning_rate": 0.00001' in text
    assert '"advance_parameters": {' in text


def test_a_run_made_elsewhere_pretends_nothing(qtbot):
    bench = make_bench(qtbot, *runs_of_all_stages())
    bench.screen.select("from-the-console")
    inspector = bench.screen.inspector
    inspector.tabs.setCurrentIndex(1)
    assert inspector.settings._unknown.isVisible()
    assert inspector.settings.changed.facts == ()
    assert inspector.settings.same.facts == ()
    assert not inspector.settings._json.isVisible()
    assert inspector.dataset.facts.facts == ()
    assert {f.label: f.value for f in inspector.overview._facts.facts}["Settings"] == "Not known"


def test_files_tell_what_was_saved_and_what_there_is(qtbot):
    run = make_run("a", status="AVAILABLE", cloud_storage_url="https://s/a.safetensors",
                   result_path="/home/anna/a.safetensors", result_sha256="cd" * 32)
    bench = make_bench(qtbot, run)
    page = bench.screen.inspector.files
    bench.screen.inspector.tabs.setCurrentIndex(FILES_TAB)
    assert [fact.value for fact in page.saved.facts] == ["/home/anna/a.safetensors", "cd" * 32]
    assert [fact.value for fact in page.model.facts] == ["https://s/a.safetensors"]
    bench.runs.put(make_run("a", status="AVAILABLE"))
    assert page.saved.facts == ()
    assert "offers no file" in page._text.text()


@pytest.mark.parametrize(("raw", "shown"), [
    ('{"b":1,"ä":[2]}', '{\n  "b": 1,\n  "ä": [\n    2\n  ]\n}'),
    ("<html>", "<html>"), ("", ""), ("[" * 100_000, "[" * 100_000), ('{"a": "' + "x" * 200_000 + '"}', None),
])
def test_raw_is_indented_json_or_just_what_came(raw, shown):
    assert pretty(raw) == (raw if shown is None else shown)


@pytest.mark.parametrize(("what", "word"), [
    ("unknown", "No usable answer"), ("AVAILABLE", "Ready (AVAILABLE)"), ("WARMING_UP", "WARMING_UP"),
    ("", "Stopped"), ("TRAINING_FAILED", "Failed (TRAINING_FAILED)"),
])
def test_a_timeline_entry_is_put_into_words(what, word):
    assert entry_word(what) == word


def test_facts_that_stay_the_same_keep_their_widgets(qtbot):
    bench = make_bench(qtbot, make_run("a"))
    grid = bench.screen.inspector.dataset.facts
    before = known(grid._grid.itemAt(0)).widget()
    bench.runs.put(make_run("a", notes="x"))
    assert known(grid._grid.itemAt(0)).widget() is before


# -- notes


def test_notes_are_kept_a_moment_after_the_last_key(qtbot):
    bench = make_bench(qtbot, make_run("a"))
    notes = bench.child(QPlainTextEdit, "runs.notes")
    qtbot.keyClicks(notes, "good light")
    assert not any(call[0] == "set_notes" for call in bench.runs.asked)
    qtbot.waitUntil(lambda: ("set_notes", "a", "good light") in bench.runs.asked)
    assert [call for call in bench.runs.asked if call[0] == "set_notes"] == [("set_notes", "a", "good light")]


def test_notes_go_to_their_own_run_when_another_is_chosen(qtbot):
    bench = make_bench(qtbot, make_run("a", created_at=NOW), make_run("b", notes="of b", created_at=NOW - 1))
    notes = bench.child(QPlainTextEdit, "runs.notes")
    qtbot.keyClicks(notes, "of a")
    bench.screen.select("b")
    assert ("set_notes", "a", "of a") in bench.runs.asked
    assert notes.toPlainText() == "of b"
    assert not any(call[:2] == ("set_notes", "b") for call in bench.runs.asked)


def test_a_poll_never_takes_away_what_is_being_typed(qtbot):
    run = make_run("a")
    bench = make_bench(qtbot, run)
    bench.screen.activateWindow()
    notes = bench.child(QPlainTextEdit, "runs.notes")
    notes.setFocus()
    qtbot.waitUntil(notes.hasFocus)
    qtbot.keyClicks(notes, "half a wo")
    bench.runs.put(replace(run, status="AVAILABLE"))
    bench.runs.put(replace(run, notes="from elsewhere"))
    assert notes.toPlainText() == "half a wo"


def test_every_tab_shows_its_page(qtbot):
    bench = make_bench(qtbot, make_run("a", status="AVAILABLE", raw='{"x": 1}'))
    inspector = bench.screen.inspector
    titles = [inspector.tabs.tabText(n) for n in range(inspector.tabs.count())]
    assert titles == ["Overview", "Settings", "Dataset", "Timeline", "Files", "Raw data"]
    for number, title in enumerate(titles):
        inspector.tabs.setCurrentIndex(number)
        assert the(Page, inspector._pages.currentWidget()).title == title
    assert inspector.raw.text.toPlainText() == '{\n  "x": 1\n}'
    assert inspector._chip.text == stage_word(Stage.READY)
    assert bench.child(QPushButton, "runs.more").menu().actions()


def test_nothing_of_a_page_is_cut_at_its_right_when_the_divider_is_dragged_there(qtbot):
    runs = runs_of_all_stages()
    bench = make_bench(qtbot, *runs)
    for run in runs:
        bench.screen.select(run.run_id)
        qtbot.waitUntil(lambda run=run: bench.screen.inspector.run == run)
        child(bench.screen, QSplitter, "runs.splitter").setSizes([2000, 1])
        for _ in range(5):  # a layout asks for the next one
            QCoreApplication.sendPostedEvents()
        page = bench.screen.inspector.overview
        assert known(page.widget()).width() <= page.viewport().width(), run.run_id


def test_all_pages_are_named_in_any_width(qtbot):
    tabs = PageTabs()
    for words in ("Overview", "Settings", "Dataset", "Timeline", "Files", "Raw data"):
        tabs.addTab(words)
    hosted(qtbot, tabs, 320, 40)
    for width, tight in ((320, True), (1000, False), (320, True)):
        tabs.resize(width, 40)
        assert tabs.property("tight") is tight
        rects = [tabs.tabRect(place) for place in range(tabs.count())]
        assert all(rect.width() > 0 for rect in rects)
        assert max(rect.right() for rect in rects) < width


def test_its_pages_are_made_with_the_first_run(qtbot):
    bench = make_bench(qtbot)
    inspector = bench.screen.inspector
    assert not inspector.is_whole
    bench.runs.put(make_run("anna"))
    qtbot.waitUntil(lambda: inspector.is_whole)
