"""What a run cost, measured by two balances: only where nothing else can have changed them."""

import time
from dataclasses import replace

import pytest

from segmind_studio.api.client import SegmindClient
from segmind_studio.core.accounts import Credits
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.core.practice import Fault
from segmind_studio.core.runs import ManifestItem, Phase, Run, Stage, manifest_text
from segmind_studio.core.spending import spent
from segmind_studio.services.runs import cost_measuring as measuring
from segmind_studio.services.runs.submission_steps import Submission
from segmind_studio.store.image_store import ImageStore
from tests.fakes.practice_side import posts

FORM = TrainingForm().with_values({"name": "cat", "instance_prompt": "TOK, a cat"})
RUN_ID = "run-1"


class Bench:
    """One run against the practice service; `before_sending` happens between the first balance and the request."""

    def __init__(self, database, journal, connection, folder, photos):
        self.image_store, self.journal = ImageStore(database), journal
        self.connection, self.folder = connection, folder
        self.before_sending = lambda: None
        stats = [(str(path), path.stat()) for path in photos]
        items = tuple(ManifestItem(name, s.st_size, s.st_mtime_ns, "TOK", 1, "JPEG") for name, s in stats)
        now = time.time()
        journal.add(Run(
            RUN_ID, "practice", "cat", Phase.PREPARED, now, now, body=FORM.body(), manifest=manifest_text(items),
        ), now)

    def drive(self):
        return self._submission.drive(RUN_ID), self.journal.get(RUN_ID)

    def send_again(self, known_cost=None):
        return self._submission.send_again(RUN_ID, known_cost), self.journal.get(RUN_ID)

    @property
    def _submission(self):
        return Submission(
            self.journal, self.connection, self.folder, changed=self._changed, progress=lambda *_: None,
            cancelled=lambda _run_id: False, pause=lambda _run_id, _seconds: False,
        )

    def lose(self, practice):
        """Send it to a service that breaks: it has no answer, and no run was started."""
        self.before_sending = lambda: practice.set_fault(Fault.SERVER_ERROR, on=True)
        _, run = self.drive()
        assert run.phase is Phase.UNKNOWN
        practice.set_fault(Fault.SERVER_ERROR, on=False)
        self.before_sending = lambda: None
        return run

    def _changed(self, run):
        if run.phase is Phase.SENDING:
            self.before_sending()

    def generated(self, state, *, asked=0.0, ended=None):
        """Add a picture; times are seconds from now."""
        now = time.time()
        end = None if ended is None else now + ended
        self.image_store.add(GeneratedImage("p", "practice", "another", now + asked, state, end, cost=0.06))


@pytest.fixture
def bench(database, journal, connection, tmp_path, photos):
    return Bench(database, journal, connection, tmp_path / "prepared", photos)


def test_alone_it_is_measured_with_both_times(bench):
    begun = time.time()
    error, run = bench.drive()
    assert error is None
    assert (run.cost, run.cost_shared) == (pytest.approx(4.0), False)
    assert begun <= run.before_at <= run.sent_at <= run.after_at <= time.time()


@pytest.mark.parametrize("state", [ImageState.ASKED, ImageState.MADE, ImageState.UNKNOWN])
def test_a_picture_meanwhile_spoils_it(bench, state):
    bench.before_sending = lambda: bench.generated(state)
    _, run = bench.drive()
    assert run.phase is Phase.ACCEPTED
    assert (run.cost, run.cost_shared) == (None, True)


def test_a_picture_that_was_asked_for_before_and_is_not_there_yet_spoils_it(bench):
    bench.generated(ImageState.ASKED, asked=-20.0)
    _, run = bench.drive()
    assert run.cost is None


def test_pictures_that_ended_before_or_were_surely_unpaid_do_not(bench):
    bench.generated(ImageState.MADE, asked=-20.0, ended=-10.0)
    bench.before_sending = lambda: bench.image_store.add(
        GeneratedImage("failed", "practice", "another", time.time(), ImageState.FAILED, time.time()),
    )
    _, run = bench.drive()
    assert run.cost == pytest.approx(4.0)


def test_another_run_meanwhile_spoils_it(bench):
    def other():
        now = time.time()
        bench.journal.add(Run("other", "practice", "n", Phase.ADOPTED, now, now, made_here=False), now)

    bench.before_sending = other
    _, run = bench.drive()
    assert run.cost is None


