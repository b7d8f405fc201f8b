"""How long a run was in each state, as far as this app saw it, and when nobody looked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from segmind_studio.core.runs import TimelineEntry
from segmind_studio.record import record

LONGEST_PAUSE_S = 15 * 60.0  # between two checks of one session; a longer one means that nobody looked
MOST_SPANS = 2000


@record
class WatchSpan:
    """A time in which an account's list was checked again and again. Seconds since the epoch, UTC."""

    account_id: str
    begin: float
    end: float


@record
class StateBar:
    """A state from when it was first seen until the next one was.

    `end` is the present moment while it lasts, and equals `begin` for a final state. `gaps` are the times in it
    in which nobody looked. It lasted `least` to `most` seconds: a change that came while nobody looked was seen
    afterwards.
    """

    entry: TimelineEntry
    begin: float
    end: float
    lasts: bool = False
    final: bool = False
    gaps: tuple[tuple[float, float], ...] = ()
    least: float = 0.0
    most: float = 0.0


def with_check(spans: Sequence[WatchSpan], account_id: str, at: float) -> tuple[WatchSpan, ...]:
    """Return the spans with a successful check of an account's list; only the last one may grow."""
    last = spans[-1] if spans else None
    if last is not None and last.account_id == account_id and 0 <= at - last.end <= LONGEST_PAUSE_S:
        return (*spans[:-1], replace(last, end=at))
    return (*spans, WatchSpan(account_id, at, at))[-MOST_SPANS:]


def known_since(spans: Iterable[WatchSpan], account_id: str) -> float | None:
    """Return from when on it is known whether somebody looked; None when it never is."""
    return min((span.begin for span in spans if span.account_id == account_id), default=None)


def state_bars(
    entries: Sequence[TimelineEntry], spans: Iterable[WatchSpan], account_id: str, now: float, *, active: bool,
) -> tuple[StateBar, ...]:
    """Return a bar for each entry, oldest first. `active`: the last state still lasts at `now`."""
    if not entries:
        return ()
    ends = [*(entry.at for entry in entries[1:]), now if active else entries[-1].at]
    gaps = _gaps(entries, tuple(span for span in spans if span.account_id == account_id), ends[-1])
    bars: list[StateBar] = []
    for place, (entry, until) in enumerate(zip(entries, ends, strict=True)):
        end = max(entry.at, until)  # the clock of the computer may have been set back
        last = place == len(entries) - 1
        within = tuple(gap for gap in gaps if gap[0] < end and gap[1] > entry.at)
        earliest_begin = next((gap[0] for gap in gaps if gap[1] == entry.at), entry.at)
        earliest_end = next((gap[0] for gap in within if gap[1] == end), end) if not (last and active) else end
        bars.append(StateBar(
            entry, entry.at, end, lasts=last and active, final=last and not active, gaps=within,
            least=max(0.0, earliest_end - entry.at), most=end - earliest_begin,
        ))
    return tuple(bars)


def _gaps(
    entries: Sequence[TimelineEntry], spans: Sequence[WatchSpan], until: float,
) -> tuple[tuple[float, float], ...]:
    """Return the times without a check, from the first that is known of. What was seen shows that somebody looked.

    A gap that an entry ends shortly after the app came back ends with that entry: it was its first look.
    """
    since = known_since(spans, spans[0].account_id) if spans else None
    if since is None:
        return ()
    looks = [(span.begin, span.end) for span in spans] + [(entry.at, entry.at) for entry in entries]
    found: list[tuple[float, float]] = []
    seen = max(since, entries[0].at)
    for begin, end in sorted((*looks, (until, until))):
        if begin > seen + LONGEST_PAUSE_S and begin <= until:
            found.append((seen, begin))
        seen = max(seen, end)
    return tuple((begin, _first_entry(entries, end)) for begin, end in found)


def _first_entry(entries: Sequence[TimelineEntry], end: float) -> float:
    """Return when the first look after a gap was: of an entry that came with the check, its own time."""
    return next((entry.at for entry in entries if 0 <= entry.at - end <= _ONE_LOOK_S), end)


_ONE_LOOK_S = 5.0  # a change is entered at once with the check that shows it
