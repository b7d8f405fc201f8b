"""The work of a command while a window has the data folder: the window does it, with its own services.

One line of JSON goes to the window, lines come back; see `services/runs/order_desk.py` for what they hold.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import IO, NoReturn, cast

from segmind_studio.cli.errors import refuse
from segmind_studio.cli.exit_codes import ExitCode
from segmind_studio.cli.output import CommandError, Output
from segmind_studio.cli.own_work import OwnWork, goes_on, pause
from segmind_studio.cli.session import Session
from segmind_studio.core.accounts import Account
from segmind_studio.core.errors import ApiError, ApiProblem, StudioError
from segmind_studio.core.numbers import decoded_json
from segmind_studio.core.runs import Run
from segmind_studio.services.runs.purchase_orders import (
    PictureMade,
    PictureOrder,
    PurchaseQuote,
    purchase_quote_from,
)
from segmind_studio.services.runs.send_again import SendAgainWaits
from segmind_studio.services.runs.training_order import TrainingOrder, TrainingQuote, quote_from
from segmind_studio.services.system.meeting_places import LONGEST_MESSAGE, is_own, meeting_places, reach
from segmind_studio.store.records import from_record
from segmind_studio.texts import _

FIRST_ANSWER_S = 20.0  # the window says at once that it has taken the order
LOOK_EVERY_S = 1.0
_ACCOUNT_S = 5.0  # which account a window uses; reading works without it
_ASK_AGAIN_S = 0.2
STARTS = 30  # seconds that a window may take to start
Message = Mapping[str, object]
Limit = Callable[[float | None], None]


class WindowStartsError(CommandError):
    """The window is just starting, and cannot take an order yet."""


class WindowWork:
    """Order from the window that has the folder. Blocking; one thread."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._output: Output = session.output
        self._token = ""
        self._waits = SendAgainWaits()

    def quote(self, order: TrainingOrder, *, ask: bool = True) -> TrainingQuote:  # noqa: ARG002  # as OwnWork's
        """Let the window read the photos and judge the order."""
        try:
            return quote_from(self._quoted({"order": "quote", "train": order.message()}))
        except ValueError as error:
            raise _no_answer(self._session.holder) from error

    def _quoted(self, message: Message) -> object:
        """Return the window's quote for an order, and keep the token by which it is confirmed."""
        for _attempt in range(STARTS):
            try:
                last = self._last(message)
                break
            except WindowStartsError:
                threading.Event().wait(LOOK_EVERY_S)
        else:
            raise _no_answer(self._session.holder)
        self._token = str(last.get("token", ""))
        return last.get("quote")

    def start(self) -> Iterator[tuple[Run, StudioError | None]]:
        """Confirm the order that was quoted last; yield each run when the window has sent it."""
        sent: list[tuple[Run, StudioError | None]] = []
        with self._output.progress(_("Uploading"), in_bytes=True) as advance:
            for answer in self._answers({"order": "start", "token": self._token}, pays=True):
                run_id = str(answer.get("run", ""))
                match answer.get("event"):
                    case "progress":
                        advance(int(str(answer.get("done", 0))), int(str(answer.get("total", 0))))
                    case "run":
                        self._output.event("run", run=run_id, name=answer.get("name"), phase=answer.get("phase"))
                    case "quote":  # it is not allowed any more
                        refuse(quote_from(answer.get("quote")))
                    case "over":
                        _refuse_over(answer)
                    case "sent":
                        error, run = _error_in(answer), self._session.journal.get(run_id)
                        if run is not None:
                            sent.append((run, error))
                        elif error is not None:
                            raise error
                    case _:
                        continue
        yield from sent

    # -- a run that has a row

    def quote_continuing(self, run: Run) -> PurchaseQuote:
        """Let the window judge what continuing a run may cost."""
        return self._purchase({"order": "quote-run", "run": run.run_id})

    def resume(self, _run: Run) -> Iterator[tuple[Run, StudioError | None]]:
        """Confirm the run that was quoted last; yield it when the window has sent it."""
        yield from self.start()

    def give_up(self, run: Run) -> None:
        """Let the window give up a run that was not sent. StudioError."""
        if self._last({"order": "give-up", "run": run.run_id}).get("event") != "given-up":
            raise _no_answer(self._session.holder)

    def _purchase(self, message: Message) -> PurchaseQuote:
        try:
            return purchase_quote_from(self._quoted(message))
        except ValueError as error:
            raise _no_answer(self._session.holder) from error

    # -- pictures

    def quote_pictures(self, order: PictureOrder) -> PurchaseQuote:
        """Let the window judge what the pictures of an order may cost."""
        return self._purchase({"order": "quote-pictures", "pictures": order.message()})

    def make_pictures(self, _order: PictureOrder, _run: Run) -> Iterator[PictureMade]:
        """Confirm the pictures that were quoted last; yield each when it is made. StudioError."""
        for answer in self._answers({"order": "start", "token": self._token}, pays=True):
            match answer.get("event"):
                case "image":
                    seed, cost = answer.get("seed"), answer.get("cost")
                    yield PictureMade(
                        seed if isinstance(seed, int) else None, Path(str(answer.get("path", ""))),
                        cost if isinstance(cost, (int, float)) else None,
                    )
                case "over":
                    _refuse_over(answer)
                case _:
                    continue

    def follow(self, run_ids: tuple[str, ...], until: float | None = None) -> Iterator[tuple[Run, ...]]:
        """Yield the runs as the window writes them, until none can change any more; as `OwnWork.follow`.

        When the window has ended, this process lists.
        """
        while True:
            found = (self._session.journal.get(run_id) for run_id in run_ids)
            runs = tuple(run for run in found if run is not None)
            yield runs
            if not any(goes_on(run, self._waits) for run in runs):
                return
            if until is not None and time.monotonic() + LOOK_EVERY_S > until:
                raise CommandError(
                    ExitCode.STILL_RUNNING, _("The waiting time is over; the run continues."),
                    _("To see it: segmind-studio runs"),
                )
            pause(LOOK_EVERY_S)
            mine = self._session.account.account_id  # another account's runs are not in its list
            if all(run.account_id == mine for run in runs) and self._session.claim():
                yield from OwnWork(self._session, self._waits).follow(run_ids, until)
                return

    def download(self, run: Run, folder: Path) -> Path:
        """Let the window download a run's weights into a folder, under a free name."""
        folder.mkdir(parents=True, exist_ok=True)
        message = {"order": "download", "run": run.run_id, "folder": str(folder.absolute())}
        with self._output.progress(run.name, in_bytes=True) as advance:
            for answer in self._answers(message):
                if answer.get("event") == "progress":
                    total = answer.get("total")
                    advance(int(str(answer.get("done", 0))), total if isinstance(total, int) else None)
                elif answer.get("event") == "downloaded":
                    return Path(str(answer.get("path", "")))
        raise _no_answer(self._session.holder)

    # -- the way to the window

    def listens(self) -> bool:
        """Return whether a window of this user listens at the data folder."""
        with _opened(self._session.paths.data) as stream:
            return stream is not None

    def account(self) -> Account | None:
        """Return the account that the window uses; None when none answers soon, or one of an older version."""
        answers: list[Account] = []
        ended = threading.Event()

        def ask() -> None:
            while not ended.is_set():
                try:
                    answers.append(from_record(Account, self._last({"order": "account"}).get("account")))
                except WindowStartsError:
                    ended.wait(_ASK_AGAIN_S)
                except (StudioError, ValueError):
                    ended.set()
                else:
                    ended.set()

        threading.Thread(target=ask, name="account", daemon=True).start()  # a read of Windows' pipes has no limit
        ended.wait(_ACCOUNT_S)
        ended.set()
        return answers[0] if answers else None

    def _last(self, message: Message) -> Message:
        last: Message = {}
        for answer in self._answers(message):
            last = answer
        return last

    def _answers(self, message: Message, *, pays: bool = False) -> Iterator[Message]:
        """Send an order; yield the answers up to the last one. StudioError when the window refuses.

        An order that `pays` and has no last answer may have been carried out: CommandError NO_ANSWER.
        """
        given = self._session.given
        chosen = (given.practice or given.account) and message.get("order") != "account"
        account = self._session.account.account_id if chosen else ""
        line = json.dumps({**message, "account": account}).encode("ascii") + b"\n"
        with _opened(self._session.paths.data) as stream:
            if stream is None:
                raise _no_answer(self._session.holder)
            for answer in _lines(*stream, line):
                error = _error_in(answer)
                if error is not None and answer.get("event") == "error":
                    raise error
                yield answer
                if answer.get("end") is True:
                    return
        raise _lost() if pays else _no_answer(self._session.holder)