def test_somebody_who_tops_up_meanwhile_makes_no_measure(bench, monkeypatch):
    balances = iter((3.0, 49.0))
    monkeypatch.setattr(SegmindClient, "credits", lambda _client: Credits(next(balances), None))
    _, run = bench.drive()
    assert (run.credits_before, run.credits_after) == (3.0, 49.0)
    assert run.cost is None


def test_a_run_sent_a_moment_ago_that_has_no_cost_yet_may_be_paid_now(bench):
    """Its money may be taken late, between the balances of this one."""
    now = time.time()
    other = Run("other", "practice", "n", Phase.ACCEPTED, now, now, sent_at=now - 5, credits_before=9.0)
    bench.journal.add(replace(other, credits_after=9.0), now)
    _, run = bench.drive()
    assert run.cost is None


def test_a_run_that_was_measured_a_moment_ago_spoils_nothing(bench):
    now = time.time()
    other = Run("other", "practice", "n", Phase.ACCEPTED, now, now, sent_at=now - 5, credits_before=9.0)
    bench.journal.add(replace(other, credits_after=5.0), now)
    _, run = bench.drive()
    assert run.cost == pytest.approx(4.0)


def test_a_balance_that_was_read_for_an_earlier_try_measures_nothing(bench, practice, monkeypatch):
    """The first request has no answer, and for the second no balance can be read."""
    assert bench.lose(practice).credits_before is not None
    real, asked = SegmindClient.credits, []

    def fail_once(client):
        asked.append(client)
        practice.set_fault(Fault.UNAVAILABLE, on=len(asked) == 1)
        try:
            return real(client)
        finally:
            practice.set_fault(Fault.UNAVAILABLE, on=False)

    monkeypatch.setattr(SegmindClient, "credits", fail_once)
    error, run = bench.send_again()
    assert error is None
    assert (run.credits_before, run.cost) == (None, None)
    assert run.credits_after is not None


def test_a_request_that_was_sent_again_is_remembered(bench, practice):
    lost = bench.lose(practice)
    error, run = bench.send_again()
    assert error is None
    assert (run.phase, run.unanswered_at) == (Phase.ACCEPTED, (lost.sent_at,))
    assert run.sent_at > lost.sent_at


def test_a_second_request_that_was_surely_not_taken_does_not_count(bench, practice):
    bench.lose(practice)
    bench.before_sending = lambda: practice.set_fault(Fault.NO_CREDITS, on=True)
    _, run = bench.send_again()
    assert (run.phase, run.unanswered_at) == (Phase.UNKNOWN, ())
    assert spent([replace(run, account_id="mine")], (), "mine", 0.0).estimated_runs == 1


def test_each_request_without_an_answer_is_remembered(bench, practice):
    first = bench.lose(practice)
    bench.before_sending = lambda: practice.set_fault(Fault.SERVER_ERROR, on=True)
    _, second = bench.send_again()
    assert second.unanswered_times == (first.sent_at, second.sent_at)
    assert spent([replace(second, account_id="mine")], (), "mine", 0.0).estimated_runs == 2


def test_a_run_that_is_found_instead_of_sent_again_counts_once(bench, practice):
    practice.set_fault(Fault.LOST_ANSWER, on=True)
    bench.drive()
    _, run = bench.send_again()
    assert (run.phase, run.unanswered_at, run.cost) == (Phase.ADOPTED, (), None)


# -- money that is taken when the training ends, and the balance as evidence


def watched(qtbot, runs, connection, until):
    runs.set_connection(connection)
    qtbot.waitUntil(lambda: (run := runs.run("run-1")) is not None and until(run), timeout=20_000)
    return runs.run("run-1")


def test_nothing_charged_with_the_request_is_measured_again_when_the_run_has_ended(
    qtbot, bench, practice, runs, connection, monkeypatch,
):
    monkeypatch.setattr(measuring, "PRACTICE_MEASURE_EVERY_S", 0.05)
    practice.set_fault(Fault.LATE_CHARGE, on=True)
    _, run = bench.drive()
    assert (run.cost, run.uncharged) == (None, True)
    assert spent([replace(run, account_id="mine")], (), "mine", 0.0).estimated_runs == 1
    run = watched(qtbot, runs, connection, lambda run: run.cost is not None)
    assert (run.cost, run.stage) == (pytest.approx(4.0), Stage.READY)
    assert run.before_at < run.sent_at < run.changed_at < run.after_at


