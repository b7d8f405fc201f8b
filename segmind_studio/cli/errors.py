"""Which exit code an error, a quote or a run ends a command with, and a run as JSON."""

from __future__ import annotations

from collections.abc import Iterable

from segmind_studio.cli.exit_codes import ExitCode
from segmind_studio.cli.output import CommandError
from segmind_studio.core.errors import (
    ApiError,
    ApiProblem,
    CancelledError,
    DatasetError,
    SecretsError,
    StoreError,
    StudioError,
)
from segmind_studio.core.runs import Phase, Run, Stage
from segmind_studio.services.runs.order_calls import no_answer_error
from segmind_studio.services.runs.training_order import TrainingQuote
from segmind_studio.store.sheets import iso
from segmind_studio.texts import _, listed, sentences

_BY_PROBLEM = {
    ApiProblem.BAD_KEY: ExitCode.NO_KEY, ApiProblem.MISSING_KEY: ExitCode.NO_KEY,
    ApiProblem.OFFLINE: ExitCode.NOT_REACHED, ApiProblem.RATE_LIMITED: ExitCode.NOT_REACHED,
    ApiProblem.UNANSWERED: ExitCode.NOT_REACHED, ApiProblem.SERVER: ExitCode.NOT_REACHED,
    ApiProblem.ODD_ANSWER: ExitCode.NOT_REACHED, ApiProblem.SLOW_DOWN: ExitCode.NOT_REACHED,
    ApiProblem.UPLOAD_UNSURE: ExitCode.NOT_REACHED, ApiProblem.UPLOAD_EXPIRED: ExitCode.NOT_REACHED,
}
_OPEN = frozenset({Stage.SENDING, Stage.UNKNOWN})
_TAKEN = frozenset({Phase.ACCEPTED, Phase.ADOPTED})
_PROMISE_NOTHING = frozenset({ExitCode.NO_ANSWER, ExitCode.STILL_RUNNING})  # of what was paid
_LOST = frozenset({Stage.REFUSED, Stage.FAILED})


def code_of_error(error: StudioError) -> ExitCode:
    """Return the exit code for an error that ends a command."""
    if isinstance(error, CommandError):
        return error.code
    if isinstance(error, ApiError):
        return _BY_PROBLEM.get(error.problem, ExitCode.REFUSED)
    by_kind = (
        (SecretsError, ExitCode.NO_KEY), (StoreError, ExitCode.BROKEN), (DatasetError, ExitCode.PHOTOS),
        (CancelledError, ExitCode.NOT_CONFIRMED),
    )
    return next((code for kind, code in by_kind if isinstance(error, kind)), ExitCode.BROKEN)


def code_of_run(run: Run, error: StudioError | None = None) -> ExitCode:
    """Return the exit code for a run as it is: what may be paid twice comes first."""
    if run.stage in _OPEN:
        return ExitCode.NO_ANSWER
    if run.stage in _LOST:
        return ExitCode.REFUSED
    if error is None:
        return ExitCode.DONE
    return ExitCode.PARTLY_DONE if run.phase in _TAKEN else code_of_error(error)


def after_paying(error: StudioError, words: str, *, practice: bool = False) -> CommandError:
    """Return the error of a command that has already paid for something, which `words` name.

    No code that promises that nothing was paid, and no "try again" of the service's errors.
    """
    code = code_of_error(error)
    advice = "" if isinstance(error, ApiError) else error.advice
    paid = () if practice else (words, _("Do not repeat the command: it would pay again."))
    return CommandError(
        code if code in _PROMISE_NOTHING else ExitCode.PARTLY_DONE, error.title, sentences(advice, *paid),
        error.detail,
    )


def after_sending(error: StudioError, runs: Iterable[Run], *, practice: bool = False) -> CommandError:
    """Return the error of a command that has sent these runs: NO_ANSWER while one of them has none."""
    sent = tuple(runs)
    if any(run.stage in _OPEN for run in sent):
        paid = _("A request has no answer yet and may be paid. It is not sent again.")
        advice = _("Nothing is sent again automatically.") if practice else paid
        return CommandError(ExitCode.NO_ANSWER, error.title, advice, error.detail)
    words = _("Sent, and counts as paid: {names}.").format(names=listed(run.name for run in sent))
    return after_paying(error, words, practice=practice)


def no_answer(name: str) -> CommandError:
    """Return the refusal of a run that may repeat another one, of this name, that has no answer yet."""
    error = no_answer_error(name)
    return CommandError(ExitCode.NO_ANSWER, error.title, error.advice)


def refuse(quote: TrainingQuote) -> None:
    """Raise CommandError when an order must not be started."""
    if quote.problems:
        raise CommandError(ExitCode.PHOTOS, quote.problems[0], " ".join(quote.problems[1:]))
    if quote.duplicates:
        raise no_answer(quote.duplicates[0])
    if quote.over:
        raise CommandError(ExitCode.OVER_BUDGET, quote.over[0], " ".join(quote.over[1:]))


def run_record(run: Run) -> dict[str, object]:
    """Return what programs read of a run. Names never change; new ones may come."""
    return {
        "run": run.run_id, "id": run.service_id, "name": run.name, "stage": run.stage.value,
        "phase": run.phase.value, "status": run.status, "error": run.error, "account": run.account_id,
        "created": iso(run.created_at), "changed": iso(run.changed_at), "sent": iso(run.sent_at),
        "photos": run.image_count, "dataset": run.dataset_name, "trigger_word": run.trigger_word,
        "cost": run.cost, "made_here": run.made_here, "slug": run.slug, "file": run.result_path,
    }