def _lines(stream: IO[bytes], limit: Limit, order: bytes) -> Iterator[Message]:
    """Send an order; yield the objects that come until the window is gone, or sends something else.

    A window that is frozen takes no order, so the first line has a limit; later ones may take as long as the work.
    """
    with contextlib.suppress(OSError, ValueError):
        stream.write(order)
        stream.flush()
        while raw := stream.readline(LONGEST_MESSAGE):
            limit(None)
            answer = decoded_json(raw)
            if not isinstance(answer, Mapping):
                return
            yield cast("Message", answer)


@contextlib.contextmanager
def _opened(folder: Path) -> Generator[tuple[IO[bytes], Limit] | None]:
    """Open the way to the window of a data folder; None when nobody of this user listens.

    The function sets the seconds that each read may take, None for no limit.
    """
    handle = reach(folder)
    try:
        way = next(filter(None, map(_connected, meeting_places(folder, handle))), None)
    finally:
        if handle >= 0:
            os.close(handle)
    if way is None:
        yield None
        return
    with way[0]:
        yield way


def _connected(name: str) -> tuple[IO[bytes], Limit] | None:
    if os.name != "posix":
        try:
            return cast("IO[bytes]", open(rf"\\.\pipe\{name}", "r+b", buffering=0)), _no_limit  # noqa: PTH123
        except OSError:
            return None
    plug = socket.socket(socket.AF_UNIX)
    try:
        plug.settimeout(FIRST_ANSWER_S)
        plug.connect(name)
        if not is_own(plug.fileno()):
            return None
        return cast("IO[bytes]", plug.makefile("rwb")), plug.settimeout
    except OSError:
        return None
    finally:
        plug.close()  # the file keeps the connection