def test_while_one_run_may_still_be_charged_another_is_not_measured(bench, practice):
    now = time.time()
    owing = Run("owing", "practice", "n", Phase.ACCEPTED, now, now, sent_at=now - 5000, credits_before=9.0)
    bench.journal.add(replace(owing, credits_after=9.0, status="TRAINING_INITIATED"), now)
    _, run = bench.drive()
    assert (run.cost, run.cost_shared) == (None, True)


def test_the_balance_is_evidence_for_a_request_without_an_answer(
    qtbot, bench, practice, runs, connection, monkeypatch,
):
    monkeypatch.setattr(measuring, "PRACTICE_MEASURE_EVERY_S", 0.05)
    practice.set_fault(Fault.LAGGING_LIST, on=True)
    practice.set_speed(0.01)
    practice.set_fault(Fault.LOST_ANSWER, on=True)
    _, lost = bench.drive()
    assert lost.phase is Phase.UNKNOWN
    run = watched(qtbot, runs, connection, lambda run: run.cost is not None)
    assert (run.phase, run.cost) == (Phase.UNKNOWN, pytest.approx(4.0))


def test_a_second_request_does_not_leave_when_the_balance_tells_of_the_first(bench, practice):
    practice.set_fault(Fault.LAGGING_LIST, on=True)
    practice.set_speed(0.01)
    practice.set_fault(Fault.LOST_ANSWER, on=True)
    bench.drive()
    error, run = bench.send_again()
    assert "$4.00" in error.advice
    assert (run.phase, run.cost) == (Phase.UNKNOWN, pytest.approx(4.0))
    assert sum(entry.path.endswith("/submit") for entry in practice.requests()) == 1


@pytest.mark.parametrize(("shown", "sent"), [(None, 0), (2.0, 0), (4.0, 1)])
def test_a_second_request_leaves_only_by_the_cost_that_was_shown(bench, practice, shown, sent):
    """The balance was read again after the question had been answered."""
    run = bench.lose(practice)
    bench.journal.change(RUN_ID, time.time(), credits_after=run.credits_before - 4.0, after_at=time.time())
    before = posts(practice)
    error, run = bench.send_again(shown)
    assert posts(practice) == before + sent
    assert (error is None, run.phase) == ((True, Phase.ACCEPTED) if sent else (False, Phase.UNKNOWN))


@pytest.mark.parametrize(("fields", "due"), [
    ({}, True), ({"credits_after": 9.0}, False), ({"credits_after": 5.0, "status": "AVAILABLE"}, False),
    ({"credits_after": 9.0, "status": "AVAILABLE", "changed_at": 10.0}, True),
    ({"credits_after": 9.0, "status": "AVAILABLE", "changed_at": -3000.0}, False),  # it was read after the end
    ({"phase": Phase.UNKNOWN}, True), ({"phase": Phase.UNKNOWN, "credits_after": 5.0}, False),
    ({"phase": Phase.SENDING, "live": True}, False), ({"phase": Phase.REFUSED}, False),
    ({"before_at": -90_000.0}, False), ({"credits_before": None}, False), ({"made_here": False}, False),
])
def test_a_balance_is_read_where_it_can_tell_more(fields, due):
    now = time.time()
    told = {name: now + value if name.endswith("_at") else value for name, value in fields.items()}
    run = replace(Run(
        "r", "real", "n", Phase.ACCEPTED, now, now, credits_before=9.0, before_at=now - 10, after_at=now - 9,
    ), **told)
    measures = measuring.Measures(lambda: 1000.0)
    assert (measures.due([run], practice=False) is not None) is due
    assert measures.due([run], practice=False) is None  # not so often


@pytest.mark.parametrize(("paid", "behind"), [("picture", 7200.0), ("run", 7200.0), ("run", -5.0)])
def test_a_clock_that_was_set_back_makes_no_measure_of_what_else_was_paid(bench, paid, behind):
    """The balance before was read by a clock that was ahead: the times hide the other payment."""
    _, run = bench.drive()
    now = time.time()
    ahead = {"before_at": now + behind - 1.0, "sent_at": now + behind, "credits_after": run.credits_before}
    run = bench.journal.change(RUN_ID, now, **ahead)
    if paid == "run":
        other = replace(run, run_id="other", sent_number=run.sent_number + 1, sent_at=now - 600)
        bench.journal.add(replace(other, before_at=now - 601, credits_after=run.credits_before - 4.0), now)
    else:
        bench.generated(ImageState.MADE, asked=-30.0, ended=-0.5)
    run = measuring.note_balance(bench.journal, run, run.credits_before - 4.0)
    assert (run.cost, run.cost_shared) == (None, True)
