"""Which limit one more run would pass, and in which words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.budget import Bill, Budget, Limit, PurchaseKind, budget_status, check
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.core.pricing import CostEstimate
from segmind_studio.core.runs import Phase, Run
from segmind_studio.core.settings import Settings
from segmind_studio.core.spending import Calendar, Spent
from segmind_studio.store.settings_file import SettingsFile

COST = CostEstimate(4.0, "A list price.")
UNKNOWN = CostEstimate(None, "Nobody knows.")
ONE, ODD = Bill((COST,)), Bill((UNKNOWN,))
TODAY = Spent(measured=6.0, measured_runs=2)
MONTH = Spent(measured=6.0, estimated=12.0, measured_runs=2, estimated_runs=3)
CENTS = st.integers(0, 100_000).map(lambda cents: cents / 100)


def limits(found):
    return [breach.limit for breach in found]


def test_without_limits_nothing_is_passed_even_by_an_unknown_cost():
    assert Budget().empty
    assert check(Budget(), ONE, TODAY, MONTH) == ()
    assert check(Budget(), ODD, None, None) == ()


def test_each_limit_is_checked_against_its_own_time():
    assert limits(check(Budget(3.99, 10.0, 22.0), ONE, TODAY, MONTH)) == [Limit.RUN]
    assert limits(check(Budget(4.0, 9.99, 22.0), ONE, TODAY, MONTH)) == [Limit.DAY]
    assert limits(check(Budget(4.0, 10.0, 21.99), ONE, TODAY, MONTH)) == [Limit.MONTH]
    assert check(Budget(4.0, 10.0, 22.0), ONE, TODAY, MONTH) == ()


def test_the_words_name_the_limit_and_by_how_much_and_the_source_is_told():
    run, day, month = check(Budget(3.0, 8.5, 20.0), ONE, TODAY, MONTH)
    assert run.text == "This run costs about $4.00. That is $1.00 above your limit of $3.00 for one run."
    assert day.text == (
        "This run costs about $4.00. With it, you spend about $10.00 today. That is $1.50 above your daily "
        "limit of $8.50."
    )
    assert month.text == (
        "This run costs about $4.00. With it, you spend about $22.00 this month. That is $2.00 above your "
        "monthly limit of $20.00."
    )
    assert [breach.over for breach in (run, day, month)] == [1.0, 1.5, 2.0]
    assert run.source == "A list price."
    assert day.source == "Measured: 2 runs, $6.00. A list price."
    assert "Estimated from your other runs or Black Forest Labs' list price: 3 runs, $12.00." in month.source


@pytest.mark.parametrize("budget", [Budget(100.0), Budget(per_day=100.0), Budget(per_month=100.0)])
def test_an_unknown_cost_may_pass_any_limit(budget):
    (breach,) = check(budget, ODD, TODAY, MONTH)
    assert (breach.limit, breach.over) == (None, None)
    assert breach.text == "The cost is unknown, so you may exceed your limits."
    assert breach.source == "Nobody knows."


def test_a_limit_that_is_passed_already_is_told_beside_an_unknown_cost():
    assert limits(check(Budget(per_day=5.0), ODD, TODAY, MONTH)) == [None, Limit.DAY]


@pytest.mark.parametrize(("budget", "time"), [
    (Budget(per_day=100.0), "today"), (Budget(per_month=100.0), "this month"),
])
def test_an_earlier_run_of_unknown_cost_may_pass_a_limit(budget, time):
    before = Spent(measured=1.0, measured_runs=1, unpriced_runs=1)
    (breach,) = check(budget, ONE, before, before)
    assert breach.over is None
    assert breach.text.startswith(f"The cost of 1 run {time} is unknown")


def test_before_the_runs_are_read_a_limit_for_a_time_may_be_passed():
    assert check(Budget(per_run=4.0), ONE, None, None) == ()
    day, month = check(Budget(None, 100.0, 100.0), ONE, None, None)
    assert "today's spending is not known yet" in day.text
    assert "this month's spending is not known yet" in month.text


def test_a_limit_of_nothing_asks_before_anything_is_paid():
    assert limits(check(Budget(0.0), Bill((CostEstimate(0.01, ""),)), Spent(), Spent())) == [Limit.RUN]


def test_three_dimes_are_thirty_cents():
    before = Spent(measured=0.2, measured_runs=2)  # binary fractions: 0.2 + 0.1 is more than 0.3
    assert check(Budget(per_day=0.3), Bill((CostEstimate(0.1, ""),)), before, before) == ()


@given(CENTS, CENTS, CENTS, CENTS, CENTS, CENTS)
def test_a_limit_is_passed_exactly_when_the_cents_are_more(per_run, per_day, per_month, cost, day, month):
    found = check(
        Budget(per_run, per_day, per_month), Bill((CostEstimate(cost, ""),)), Spent(measured=day),
        Spent(estimated=month),
    )
    cents = [round(100 * amount) for amount in (cost, day + cost, month + cost, per_run, per_day, per_month)]
    passed = {
        limit: (total - most) / 100
        for limit, total, most in zip(Limit, cents[:3], cents[3:], strict=True) if total > most
    }
    assert {breach.limit: breach.over for breach in found} == pytest.approx(passed)


def test_the_standing_takes_day_and_month_from_the_runs():
    body = TrainingForm().body()
    runs = [
        Run(str(at), "mine", "n", Phase.UNKNOWN, at, at, body=body, sent_at=at) for at in (5.0, 15.0, 25.0, 26.0)
    ]
    found = budget_status(Budget(None, 11.99, 16.0), ONE, (iter(runs), iter(())), "mine", Calendar(20.0, 10.0))
    assert found.today is not None
    assert found.month is not None
    assert (found.today.dollars, found.month.dollars) == (8.0, 12.0)
    assert limits(found.breaches) == [Limit.DAY]


def test_the_standing_before_the_runs_are_read():
    found = budget_status(Budget(per_day=50.0), ONE, None, "mine", Calendar(20.0, 10.0))
    assert (found.today, found.month) == (None, None)
    assert limits(found.breaches) == [Limit.DAY]


# -- kept in the settings


def test_limits_are_kept(tmp_path):
    kept = Settings(budget_per_run=4.0, budget_per_day=0.0)
    SettingsFile(tmp_path / "settings.json").save(kept)
    loaded, _ = SettingsFile(tmp_path / "settings.json").load()
    assert Budget.of(loaded) == Budget(4.0, 0.0, None)
    assert not Budget.of(loaded).empty


def test_whole_numbers_written_by_hand_are_read_and_none_is_below_zero(tmp_path):
    (tmp_path / "settings.json").write_text('{"budget_per_day": 20, "budget_per_month": -5}')
    loaded, _ = SettingsFile(tmp_path / "settings.json").load()
    assert Budget.of(loaded) == Budget(None, 20.0, 0.0)


# -- several runs, pictures, and a run that is paid once more


def words(found):
    return [breach.text for breach in found]


def test_several_runs_are_added_up_and_each_must_keep_to_the_limit_for_one():
    three = Bill((COST,) * 3)
    assert three.text == "These 3 runs cost about $12.00."
    assert three.total == CostEstimate(12.0, "3 runs. A list price.")
    run, day = check(Budget(3.0, 10.0, 30.0), three, TODAY, MONTH)
    assert run.text == (
        "Each of these 3 runs costs about $4.00. That is $1.00 above your limit of $3.00 for one run."
    )
    assert day.text == (
        "These 3 runs cost about $12.00. With them, you spend about $18.00 today. That is $8.00 above your "
        "daily limit of $10.00."
    )
    assert check(Budget(4.0, 18.0, 30.0), three, TODAY, MONTH) == ()
    assert words(check(Budget(4.0), Bill((UNKNOWN,) * 3), TODAY, MONTH)) == [
        "The cost is unknown, so you may exceed your limits.",
    ]


def test_runs_of_different_length_are_judged_by_the_dearest():
    costs = (CostEstimate(2.0, "Short."), CostEstimate(6.0, "Long."), COST)
    run, day = check(Budget(3.0, 10.0), Bill(costs), TODAY, MONTH)
    assert run.text == (
        "The most expensive of these 3 runs costs about $6.00. "
        "That is $3.00 above your limit of $3.00 for one run."
    )
    assert run.source == "Long."
    assert day.text.startswith("These 3 runs cost about $12.00. With them, you spend about $18.00 today.")
    known = check(Budget(3.0), Bill((*costs, UNKNOWN)), TODAY, MONTH)
    assert [breach.over for breach in known] == [None, 3.0]


@given(CENTS, st.integers(1, 9), CENTS, CENTS)
def test_so_many_runs_pass_what_their_sum_passes(cost, count, before, most):
    found = check(Budget(per_day=most), Bill((CostEstimate(cost, ""),) * count), Spent(measured=before), Spent())
    assert bool(found) == (round(100 * cost) * count + round(100 * before) > round(100 * most))


def test_a_run_that_is_sent_again_counts_with_the_request_that_has_no_answer():
    again = Bill((COST,), earlier=1)
    before = Spent(estimated=4.0, estimated_runs=1, unanswered=1)  # the first request
    run, day = check(Budget(7.0, 7.0), again, before, before)
    assert run.text == (
        "Paid 2 times, this run costs about $8.00. That is $1.00 above your limit of $7.00 for one run."
    )
    assert day.text == (
        "This request costs about $4.00. With it, you spend about $8.00 today. That is $1.00 above your daily "
        "limit of $7.00."
    )
    assert check(Budget(8.0, 8.0), again, before, before) == ()
    (third,) = check(Budget(11.0), Bill((COST,), earlier=2), before, before)
    assert third.text.startswith("Paid 3 times, this run costs about $12.00.")


def test_a_picture_has_no_limit_of_its_own():
    image = Bill((CostEstimate(0.06, "Told."),), PurchaseKind.IMAGE)
    assert check(Budget(per_run=0.0), image, TODAY, MONTH) == ()
    assert check(Budget(per_run=0.0), Bill((UNKNOWN,), PurchaseKind.IMAGE), TODAY, MONTH) == ()
    (day,) = check(Budget(per_run=0.0, per_day=6.0), image, TODAY, MONTH)
    assert day.text == (
        "This picture costs about $0.06. With it, you spend about $6.06 today. That is $0.06 above your daily "
        "limit of $6.00."
    )
    assert words(check(Budget(per_day=6.0), Bill((UNKNOWN,), PurchaseKind.IMAGE), TODAY, MONTH)) == [
        "The cost is unknown, so you may exceed your limits.",
    ]
    (many,) = check(Budget(per_month=18.1), Bill(image.costs * 4, PurchaseKind.IMAGE), TODAY, MONTH)
    assert many.text.startswith(
        "These 4 pictures cost about $0.24. With them, you spend about $18.24 this month."
    )


def test_pictures_of_unknown_cost_may_have_passed_a_limit():
    before = Spent(measured=1.0, measured_runs=1, unpriced_runs=1, unpriced_images=2)
    (breach,) = check(Budget(per_day=50.0), ONE, before, before)
    assert breach.text.startswith("The cost of 1 run and 2 pictures today is unknown")
    assert not breach.unread


def test_only_what_is_not_read_yet_is_told_apart():
    (breach,) = check(Budget(per_day=50.0), ONE, None, None)
    assert breach.unread


def test_pictures_count_in_the_standing():
    images = [
        GeneratedImage("p", "mine", "r", at, ImageState.MADE, cost=0.5) for at in (5.0, 15.0, 25.0)
    ]
    found = budget_status(Budget(None, 4.4, 6.0), ONE, ((), images), "mine", Calendar(20.0, 10.0))
    assert found.bill is ONE
    assert found.today is not None
    assert found.month is not None
    assert (found.today.dollars, found.month.dollars) == (0.5, 1.0)
    assert limits(found.breaches) == [Limit.DAY]
