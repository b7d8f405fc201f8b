"""The charts of the history in words and numbers: their bars, what is said about each, and the CSV of all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from enum import StrEnum
from math import ceil, floor, log10

from segmind_studio.core.run_history import RunHistory, RunsBar, SpendingBar
from segmind_studio.core.runs import Stage
from segmind_studio.core.usual_times import LEAST_TIMES, Spread
from segmind_studio.formats import duration_text, money, month_text, number
from segmind_studio.record import record
from segmind_studio.texts import _, listed, ngettext, pgettext, sentences
from segmind_studio.ui.runs.stages import stage_word

_MOST_DATASETS = 10
_LIMIT_AT_MOST = 3.0  # times the highest bar: a limit further above would press the bars flat
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_TIME_STEPS = (1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 14400, 28800, 86400, 172800)  # seconds
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a table program would run what begins so


class HistoryKind(StrEnum):
    """Which chart."""

    MONTHS = "months"
    DATASETS = "datasets"
    RUNS = "runs"
    STAGES = "stages"
    PRICES = "prices"


class Unit(StrEnum):
    """What the numbers of a chart are."""

    DOLLARS = "US dollars"
    RUNS = "runs"
    SECONDS = "seconds"

    def text(self, value: float) -> str:
        """Write a value."""
        if self is Unit.DOLLARS:
            return money(value)
        return duration_text(value) if self is Unit.SECONDS else number(value)


@record
class PlotBar:
    """One bar: `parts` lie upon each other from `start`; `mark` is a line across it.

    `cells` are its row in the table behind the label, `values` the same as numbers, `words` all of it in a line,
    and `short` the amount alone.
    """

    label: str
    parts: tuple[float, ...]
    words: str
    cells: tuple[str, ...]
    values: tuple[float, ...]
    short: str
    start: float = 0.0
    mark: float | None = None

    @property
    def end(self) -> float:
        """Return where it ends."""
        return self.start + sum(self.parts)


@record
class BarPlot:
    """A chart. `columns` are the heads of the table, that of the labels first; `series` name the parts of a bar.

    Without bars, `note` says why there is nothing to see.
    """

    kind: HistoryKind
    title: str
    unit: Unit
    columns: tuple[str, ...]
    bars: tuple[PlotBar, ...]
    series: tuple[str, ...] = ()
    limit: float | None = None
    note: str = ""

    @property
    def sideways(self) -> bool:
        """Return whether its bars lie from left to right, one below the other."""
        return self.kind not in {HistoryKind.MONTHS, HistoryKind.RUNS}

    @property
    def ticks(self) -> tuple[float, ...]:
        """Return the marks of its axis, from 0 to the end of the longest bar or beyond."""
        highest = max([bar.end for bar in self.bars] + ([] if self.limit is None else [self.limit]), default=0.0)
        return axis_ticks(highest, self.unit)


def axis_ticks(highest: float, unit: Unit) -> tuple[float, ...]:
    """Return three to six round values from 0 to at least `highest`."""
    aim = highest / 4
    if unit is Unit.SECONDS:
        step = next((float(step) for step in _TIME_STEPS if step >= aim), 0.0) or ceil(aim / 86400) * 86400.0
    else:
        size = 10.0 ** floor(log10(aim)) if aim > 0 else 1.0
        step = next(size * step for step in _STEPS if size * step >= aim * 0.999)
        if unit is Unit.RUNS:
            step = float(max(1, ceil(step)))
    return tuple(step * place for place in range(max(1, ceil(highest / step - 1e-9)) + 1))


def plots_of(history: RunHistory, limit: float | None) -> tuple[BarPlot, ...]:
    """Return the charts. `limit` is that of a month, None without one; it means nothing in practice."""
    return (
        months_plot(history, limit), _datasets(history), _started(history), _stages(history), _prices(history),
    )


def months_plot(history: RunHistory, limit: float | None = None) -> BarPlot:
    """Return what was spent in each month."""
    bars = tuple(_spending(bar, month_text(bar.start)) for bar in history.months)
    highest = max((bar.end for bar in bars), default=0.0)
    some = bool(highest) or any(bar.unpriced for bar in history.months)
    shown = None if limit is None or history.practice or not highest else limit
    far = shown is not None and shown > highest * _LIMIT_AT_MOST
    notes = [_simulated(history) if some else _("No spending in these months.")]
    if far and shown is not None:
        notes.append(_("Your monthly limit of {limit} is above the chart.").format(limit=money(shown)))
    if history.earlier:
        notes.append(_("Earlier months: {amount}.").format(amount=money(history.earlier)))
    notes += _gaps(history.months)
    if bars and bars[-1].end and not history.practice:
        notes += [_("This month in detail."), history.month.source]
    return BarPlot(
        HistoryKind.MONTHS, _("Spent by month"), Unit.DOLLARS, (_("Month"), *_spending_columns()),
        bars if some else (), (_("Training"), _("Pictures")), None if far else shown, sentences(*notes),
    )


def _datasets(history: RunHistory) -> BarPlot:
    first, rest = history.datasets[:_MOST_DATASETS], history.datasets[_MOST_DATASETS:]
    bars = [_spending(bar, bar.name or _("Without a dataset")) for bar in first]
    if rest:
        others = SpendingBar(
            on_runs=sum(bar.on_runs for bar in rest), on_pictures=sum(bar.on_pictures for bar in rest),
            runs=sum(bar.runs for bar in rest), pictures=sum(bar.pictures for bar in rest),
            unpriced=sum(bar.unpriced for bar in rest), estimated=any(bar.estimated for bar in rest),
        )
        words = ngettext("{count} other", "{count} others", len(rest)).format(count=len(rest))
        bars.append(_spending(others, words))
    return BarPlot(
        HistoryKind.DATASETS, _("Spent by dataset"), Unit.DOLLARS, (_("Dataset"), *_spending_columns()),
        tuple(bars), (_("Training"), _("Pictures")),
        note=sentences(_simulated(history), *_gaps(history.datasets)) if bars else _("No spending yet."),
    )


def _started(history: RunHistory) -> BarPlot:
    bars = tuple(_runs_bar(bar) for bar in history.started)
    some = any(bar.end for bar in bars)
    # Translators: runs that are neither ready, failed nor refused.
    series = (pgettext("several runs", "Ready"), _("Failed or refused"), _("Other"))
    return BarPlot(
        HistoryKind.RUNS, _("Runs by month"), Unit.RUNS, (_("Month"), *series), bars if some else (), series,
        note="" if some else _("No runs in these months."),
    )


def _stages(history: RunHistory) -> BarPlot:
    bars: list[PlotBar] = []
    missing: list[str] = []
    for item in history.stages:
        label = _("Total time until ready") if item.stage is Stage.READY else stage_word(item.stage)
        if item.spread is None:
            missing.append(label)
        else:
            bars.append(_spread_bar(label, item.spread, Unit.SECONDS))
    few = ngettext(
        "Available after {count} run has passed a stage.", "Available after {count} runs have passed a stage.",
        LEAST_TIMES,
    ).format(count=LEAST_TIMES)
    seen = _("Times as seen by this app. Changes while it was closed were noticed later. Each bar covers half "
             "of your runs.")
    return BarPlot(
        HistoryKind.STAGES, _("Time in each stage"), Unit.SECONDS, (_("State"), *_spread_columns()), tuple(bars),
        note=sentences(seen, few if missing else "") if bars
        else sentences(_("Too few runs to show how long a stage takes."), few),
    )


def _prices(history: RunHistory) -> BarPlot:
    bars = tuple(
        _spread_bar(
            ngettext("{count} iteration", "{count} iterations", price.iterations).format(count=price.iterations),
            price.spread, Unit.DOLLARS,
        )
        for price in history.prices
    )
    measured = _("Measured from your balance before and after each run. Shown from cheapest to most expensive.")
    return BarPlot(
        HistoryKind.PRICES, _("Cost of one run"), Unit.DOLLARS, (_("Iterations"), *_spread_columns()), bars,
        note=sentences(_simulated(history), measured) if bars else _("No run cost measured yet."),
    )


def csv_text(plots: Iterable[BarPlot]) -> str:
    """Return the charts as one table, a line for each number: chart, entry, series, value, unit.

    Names that a table program would take for a formula get an apostrophe before them.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("chart", "entry", "series", "value", "unit"))
    for plot in plots:
        counted = {_("Runs"), _("Count")}
        for bar in plot.bars:
            for column, value in zip(plot.columns[1:], bar.values, strict=True):
                unit = "count" if column in counted or plot.unit is Unit.RUNS else plot.unit.value
                writer.writerow((_safe(plot.title), _safe(bar.label), _safe(column), _exact(value, unit), unit))
    return out.getvalue()


