"""The Start place: the first steps, decisions, what runs, and what was last worked on."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QAbstractButton, QLabel

from segmind_studio.core.datasets import Dataset, DatasetSummary, Photo
from segmind_studio.core.errors import SecretsError, SecretsProblem, StoreError
from segmind_studio.core.runs import Phase, Stage
from segmind_studio.core.settings import Settings
from segmind_studio.core.usual_times import UsualTimes
from segmind_studio.services.accounts.account_service import KeyringState
from segmind_studio.services.runs.run_values import WatchState
from segmind_studio.ui.parts import ActionButton, Banner, CardButton
from segmind_studio.ui.start.cards import PictureCard, ReadyCard, RunCard, decisions, progress_text
from segmind_studio.ui.start.checklist import Checklist, StepState, photos_step, run_step, service_step
from tests.fakes.run_services import FakeRuns, FakeSettings, make_run, runs_of_all_stages
from tests.fakes.shell_services import ON_PRACTICE, ON_REAL, FakeAccounts, FakeDatasets, make_start_screen
from tests.fakes.typed import child

PHOTOS = tuple(Photo(str(n), Path(f"/photos/{n}.jpg")) for n in range(3))
SENT = make_run("sent", status="TRAINING_INITIATED", service_id="s1", live=False)


class Start:
    def __init__(self, qtbot, *, asks=False, value=None) -> None:
        self.accounts, self.datasets = FakeAccounts(), FakeDatasets()
        self.runs, self.settings = FakeRuns(), FakeSettings(value)
        self.screen = make_start_screen(self.accounts, self.datasets, self.runs, self.settings, asks=asks)
        qtbot.addWidget(self.screen)
        self.screen.resize(1000, 800)
        self.screen.show()

    def button(self, name):
        return child(self.screen, QAbstractButton, f"start.{name}")

    def steps(self):
        return [step.shown_text for step in child(self.screen, Checklist).steps]

    def cards(self):
        return [card for card in self.screen.findChildren(CardButton) if card.isVisible()]

    def banners(self):
        return [banner for banner in self.screen.findChildren(Banner) if banner.isVisible()]


@pytest.fixture
def start(qtbot):
    return Start(qtbot)


def titles(banners):
    return [banner.findChildren(QLabel)[1].text() for banner in banners]


# -- the history cannot be read


def test_a_history_that_cannot_be_read_does_not_look_like_a_first_start(start):
    error = StoreError("It is from a newer version.", "Install that one.")
    start.runs.set_watch(WatchState(error=error, unread=True))
    assert titles(start.banners()) == ["Your history could not be read"]
    texts = [label.text() for label in start.screen.findChildren(QLabel) if label.isVisible()]
    assert "It is from a newer version. Install that one." in texts
    assert not any("Welcome" in text for text in texts)
    assert not child(start.screen, Checklist).isVisible()
    start.banners()[0].findChildren(ActionButton)[0].click()
    assert ("check_now",) in start.runs.asked
    start.runs.set_watch(WatchState(checked_at=time.time()))
    assert start.banners() == []
    assert child(start.screen, Checklist).isVisible()


# -- the choice of the first start


@pytest.fixture
def first(qtbot):
    return Start(qtbot, asks=True)


def shows(start, name):
    """Return whether a button is to be seen; what is not shown may not be made yet."""
    return any(one.isVisible() for one in start.screen.findChildren(QAbstractButton, f"start.{name}"))


def test_the_first_start_asks_once_how_to_begin(first):
    assert shows(first, "choose_practice")
    assert shows(first, "choose_key")
    assert not shows(first, "sample")
    first.button("choose_practice").click()
    assert first.settings.value.first_choice == "practice"
    assert (shows(first, "choose_practice"), shows(first, "sample")) == (False, True)
    first.screen.refresh()
    assert not shows(first, "choose_practice")


def test_the_keyboard_begins_at_what_is_next(first):
    assert first.screen.first_control() is first.button("choose_practice")
    first.button("choose_practice").click()
    assert first.screen.first_control() is first.button("add_photos")


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_the_choice_is_made_by_keyboard(qtbot, first, key):
    qtbot.keyClick(first.button("choose_practice"), key)
    assert first.settings.value.first_choice == "practice"


def test_who_chooses_a_key_is_led_to_its_field(first):
    wanted = QSignalSpy(first.screen.add_key)
    first.button("choose_key").click()
    assert (wanted.count(), first.settings.value.first_choice, shows(first, "sample")) == (1, "key", True)


def test_the_choice_can_be_left_for_later(first):
    first.button("choose_later").click()
    assert (first.settings.value.first_choice, shows(first, "sample")) == ("later", True)


@pytest.mark.parametrize("known", ["key", "done", "chosen"])
def test_who_is_no_beginner_is_not_asked(qtbot, known):
    values = {"done": Settings(first_run_done=True), "chosen": Settings(first_choice="later")}
    value = values.get(known, Settings())
    start = Start(qtbot, asks=True, value=value)
    if known == "key":
        assert shows(start, "choose_practice")
        start.accounts.become(ON_REAL)
    assert not shows(start, "choose_practice")


def test_a_launch_in_practice_does_not_ask(start):
    assert not shows(start, "choose_practice")


def test_each_choice_says_to_a_screen_reader_what_it_means(first):
    assert first.button("choose_practice").accessibleName() == "Practise for free"
    assert "Free" in first.button("choose_practice").accessibleDescription()
    assert "Your account pays" in first.button("choose_key").accessibleDescription()


# -- the first steps


def test_practice_that_runs_is_a_service():
    assert service_step(ON_PRACTICE).done
    assert not service_step(replace(ON_PRACTICE, connection=None)).done
    assert "free" in service_step(ON_PRACTICE).text


def test_a_real_account_needs_its_key():
    assert service_step(ON_REAL) == StepState(True, "Connected as My account.")
    waiting = service_step(replace(ON_REAL, connection=None, keyring=KeyringState.WAITING))
    assert (waiting.done, "Waiting for the keyring" in waiting.text) == (False, True)
    locked = service_step(replace(ON_REAL, connection=None, keyring=KeyringState.LOCKED))
    assert (locked.done, "No key" in locked.text) == (False, True)


def test_only_used_photos_count():
    assert not photos_step(Dataset("d", "Anna")).done
    assert not photos_step(Dataset("d", "Anna", tuple(replace(p, excluded=True) for p in PHOTOS))).done
    assert photos_step(Dataset("d", "Anna", PHOTOS[:1])).text == "“Anna” has 1 photo."


def test_a_run_counts_once_it_left():
    assert not run_step([make_run("a", Phase.UPLOADING, sent_at=None)]).done
    assert run_step([make_run("a", Phase.UNKNOWN, live=False)]).done
    assert run_step([SENT]).done


def test_the_strong_button_is_that_of_the_first_open_step(start):
    assert start.button("add_photos").property("kind") == "primary"
    assert start.button("train").property("kind") != "primary"
    start.datasets.become(Dataset("d", "Anna", PHOTOS))
    assert start.button("add_photos").property("kind") != "primary"
    assert start.button("train").property("kind") == "primary"
    start.accounts.change(connection=None)
    assert start.button("key").property("kind") == "primary"


def test_when_all_is_done_the_list_goes_and_stays_away(start):
    checklist = child(start.screen, Checklist)
    assert checklist.isVisible()
    start.datasets.become(Dataset("d", "Anna", PHOTOS))
    start.runs.load(SENT)
    assert not checklist.isVisible()
    assert start.settings.value.first_run_done
    start.datasets.become(Dataset("d2", "Untitled"))
    assert not checklist.isVisible()


@pytest.mark.parametrize(("name", "signal"), [
    ("key", "add_key"), ("sample", "open_sample"), ("add_photos", "add_photos"),
])
def test_the_buttons_ask_for_what_they_say(qtbot, start, name, signal):
    with qtbot.waitSignal(getattr(start.screen, signal)):
        qtbot.mouseClick(start.button(name), Qt.MouseButton.LeftButton)


def test_the_last_step_leads_to_train(qtbot, start):
    with qtbot.waitSignal(start.screen.go) as told:
        qtbot.mouseClick(start.button("train"), Qt.MouseButton.LeftButton)
    assert told.args == ["train"]


def test_an_account_without_runs_has_the_steps_again_but_no_welcome(start):
    checklist = child(start.screen, Checklist)
    start.settings.update(first_run_done=True)
    start.screen.refresh()
    assert not checklist.isVisible()  # its runs are not read yet
    start.runs.load()
    assert checklist.isVisible()
    texts = [label.text() for label in start.screen.findChildren(QLabel) if label.isVisible()]
    assert "Start" in texts
    start.runs.load(SENT)
    assert not checklist.isVisible()


def test_the_steps_stand_beside_each_other_in_the_middle_or_below_in_a_narrow_window(qtbot, start):
    steps = child(start.screen, Checklist).steps

    def spots(axis):
        return len({getattr(step.mapTo(start.screen, step.rect().topLeft()), axis)() for step in steps})

    qtbot.waitUntil(lambda: (spots("x"), spots("y")) == (3, 1))
    top = steps[0].mapTo(start.screen, steps[0].rect().topLeft()).y()
    below = start.screen.height() - steps[0].mapTo(start.screen, steps[0].rect().bottomLeft()).y()
    assert top > start.screen.height() // 4  # with the title above them
    assert below < start.screen.height() // 2
    start.screen.resize(560, 800)
    qtbot.waitUntil(lambda: (spots("x"), spots("y")) == (1, 3))


# -- decisions


def test_decisions_are_counted_and_the_paid_one_is_first():
    unknown = [make_run(name, Phase.UNKNOWN, live=False) for name in ("a", "b", "c", "d")]
    stopped = make_run("s", Phase.UPLOADING, live=False)
    first, second = decisions([stopped, *unknown, SENT])
    assert first.title == "4 requests have no answer yet"
    assert first.text.startswith("“a”, “b”, “c” and 1 more.")
    assert (first.run_id, second.run_id) == ("a", "s")
    assert second.title == "1 run was interrupted"


def test_what_runs_or_has_ended_needs_no_decision():
    assert decisions([SENT, make_run("r", status="AVAILABLE"), make_run("u", Phase.UPLOADING, live=True)]) == ()


def test_a_decision_stands_on_top_and_leads_to_its_run(qtbot, start):
    assert not start.banners()
    start.runs.load(make_run("a", Phase.UNKNOWN, live=False))
    banner = start.banners()[0]
    assert titles([banner]) == ["1 request has no answer yet"]
    with qtbot.waitSignal(start.screen.open_run) as told:
        qtbot.mouseClick(child(banner, ActionButton), Qt.MouseButton.LeftButton)
    assert told.args == ["a"]
    start.runs.put(make_run("a", Phase.ACCEPTED, status="AVAILABLE"))
    assert not start.banners()


def test_a_locked_keyring_is_said_with_a_way_out(qtbot, start):
    problem = SecretsError(SecretsProblem.LOCKED, "The keyring is locked.", "Unlock it.")
    start.accounts.change(keyring=KeyringState.LOCKED, keyring_problem=problem)
    banner = start.banners()[0]
    assert titles([banner]) == ["The keyring is locked."]
    retry, enter = (button for button in banner.findChildren(ActionButton) if button.isVisible())
    qtbot.mouseClick(retry, Qt.MouseButton.LeftButton)
    assert start.accounts.asked == [("retry_keyring",)]
    with qtbot.waitSignal(start.screen.add_key):
        qtbot.mouseClick(enter, Qt.MouseButton.LeftButton)


# -- what runs, what was worked on


def test_only_what_is_under_way_is_a_card_and_a_press_opens_it(qtbot, start):
    start.runs.load(*runs_of_all_stages(time.time()))
    names = [card.run_id for card in start.cards() if isinstance(card, RunCard)]
    assert names == [
        "new-face", "beach-light", "red-bicycle", "asked", "unpacking", "dog-in-snow", "ceramic-cup", "ink-style",
        "odd-one",
    ]
    with qtbot.waitSignal(start.screen.open_run) as told:
        qtbot.mouseClick(start.cards()[2], Qt.MouseButton.LeftButton)
    assert told.args == ["red-bicycle"]


def test_of_very_many_only_some_are_cards_and_a_button_leads_to_the_rest(qtbot, start):
    many = [replace(SENT, run_id=f"r{n}", created_at=SENT.created_at - n) for n in range(2000)]
    start.runs.load(*many)
    assert [card.run_id for card in start.cards()] == [f"r{n}" for n in range(12)]
    more = next(one for one in start.screen.findChildren(QAbstractButton) if one.text() == "Show all 2000 in Runs")
    assert more.isVisible()
    with qtbot.waitSignal(start.screen.go) as told:
        qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    assert told.args == ["runs"]
    start.runs.load(*many[:12])
    assert len(start.cards()) == 12
    assert not more.isVisible()


def test_cards_are_made_when_somebody_looks(start):
    start.screen.hide()
    start.runs.load(SENT)
    assert not [card for card in start.screen.findChildren(CardButton) if hasattr(card, "run_id")]
    start.screen.show()
    start.screen.activated()
    assert [card.run_id for card in start.cards()] == ["sent"]


def test_a_card_changes_in_place_and_goes_when_the_run_ends(start):
    start.runs.load(SENT)
    card = start.cards()[0]
    assert card.accessibleName() == "Run sent, Training"
    start.runs.put(replace(SENT, status="DEPLOYING"))
    assert start.cards() == [card]
    assert card.accessibleName() == "Run sent, Deploying"
    start.runs.put(replace(SENT, status="AVAILABLE"))
    assert [type(card) for card in start.cards()] == [ReadyCard]


def test_the_last_models_that_became_ready_are_cards_the_newest_first(qtbot, start):
    old = [make_run(f"m{n}", status="AVAILABLE", changed_at=float(n)) for n in range(6)]
    start.runs.load(*old, make_run("gone", status="AVAILABLE", changed_at=9.0, vanished=True),
                    make_run("away", status="AVAILABLE", changed_at=8.0, archived=True))
    assert [card.run_id for card in start.cards()] == ["m5", "m4", "m3", "m2"]
    with qtbot.waitSignal(start.screen.open_run) as told:
        qtbot.mouseClick(start.cards()[1], Qt.MouseButton.LeftButton)
    assert told.args == ["m4"]


def test_a_card_says_how_long_it_runs_and_how_long_it_usually_still_takes(start):
    usual = UsualTimes({}, {Stage.TRAINING: (600.0, 1500.0)}, {})
    run = replace(SENT, sent_at=0.0, changed_at=300.0)
    assert progress_text(run, None, 720.0) == "12 min so far"
    assert progress_text(run, usual, 720.0) == "12 min so far · usually 3 to 18 min more"
    assert progress_text(run, usual, 1200.0) == "20 min so far · usually at most 10 min more"
    assert progress_text(run, usual, 9000.0) == "2 h 30 min so far"
    start.runs.usual_times = UsualTimes({}, {Stage.TRAINING: (1e12, 2e12)}, {})
    start.runs.load(SENT)
    assert "usually" in start.cards()[0].accessibleDescription()


@pytest.mark.parametrize(("width", "columns"), [(940, 1), (1836, 2)])
def test_a_wide_page_has_two_columns_and_its_cards_fill_them(qtbot, start, width, columns):
    start.settings.update(first_run_done=True)
    start.datasets.recent = tuple(DatasetSummary(f"d{n}", f"Set {n}", 9, time.time()) for n in range(3))
    start.screen.resize(width, 700)
    start.runs.load(*(make_run(f"m{n}", status="AVAILABLE") for n in range(3)))
    start.screen.refresh()
    cards = [card for card in start.cards() if isinstance(card, PictureCard)]

    def tops():
        return {card.mapTo(start.screen, card.rect().topLeft()).y() for card in cards}

    def end():
        return max(card.mapTo(start.screen, card.rect().topRight()).x() for card in cards)

    qtbot.waitUntil(lambda: len(tops()) == 3 - columns and end() > 0.8 * width)


def test_recent_datasets_are_cards(qtbot, start):
    start.datasets.recent = (
        DatasetSummary("d1", "Anna", 12, time.time()), DatasetSummary("d2", "Cups", 1, time.time() - 90000),
    )
    start.datasets.recent_changed.emit(start.datasets.recent)
    names = [card.accessibleName() for card in start.cards()]
    assert names == ["Dataset Anna, 12 photos", "Dataset Cups, 1 photo"]
    with qtbot.waitSignal(start.screen.open_dataset) as told:
        qtbot.mouseClick(start.cards()[1], Qt.MouseButton.LeftButton)
    assert told.args == ["d2"]


@pytest.mark.parametrize("count", [8, 9])
def test_where_the_cards_of_datasets_are_cut_all_can_be_shown(qtbot, start, count):
    start.settings.update(first_run_done=True)
    start.datasets.recent = tuple(DatasetSummary(f"d{n}", f"Set {n}", 9, time.time()) for n in range(count))
    start.datasets.recent_changed.emit(start.datasets.recent)
    assert len(start.cards()) == 8
    more = start.screen._recent.more
    assert more.isHidden() == (count == 8)
    with qtbot.waitSignal(start.screen.open_dataset) as told:
        more.click()
    assert told.args == [""]


def test_a_form_that_was_begun_waits_here(qtbot, start):
    assert not shows(start, "draft")
    start.settings.update(draft='{"trigger_word": "CHELSEA"}')  # comes with the sample photos
    assert not shows(start, "draft")
    start.settings.update(draft='{"name": "anna-v3", "iterations": 600}')
    button = start.button("draft")
    assert button.isVisible()
    words = [label.text() for label in button.parentWidget().findChildren(QLabel)]
    assert "anna-v3 · 2 fields filled in" in words
    with qtbot.waitSignal(start.screen.go):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    start.settings.update(sent_draft=start.settings.value.draft)
    assert not button.isVisible()
    start.settings.update(sent_draft="")
    assert button.isVisible()
    start.settings.update(draft="{}")
    assert not button.isVisible()


def test_after_the_first_run_photos_can_still_be_added(qtbot, start):
    start.settings.update(first_run_done=True)
    start.runs.load(SENT)
    start.screen.activated()
    adding = next(b for b in start.screen.findChildren(ActionButton) if b.isVisible())
    with qtbot.waitSignal(start.screen.add_photos):
        qtbot.mouseClick(adding, Qt.MouseButton.LeftButton)


def test_ages_are_renewed_only_while_it_is_seen(start):
    clock = start.screen._ages
    assert clock.isActive()
    assert clock.interval() >= 15_000
    start.screen.hide()
    assert not clock.isActive()


def test_nothing_is_stored_by_looking_at_it(qtbot):
    settings = FakeSettings(Settings(first_run_done=False))
    spy = QSignalSpy(settings.changed)
    screen = make_start_screen(FakeAccounts(), FakeDatasets(), FakeRuns(), settings)
    qtbot.addWidget(screen)
    screen.activated()
    assert spy.count() == 0


def test_every_button_has_a_name(start):
    start.runs.load(*runs_of_all_stages(time.time()))
    buttons = start.screen.findChildren(QAbstractButton)
    assert len(buttons) > 10
    for button in buttons:
        assert button.accessibleName() or button.text()


def test_a_run_that_ended_while_nobody_looked_is_told_until_it_is_seen(qtbot, start):
    start.runs.load(make_run("a", Phase.ACCEPTED, status="AVAILABLE", name="my-cat"))
    start.screen.show_news(("a", "gone"))
    banner = start.banners()[0]
    assert titles([banner]) == ["“my-cat” is ready"]
    with qtbot.waitSignal(start.screen.open_run) as told:
        qtbot.mouseClick(child(banner, ActionButton), Qt.MouseButton.LeftButton)
    assert told.args == ["a"]
    start.screen.show_news(())
    assert not start.banners()
