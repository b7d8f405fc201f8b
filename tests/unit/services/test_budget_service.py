"""What counts against the budget, in a session: known, confirmed, under way, sent again; runs and pictures."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.errors import StudioError
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.generated_images import ImageState
from segmind_studio.core.pricing import CostEstimate
from segmind_studio.core.runs import Phase
from segmind_studio.core.settings import Settings
from segmind_studio.core.sweep import Sweep
from segmind_studio.services.runs.submission_service import SubmitRequest
from tests.fakes.run_services import FakeRuns, FakeSettings, FakeSubmits, make_run
from tests.fakes.try_service import FakeTryouts, make_budget_service, make_image
from tests.fakes.typed import known

pytestmark = pytest.mark.usefixtures("qapp")
COST = CostEstimate(4.0, "A list price.")
FORM = TrainingForm().with_values({"name": "anna", "instance_prompt": "a photo of TOK"})


class Bench:
    def __init__(self, *runs, **limits) -> None:
        self.runs, self.submits, self.tryouts = FakeRuns(), FakeSubmits(), FakeTryouts()
        self.settings = FakeSettings(Settings(**{f"budget_per_{name}": most for name, most in limits.items()}))
        self.budgets = make_budget_service(self.runs, self.settings, self.submits, self.tryouts)
        self.runs.load(*runs)
        self.news = []
        self.budgets.changed.connect(lambda: self.news.append(1))

    @property
    def today(self):
        return known(self.budgets.spent("real")).today

    def passes(self, cost=COST, count=1):
        budget_status = self.budgets.budget_status("real", (cost,) * count)
        return bool(budget_status and budget_status.breaches)

    def request(self, name="anna"):
        return SubmitRequest(FORM.with_value("name", name), None)

    def submit(self, request):
        self.submits.submit(request)
        return self.submits.taken


def today(run_id="u", phase=Phase.UNKNOWN, **fields):
    return make_run(run_id, phase, **{"sent_at": time.time(), "live": False, **fields})


def interrupted(run_id="i", **fields):
    return today(run_id, Phase.UPLOADED, **{"sent_at": None, **fields})


def test_a_comparison_counts_with_all_its_runs():
    bench = Bench(day=12.0)
    compared = replace(FORM, sweep=Sweep("iterations", (120, 300, 600)))
    bench.submit(SubmitRequest(compared, None))
    assert (bench.today.dollars, bench.today.estimated_runs) == (12.0, 3)
    status = known(bench.budgets.budget_status("real", [CostEstimate(price, "") for price in (2.0, 4.0, 6.0)]))
    assert status.breaches[0].text.startswith("These 3 runs cost about $12.00. With them, you spend about $24")
    bench.submits.refused.emit(StudioError("No connection."))
    assert bench.today.estimated_runs == 3


def test_so_many_runs_stand_together():
    bench = Bench(day=12.0)
    assert not bench.passes(count=3)
    assert bench.passes(count=4)
    assert known(bench.budgets.budget_status("real", (COST,) * 4)).bill.text == "These 4 runs cost about $16.00."


def test_several_requests_are_counted_at_once_and_each_until_it_has_ended():
    bench = Bench()
    rows = [row for number in range(3) for row in bench.submit(bench.request(f"anna-{number}"))]
    assert bench.today.dollars == 12.0
    bench.submits.row_changed.emit(replace(rows[1], phase=Phase.SENDING, sent_at=time.time()))
    assert bench.today.estimated_runs == 3
    bench.submits.row_changed.emit(replace(rows[1], phase=Phase.REFUSED, live=False))
    assert bench.today.estimated_runs == 2


def test_what_could_not_be_written_leaves_room():
    bench = Bench()
    bench.submit(bench.request("a"))
    (lost,) = bench.submit(bench.request("b"))
    assert bench.today.estimated_runs == 2
    bench.submits.unwritten.emit((lost.run_id,))
    assert bench.today.estimated_runs == 1


# -- runs that go on


def test_an_interrupted_run_counts_from_the_moment_it_is_told_to_go_on():
    run = interrupted()
    bench = Bench(run)
    assert bench.today.dollars == 0.0
    bench.submits.resume("i")
    assert bench.today.dollars == 4.0  # it may wait for long behind another upload
    bench.submits.row_changed.emit(replace(run, live=True, changed_at=run.changed_at + 1))
    assert bench.today.dollars == 4.0
    bench.submits.row_changed.emit(replace(run, changed_at=run.changed_at + 1))
    assert bench.today.dollars == 0.0


def test_a_run_that_is_sent_again_counts_twice():
    run = today()
    bench = Bench(run, day=8.0)
    assert bench.today.dollars == 4.0
    assert known(bench.budgets.budget_status_of_run(run)).breaches == ()
    bench.submits.send_again("u")
    assert (bench.today.dollars, bench.today.unanswered) == (8.0, 2)
    sending = replace(run, phase=Phase.SENDING, unanswered_at=(run.sent_at,), sent_at=time.time(), live=True)
    bench.submits.row_changed.emit(sending)
    assert (bench.today.dollars, bench.today.unanswered) == (8.0, 2)
    bench.submits.row_changed.emit(replace(sending, phase=Phase.ACCEPTED, live=False))
    assert bench.today.dollars == 8.0


def test_the_limit_for_one_run_holds_for_all_requests_of_it():
    run = today()
    bench = Bench(run, run=7.0)
    (breach,) = known(bench.budgets.budget_status_of_run(run)).breaches
    assert breach.text.startswith("Paid 2 times, this run costs about $8.00.")
    assert known(bench.budgets.budget_status_of_run(interrupted())).breaches == ()


def test_a_run_costs_what_others_of_its_length_did_until_another_is_measured():
    run = interrupted()
    bench = Bench(run)
    assert bench.budgets.run_cost(run).dollars == 4.0
    bench.runs.put(today("a", Phase.ACCEPTED, credits_before=9.0, credits_after=6.5))
    assert bench.budgets.run_cost(run).dollars == 2.5
    assert bench.budgets.run_cost(replace(run, body={})).dollars is None
    assert bench.budgets.run_cost(replace(run, account_id=PRACTICE_ACCOUNT_ID)).text == "free"


def test_a_cost_that_turns_out_to_be_shared_measures_nothing_any_more():
    bench = Bench()
    measured = today("a", Phase.ACCEPTED, credits_before=9.0, credits_after=6.5)
    bench.runs.put(measured)
    (cost,) = bench.budgets.form_costs(FORM, practice=False)
    assert (cost.dollars, cost.source) == (2.5, "Measured from your own run with 300 iterations.")
    news = []
    bench.budgets.prices_changed.connect(lambda: news.append(1))
    bench.runs.put(replace(measured, cost_shared=True))
    (cost,) = bench.budgets.form_costs(FORM, practice=False)
    assert cost.dollars == bench.budgets.run_cost(interrupted()).dollars == 4.0
    assert "Measured" not in cost.source
    assert news == [1]


# -- pictures


def test_pictures_count_for_runs_and_runs_for_pictures():
    bench = Bench(today("a", Phase.ACCEPTED), day=8.0, run=0.0)
    bench.tryouts.load(make_image(cost=0.06))
    assert known(bench.budgets.budget_status("real", [COST])).breaches[-1].over == pytest.approx(0.06)
    generated = bench.budgets.image_cost(make_run("anna"))
    assert generated.dollars == 0.06
    ten = known(bench.budgets.budget_status_of_images("real", [generated] * 10))
    assert ten.breaches == ()  # no limit for a run holds
    assert known(bench.budgets.budget_status_of_images("real", [generated] * 66)).breaches


def test_a_picture_that_is_being_made_counts_already():
    bench = Bench()
    bench.tryouts.put(make_image("old", cost=0.06))
    bench.tryouts.put(make_image("new", ImageState.ASKED))
    assert bench.today.dollars == pytest.approx(0.12)


@pytest.mark.parametrize("missing", ["runs", "pictures", "account", "album"])
def test_what_is_not_read_is_not_taken_for_nothing(missing):
    bench = Bench(today("a", account_id="another" if missing == "account" else "real"), day=100.0)
    bench.runs.loaded = missing != "runs"
    bench.tryouts.loaded = missing != "pictures"
    if missing == "album":
        bench.tryouts.load(make_image(account_id="another"))
    assert bench.budgets.spent("real") is None
    (breach,) = known(bench.budgets.budget_status("real", [COST])).breaches
    assert breach.unread


def test_practice_and_no_limits_are_never_asked_about():
    bench = Bench(today())
    assert bench.budgets.budget_status("real", [COST]) is None
    bench.settings.update(budget_per_day=0.0)
    assert known(bench.budgets.budget_status("real", [COST])).breaches
    assert bench.budgets.budget_status(PRACTICE_ACCOUNT_ID, [COST]) is None
    assert bench.budgets.budget_status_of_images(PRACTICE_ACCOUNT_ID, [COST]) is None
    assert bench.budgets.image_cost(make_run("x", account_id=PRACTICE_ACCOUNT_ID)).text == "free"


def test_it_tells_when_it_would_say_something_else():
    bench = Bench()
    for happens in (
        lambda: bench.runs.put(today()), bench.runs.load, lambda: bench.tryouts.put(make_image()),
        bench.tryouts.load, lambda: bench.settings.update(budget_per_day=5.0),
        lambda: bench.submits.row_changed.emit(today("r")),
        lambda: bench.submit(bench.request()),
    ):
        before = len(bench.news)
        happens()
        assert len(bench.news) > before
    before = len(bench.news)
    bench.settings.update(density="large")
    assert len(bench.news) == before