def _exact(value: float, unit: str) -> str:
    """Write a value without loss; dollars with two decimals or, for a fraction of a cent, with more."""
    if unit == Unit.DOLLARS.value:
        value = round(value, 6)  # what adding up leaves behind is none
        return f"{value:.2f}" if round(value, 2) == value else f"{value:.6f}".rstrip("0")
    return str(int(value)) if value.is_integer() else repr(value)


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _spending_columns() -> tuple[str, ...]:
    # Translators: a table's heading: how many.
    return _("Training"), _("Pictures"), _("Total"), _("Count")


def _spread_columns() -> tuple[str, ...]:
    return pgettext("range", "From"), _("Median"), pgettext("range", "To"), _("Runs")


def _spending(bar: SpendingBar, label: str) -> PlotBar:
    runs = ngettext("{count} run", "{count} runs", bar.runs).format(count=bar.runs)
    pictures = ngettext("{count} picture", "{count} pictures", bar.pictures).format(count=bar.pictures)
    things = listed(words for count, words in ((bar.runs, runs), (bar.pictures, pictures)) if count)
    amount = money(bar.dollars)
    if bar.unpriced:
        amount = _("at least {amount}").format(amount=amount)
    elif bar.estimated:
        amount = _("about {amount}").format(amount=amount)
    # Translators: a month or a dataset, and what was spent.
    words = _("{label}: {amount}").format(label=label, amount=amount)
    return PlotBar(
        label, (bar.on_runs, bar.on_pictures), f"{words} · {things}" if things else words,
        (money(bar.on_runs), money(bar.on_pictures), amount, number(bar.runs + bar.pictures)),
        (bar.on_runs, bar.on_pictures, bar.dollars, float(bar.runs + bar.pictures)), amount,
    )


