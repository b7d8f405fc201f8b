"""What was spent on runs and pictures: which count, since when, and where each figure comes from.

Amounts are US dollars.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import fsum

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.generated_images import Picture
from segmind_studio.core.pricing import iterations_of, picture_estimate, run_estimate
from segmind_studio.core.runs import Phase, Run, Stage
from segmind_studio.formats import money
from segmind_studio.texts import _, ngettext, sentences

_PAID = frozenset({Phase.SENDING, Phase.UNKNOWN, Phase.ACCEPTED, Phase.ADOPTED})
_UNANSWERED = frozenset({Phase.SENDING, Phase.UNKNOWN})
_ABOUT_TO_PAY = frozenset({Stage.PREPARING, Stage.UPLOADING})  # live: they are sent without asking again


@dataclass(frozen=True, slots=True)
class Spent:
    """What was paid in a time: measured or told, estimated, and how much has no known cost.

    `unanswered` runs and pictures were sent and have no answer yet; they count as paid. A run that was sent
    again counts once for each request that has no answer.
    """

    measured: float = 0.0
    estimated: float = 0.0
    measured_runs: int = 0
    estimated_runs: int = 0
    unpriced_runs: int = 0
    unanswered: int = 0
    told: float = 0.0
    guessed: float = 0.0
    told_pictures: int = 0
    guessed_pictures: int = 0
    unpriced_pictures: int = 0
    unanswered_pictures: int = 0

    @property
    def dollars(self) -> float:
        """Return the sum, less what has no known cost."""
        return fsum((self.measured, self.estimated, self.told, self.guessed))

    @property
    def unpriced(self) -> str:
        """Name what has no known cost, "" when there is nothing."""
        return _both(self.unpriced_runs, self.unpriced_pictures)

    @property
    def text(self) -> str:
        """Write the sum for a person."""
        if self.unpriced:
            return _("at least {amount}").format(amount=money(self.dollars))
        about = self.estimated_runs or self.guessed_pictures
        return _("about {amount}").format(amount=money(self.dollars)) if about else money(self.dollars)

    @property
    def source(self) -> str:
        """Return in words where the figures come from."""
        said: list[str] = []
        if self.measured_runs:
            said.append(_("Measured: {things}, {amount}.").format(
                things=_runs(self.measured_runs), amount=money(self.measured)
            ))
        if self.estimated_runs:
            words = _("Estimated from your other runs or Black Forest Labs' list price: {things}, {amount}.")
            said.append(words.format(things=_runs(self.estimated_runs), amount=money(self.estimated)))
        if self.told_pictures:
            said.append(_("Named by Segmind: {things}, {amount}.").format(
                things=_pictures(self.told_pictures), amount=money(self.told)
            ))
        if self.guessed_pictures:
            words = _("Estimated from your other pictures: {things}, {amount}.")
            said.append(words.format(things=_pictures(self.guessed_pictures), amount=money(self.guessed)))
        if self.unpriced:
            said.append(_("Cost unknown: {things}.").format(things=self.unpriced))
        if self.unanswered or self.unanswered_pictures:
            words = ngettext(
                "{things} without an answer counts as paid.", "{things} without an answer count as paid.",
                self.unanswered + self.unanswered_pictures,
            )
            said.append(words.format(things=_both(self.unanswered, self.unanswered_pictures)))
        return sentences(*said) or _("Nothing was paid.")


@dataclass(frozen=True, slots=True)
class Calendar:
    """When today and this month began, in seconds since the epoch."""

    day: float
    month: float


def spent(runs: Iterable[Run], pictures: Iterable[Picture], account_id: str, since: float) -> Spent:
    """Add up what an account's runs and pictures made here have cost since a time.

    Something counts when its request was sent, as far as anybody can know, or is about to be sent. A time
    that is still to come (the clock was set back) counts, so that nothing spent is ever hidden.
    """
    if account_id == PRACTICE_ACCOUNT_ID:
        return Spent()
    on_runs = _on_runs([run for run in runs if run.account_id == account_id], since)
    on_pictures = _on_pictures([picture for picture in pictures if picture.account_id == account_id], since)
    return Spent(
        measured=fsum(on_runs.known), estimated=fsum(on_runs.guessed), measured_runs=len(on_runs.known),
        estimated_runs=len(on_runs.guessed), unpriced_runs=on_runs.unpriced, unanswered=on_runs.unanswered,
        told=fsum(on_pictures.known), guessed=fsum(on_pictures.guessed), told_pictures=len(on_pictures.known),
        guessed_pictures=len(on_pictures.guessed), unpriced_pictures=on_pictures.unpriced,
        unanswered_pictures=on_pictures.unanswered,
    )


@dataclass(slots=True)
class _Amounts:
    """The amounts of one kind while they are collected."""

    known: list[float] = field(default_factory=list[float])
    guessed: list[float] = field(default_factory=list[float])
    unpriced: int = 0
    unanswered: int = 0

    def guess(self, price: float | None, count: int = 1) -> None:
        """Count something whose own cost is not known at the price of its like, None when that is unknown."""
        if price is None:
            self.unpriced += count
        else:
            self.guessed += [price] * count


def _on_runs(mine: list[Run], since: float) -> _Amounts:
    """Collect what runs cost. A measured cost of nothing is no measure: the money may be taken later."""
    found = _Amounts()
    known = [run for run in mine if run.cost]
    prices: dict[int, float | None] = {}
    for run in mine:
        if not run.made_here:
            continue
        earlier = sum(at >= since for at in run.unanswered_at)
        counts = _counts(run, since)
        if not (earlier or counts):
            continue
        iterations = iterations_of(run)
        if iterations not in prices:
            prices[iterations] = run_estimate(run, known, practice=False).dollars
        found.unanswered += earlier
        found.guess(prices[iterations], earlier)
        if counts:
            found.unanswered += run.phase in _UNANSWERED
            if run.cost and run.phase not in _UNANSWERED:
                found.known.append(run.cost)
            else:
                found.guess(prices[iterations])
    return found


def _counts(run: Run, since: float) -> bool:
    """Return whether a run's last request counts; earlier ones without an answer count by themselves."""
    if run.live and run.stage in _ABOUT_TO_PAY:
        return True
    when = run.created_at if run.sent_at is None else run.sent_at
    return run.phase in _PAID and when >= since


def _on_pictures(mine: list[Picture], since: float) -> _Amounts:
    found = _Amounts()
    prices: dict[str, float | None] = {}
    for picture in mine:
        if picture.asked_at < since or not picture.may_be_paid:
            continue
        found.unanswered += picture.unanswered
        if picture.cost is not None:
            found.known.append(picture.cost)
            continue
        if picture.run_id not in prices:
            prices[picture.run_id] = picture_estimate(picture.run_id, mine, practice=False).dollars
        found.guess(prices[picture.run_id])
    return found


def _both(runs: int, pictures: int) -> str:
    if runs and pictures:
        return _("{runs} and {pictures}").format(runs=_runs(runs), pictures=_pictures(pictures))
    if runs:
        return _runs(runs)
    return _pictures(pictures) if pictures else ""


def _runs(count: int) -> str:
    return ngettext("{count} run", "{count} runs", count).format(count=count)


def _pictures(count: int) -> str:
    return ngettext("{count} picture", "{count} pictures", count).format(count=count)
