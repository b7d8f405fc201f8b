"""What counts against the budget, in a session: known, confirmed, under way, sent again; runs and pictures."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.errors import StudioError
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.generated_images import PictureState
from segmind_studio.core.pricing import CostEstimate
from segmind_studio.core.runs import Phase, Run
from segmind_studio.core.settings import Settings
from segmind_studio.core.sweep import Sweep
from segmind_studio.services.runs.submission_service import SubmitOutcome, SubmitRequest
from tests.fakes.run_services import FakeRuns, FakeSettings, FakeSubmits, make_run
from tests.fakes.try_service import FakeTryouts, make_ledger, make_picture

pytestmark = pytest.mark.usefixtures("qapp")
COST = CostEstimate(4.0, "A list price.")
FORM = TrainingForm().with_values({"name": "anna", "instance_prompt": "a photo of TOK"})


class Bench:
    def __init__(self, *runs, **limits) -> None:
        self.runs, self.submits, self.tryouts = FakeRuns(), FakeSubmits(), FakeTryouts()
        self.settings = FakeSettings(Settings(**{f"budget_per_{name}": most for name, most in limits.items()}))
        self.budgets = make_ledger(self.runs, self.settings, self.submits, self.tryouts)
        self.runs.load(*runs)
        self.news = []
        self.budgets.changed.connect(lambda: self.news.append(1))

    @property
    def today(self):
        return self.budgets.spent("real").today

    def passes(self, cost=COST, count=1):
        standing = self.budgets.standing("real", (cost,) * count)
        return bool(standing and standing.breaches)

    def request(self, name="anna"):
        return SubmitRequest(FORM.with_value("name", name), None)

    def order(self, run):
        self.budgets.confirm_run(run)
        self.budgets.handed_over()


def today(run_id="u", phase=Phase.UNKNOWN, **fields):
    return make_run(run_id, phase, **{"sent_at": time.time(), "live": False, **fields})


def interrupted(run_id="i", **fields):
    return today(run_id, Phase.UPLOADED, **{"sent_at": None, **fields})


def test_a_comparison_counts_with_all_its_runs():
    bench = Bench(day=12.0)
    compared = replace(FORM, sweep=Sweep("iterations", (120, 300, 600)))
    bench.budgets.confirm("real", SubmitRequest(compared, None))
    bench.budgets.handed_over()
    assert (bench.today.dollars, bench.today.estimated_runs) == (12.0, 3)
    standing = bench.budgets.standing("real", [CostEstimate(price, "") for price in (2.0, 4.0, 6.0)])
    assert standing.breaches[0].words.startswith("These 3 runs cost about $12.00. With them, you spend about $24")
    bench.budgets.confirm("real", SubmitRequest(compared, None))
    bench.submits.refused.emit(StudioError("No connection."))
    bench.budgets.handed_over()
    assert bench.today.estimated_runs == 3


def test_so_many_runs_stand_together():
    bench = Bench(day=12.0)
    assert not bench.passes(count=3)
    assert bench.passes(count=4)
    assert bench.budgets.standing("real", (COST,) * 4).bill.words == "These 4 runs cost about $16.00."


def test_several_requests_are_counted_at_once_and_each_until_its_row_is_known():
    bench = Bench()
    requests = [bench.request(f"anna-{number}") for number in range(3)]
    bench.budgets.confirm("real", *requests)
    bench.budgets.handed_over()
    assert bench.today.dollars == 12.0
    row = Run("r1", "real", "anna-1", Phase.PREPARED, 1.0, 1.0, body=requests[1].form.body(), live=True)
    bench.submits.started.emit((row,))
    assert bench.today.estimated_runs == 3
    bench.submits.finished.emit(SubmitOutcome(replace(row, phase=Phase.REFUSED), StudioError("No.")))
    assert bench.today.estimated_runs == 2


@pytest.mark.parametrize("refused", [1, 2])
def test_what_is_refused_while_it_is_handed_over_leaves_room(refused):
    bench = Bench()
    bench.budgets.confirm("real", bench.request("a"), bench.request("b"))
    for _ in range(refused):
        bench.submits.refused.emit(StudioError("No connection."))
    bench.budgets.handed_over()
    bench.submits.refused.emit(StudioError("Another order."))
    assert bench.today.estimated_runs == 2 - refused


# -- runs that go on


def test_an_interrupted_run_counts_from_the_moment_it_is_told_to_go_on():
    run = interrupted()
    bench = Bench(run)
    assert bench.today.dollars == 0.0
    bench.order(run)
    assert bench.budgets.under_way("i")
    assert bench.today.dollars == 4.0  # it may wait for long behind another upload
    bench.submits.row_changed.emit(replace(run, live=True, changed_at=run.changed_at + 1))
    assert not bench.budgets.under_way("i")
    assert bench.today.dollars == 4.0  # though the list of runs has not heard of it
    stopped = replace(run, changed_at=run.changed_at + 1)
    bench.submits.finished.emit(SubmitOutcome(stopped, StudioError("Stopped.")))
    assert bench.today.dollars == 0.0


def test_a_run_that_is_refused_at_once_does_not_go_on():
    run = interrupted()
    bench = Bench(run)
    bench.budgets.confirm_run(run)
    bench.submits.refused.emit(StudioError("No connection."))
    bench.budgets.handed_over()
    assert not bench.budgets.under_way("i")
    assert bench.today.dollars == 0.0


def test_a_run_that_is_sent_again_counts_twice():
    run = today()
    bench = Bench(run, day=8.0)
    assert bench.today.dollars == 4.0
    assert bench.budgets.standing_of_run(run).breaches == ()
    bench.order(run)
    assert (bench.today.dollars, bench.today.unanswered) == (8.0, 2)
    again = replace(run, phase=Phase.ACCEPTED, unanswered_at=(run.sent_at,), changed_at=run.changed_at + 1)
    bench.submits.finished.emit(SubmitOutcome(again, None))
    assert bench.today.dollars == 8.0  # whoever tells of it
    bench.runs.put(again)
    assert bench.today.dollars == 8.0


def test_the_limit_for_one_run_holds_for_all_requests_of_it():
    run = today()
    bench = Bench(run, run=7.0)
    (breach,) = bench.budgets.standing_of_run(run).breaches
    assert breach.words.startswith("Paid 2 times, this run costs about $8.00.")
    assert bench.budgets.standing_of_run(interrupted()).breaches == ()


def test_a_newer_row_of_the_list_is_believed():
    run = interrupted()
    bench = Bench(run)
    bench.submits.row_changed.emit(replace(run, live=True))
    assert bench.today.dollars == 4.0
    bench.runs.put(replace(run, phase=Phase.ABANDONED, changed_at=run.changed_at + 5))
    assert bench.today.dollars == 0.0


def test_a_run_costs_what_others_of_its_length_did_until_another_is_measured():
    run = interrupted()
    bench = Bench(run)
    assert bench.budgets.run_cost(run).dollars == 4.0
    bench.runs.put(today("a", Phase.ACCEPTED, credits_before=9.0, credits_after=6.5))
    assert bench.budgets.run_cost(run).dollars == 2.5
    assert bench.budgets.run_cost(replace(run, body={})).dollars is None
    assert bench.budgets.run_cost(replace(run, account_id=PRACTICE_ACCOUNT_ID)).text == "free"


# -- pictures


def test_pictures_count_for_runs_and_runs_for_pictures():
    bench = Bench(today("a", Phase.ACCEPTED), day=8.0, run=0.0)
    bench.tryouts.load(make_picture(cost=0.06))
    assert bench.budgets.standing("real", [COST]).breaches[-1].over == pytest.approx(0.06)
    picture = bench.budgets.picture_cost(make_run("anna"))
    assert picture.dollars == 0.06
    assert bench.budgets.standing_of_pictures("real", picture, 10).breaches == ()  # no limit for a run holds
    assert bench.budgets.standing_of_pictures("real", picture, 66).breaches


def test_a_picture_that_is_being_made_counts_already():
    bench = Bench()
    bench.tryouts.put(make_picture("old", cost=0.06))
    bench.tryouts.put(make_picture("new", PictureState.ASKED))
    assert bench.today.dollars == pytest.approx(0.12)


@pytest.mark.parametrize("missing", ["runs", "pictures", "account", "album"])
def test_what_is_not_read_is_not_taken_for_nothing(missing):
    bench = Bench(today("a", account_id="another" if missing == "account" else "real"), day=100.0)
    bench.runs.loaded = missing != "runs"
    bench.tryouts.loaded = missing != "pictures"
    if missing == "album":
        bench.tryouts.load(make_picture(account_id="another"))
    assert bench.budgets.spent("real") is None
    (breach,) = bench.budgets.standing("real", [COST]).breaches
    assert breach.unread


def test_practice_and_no_limits_are_never_asked_about():
    bench = Bench(today())
    assert bench.budgets.standing("real", [COST]) is None
    bench.settings.update(budget_per_day=0.0)
    assert bench.budgets.standing("real", [COST]).breaches
    assert bench.budgets.standing(PRACTICE_ACCOUNT_ID, [COST]) is None
    assert bench.budgets.standing_of_pictures(PRACTICE_ACCOUNT_ID, COST) is None
    assert bench.budgets.picture_cost(make_run("x", account_id=PRACTICE_ACCOUNT_ID)).text == "free"


def test_it_tells_when_it_would_say_something_else():
    bench = Bench()
    for happens in (
        lambda: bench.runs.put(today()), bench.runs.load, lambda: bench.tryouts.put(make_picture()),
        bench.tryouts.load, lambda: bench.settings.update(budget_per_day=5.0),
        lambda: bench.submits.row_changed.emit(today("r")),
        lambda: bench.submits.finished.emit(SubmitOutcome(today("r"), None)),
    ):
        before = len(bench.news)
        happens()
        assert len(bench.news) > before
    before = len(bench.news)
    bench.settings.update(density="large")
    assert len(bench.news) == before


def test_what_was_paid_before_two_accounts_became_one_counts_for_the_one():
    bench = Bench(day=100.0)
    row = today("r", Phase.ACCEPTED, credits_before=20.0, credits_after=16.0)
    bench.submits.row_changed.emit(replace(row, account_id="joined", changed_at=row.changed_at + 1))
    bench.runs.load(row)  # the same run, read again as the one account's
    assert (bench.today.dollars, bench.budgets.spent("joined")) == (4.0, None)