def _no_limit(_seconds: float | None) -> None:
    """Let a read take as long as it takes: a pipe of Windows has no limit."""


def _error_in(answer: Message) -> StudioError | None:
    error = answer.get("error")
    if not isinstance(error, Mapping):
        return None
    told = cast("Message", error)
    title, advice, detail = (str(told.get(name, "")) for name in ("title", "advice", "detail"))
    kind = str(told.get("kind", ""))
    if kind == "starting":
        return WindowStartsError(ExitCode.BUSY, title, advice, detail)
    if kind in {problem.value for problem in ApiProblem}:
        return ApiError(ApiProblem(kind), title, advice, detail)
    codes = {
        "photos": ExitCode.PHOTOS, "cancelled": ExitCode.NOT_CONFIRMED, "disk": ExitCode.BROKEN,
        "failed": ExitCode.BROKEN, "may-be-paid": ExitCode.NO_ANSWER,
    }
    return CommandError(codes.get(kind, ExitCode.BUSY), title, advice, detail)


def _refuse_over(answer: Message) -> NoReturn:
    """Raise that the order is not allowed any more: something was paid in the meantime."""
    over = answer.get("over")
    words = [str(one) for one in cast("list[object]", over)] if isinstance(over, list) else []
    raise CommandError(ExitCode.OVER_BUDGET, *(words or [_("Your budget does not allow it.")])[:1])


def _lost() -> CommandError:
    return CommandError(
        ExitCode.NO_ANSWER, _("The app closed before the result was known."),
        _("The request may have been sent. It is not sent again. List your runs with: segmind-studio runs"),
    )


def _no_answer(holder: str) -> CommandError:
    process = _("Its process is {holder}.").format(holder=holder) if holder else ""
    return CommandError(
        ExitCode.BUSY, _("Another Segmind Studio uses the data folder and does not respond."), process,
    )