def _runs_bar(bar: RunsBar) -> PlotBar:
    counts, label = (bar.ready, bar.lost, bar.other), month_text(bar.start)
    words = (
        ngettext("{count} ready", "{count} ready", bar.ready),
        ngettext("{count} failed or refused", "{count} failed or refused", bar.lost),
        ngettext("{count} other", "{count} others", bar.other),
    )
    said = listed(say.format(count=count) for say, count in zip(words, counts, strict=True) if count)
    said = said or _("no runs")
    values = tuple(map(float, counts))
    return PlotBar(label, values, _("{label}: {amount}").format(label=label, amount=said),
                   tuple(map(number, counts)), values, number(sum(counts)))


def _spread_bar(label: str, spread: Spread, unit: Unit) -> PlotBar:
    low, middle, high = (unit.text(value) for value in (spread.low, spread.middle, spread.high))
    counted = ngettext("{count} run", "{count} runs", spread.count).format(count=spread.count)
    said = short = low
    if low != high:
        short = _("{low} to {high}").format(low=low, high=high)
        said = _("{low} to {high}, median {middle}").format(low=low, high=high, middle=middle)
    words = _("{label}: {amount}").format(label=label, amount=said)
    return PlotBar(
        label, (spread.high - spread.low,), f"{words} · {counted}", (low, middle, high, number(spread.count)),
        (spread.low, spread.middle, spread.high, float(spread.count)), short, start=spread.low, mark=spread.middle,
    )


def _simulated(history: RunHistory) -> str:
    return _("Simulated: practice is free.") if history.practice else ""


def _gaps(bars: Sequence[SpendingBar]) -> list[str]:
    """Return the sentences about estimates and unknown costs."""
    unpriced = sum(bar.unpriced for bar in bars)
    found = [_("Partly estimated.")] if any(bar.estimated for bar in bars) else []
    if unpriced:
        words = ngettext(
            "The cost of {count} payment is unknown.", "The costs of {count} payments are unknown.", unpriced,
        )
        found.append(words.format(count=unpriced))
    return found
