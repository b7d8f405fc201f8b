"""The commands that start runs or end their sending: train, continue, give-up; and check."""

from __future__ import annotations

import tempfile
import time
from argparse import Namespace
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from segmind_studio.cli.errors import after_sending, code_of_run, no_answer, refuse, run_record
from segmind_studio.cli.exit_codes import ExitCode
from segmind_studio.cli.output import Advance, CommandError, Output
from segmind_studio.cli.own_work import OwnWork
from segmind_studio.cli.parser import values_of
from segmind_studio.cli.session import Session
from segmind_studio.cli.window_work import WindowWork
from segmind_studio.core.check_reasons import with_reasons
from segmind_studio.core.datasets import Dataset, Finding, Severity
from segmind_studio.core.errors import StudioError
from segmind_studio.core.form import body_text
from segmind_studio.core.picture_findings import parts_remark
from segmind_studio.core.runs import Run, Stage
from segmind_studio.dataset.damage import LookKey
from segmind_studio.formats import bytes_text
from segmind_studio.services.datasets.full_look_pool import PlainLooks
from segmind_studio.services.runs.purchase_orders import PurchaseQuote
from segmind_studio.services.runs.training_order import TrainingOrder, TrainingQuote, measured, read_photos
from segmind_studio.store.paths import app_paths
from segmind_studio.texts import _, ngettext, stored
from segmind_studio.ui.runs.stages import service_text, status_word  # Qt-free: the words of the window
from segmind_studio.ui.train.suggestions import suggested_name, suggested_prompt

Work = OwnWork | WindowWork
_NAMED = 5  # files of a finding


def work_of(session: Session) -> Work:
    """Return who does the work: this process, or the window that has the data folder."""
    return OwnWork(session) if session.claim() or not _window_listens(session) else WindowWork(session)


def _window_listens(session: Session) -> bool:
    """Wait for the folder where no window answers: another command may have it for a moment."""
    if WindowWork(session).listens():
        return True
    if session.claim(must=True):
        return False
    raise CommandError(
        ExitCode.BUSY, _("Another Segmind Studio uses the data folder and does not respond."),
        _("Its process is {holder}.").format(holder=session.holder) if session.holder else "",
    )


def train(given: Namespace, session: Session) -> ExitCode:
    """Quote, ask, start, wait, download."""
    values = values_of(given)
    paths = tuple(path.expanduser().absolute() for path in given.paths)
    for path in paths:
        if not path.exists():
            raise CommandError(ExitCode.PHOTOS, _("{path} does not exist.").format(path=path))
    values.setdefault("name", suggested_name(paths[0].stem if paths else "") or "")
    prompt = suggested_prompt(str(values.get("theme", "")), str(values.get("trigger_word", "TOK")))
    values.setdefault("instance_prompt", prompt)
    work = work_of(session)
    quote = work.quote(TrainingOrder(paths, values), ask=not given.dry_run)
    _show_quote(session.output, quote, request=given.dry_run)
    refuse(quote)
    if given.dry_run:
        return ExitCode.DONE
    if not (quote.practice or given.yes) and not session.output.confirm(_question(quote)):
        raise CommandError(ExitCode.NOT_CONFIRMED, _("Nothing was sent or paid."))
    return _carry_out(given, session, work, work.start(), practice=quote.practice)


def _show_quote(output: Output, quote: TrainingQuote, *, request: bool) -> None:
    output.event("quote", **quote.message())
    photos = ngettext("{count} photo", "{count} photos", quote.photos).format(count=quote.photos)
    captions = ngettext("{count} caption", "{count} captions", quote.captions).format(count=quote.captions)
    output.note(f"{photos}, {captions}, {bytes_text(quote.size)}")
    for words in quote.skipped:
        output.note(_("not sent: {words}").format(words=words))
    for words in quote.warnings:
        output.note(_("warning: {words}").format(words=words))
    if request:
        output.line(body_text(quote.body))
    words = _("{account} pays {price}. {source}").format(
        account=quote.account, price=quote.price, source=quote.price_source,
    )
    output.note(quote.price_source if quote.practice else words)


def _question(quote: TrainingQuote) -> str:
    return _("“{account}” pays {price}.").format(account=quote.account, price=quote.price)


def _carry_out(
    given: Namespace, session: Session, work: Work, sent: Iterable[tuple[Run, StudioError | None]], *,
    practice: bool,
) -> ExitCode:
    """Report what was sent, then wait and download as the command line says. Return the worst code.

    What fails after the sending ends with no code that promises that nothing was paid.
    """
    download: Path | None = getattr(given, "download", None)
    code = ExitCode.DONE
    going: list[Run] = []
    for run, error in sent:
        session.output.event("sent", run=run_record(run))
        session.output.line(f"{run.name}: {status_word(run)}")
        ended = code_of_run(run, error)
        if ended is ExitCode.DONE or ended is ExitCode.NO_ANSWER:
            going.append(run)
        if error is not None:
            session.output.error(error, ended)
        code = max(code, ended)
    if not going or not (given.wait or download):
        return code
    until = time.monotonic() + given.timeout * 60 if given.timeout else None
    ends = tuple(going)
    try:
        ends = watch(session.output, work, going, until)
        for run in ends:
            if run.ready and download is not None:
                fetch(session, work_of(session), run, download)  # a window may have come or gone meanwhile
    except StudioError as error:
        raise after_sending(error, ends, practice=practice) from error
    return max((code_of_run(run) for run in ends), default=code)


def watch(
    output: Output, work: Work, runs: Iterable[Run], until: float | None = None, *, only_shown: bool = False,
) -> tuple[Run, ...]:
    """Print each change of these runs until they have ended; return them as they are then.

    What is `only_shown` ends with its reader.
    """
    seen = {run.run_id: status_word(run) for run in runs}
    last: tuple[Run, ...] = ()
    for now in work.follow(tuple(seen), until):
        last = now
        for run in now:
            words = status_word(run)
            if seen[run.run_id] != words:
                seen[run.run_id] = words
                output.event("status", run=run_record(run))
                output.line(f"{run.name}: {words}")
                if said := service_text(run):
                    output.line(said)
        if only_shown and output.lost:
            break
    return last


def fetch(session: Session, work: Work, run: Run, folder: Path) -> None:
    """Download a run's model and report the file."""
    done = work.download(run, folder.expanduser())
    path = done if isinstance(done, Path) else done.path
    session.output.event("downloaded", run=run.run_id, name=run.name, path=str(path))
    session.output.line(str(path))


def resume(given: Namespace, session: Session) -> ExitCode:
    """Continue a run that was interrupted; what it costs is asked as for a new one."""
    work = work_of(session)
    if isinstance(work, OwnWork):
        work.list_runs()
    run = session.run_named(given.run)
    if run.stage is not Stage.INTERRUPTED:
        words = _("“{name}” cannot be continued: {state}.").format(name=run.name, state=status_word(run))
        raise CommandError(ExitCode.USAGE, words)
    quote = work.quote_continuing(run)
    question = _("“{account}” pays {price}.").format(account=quote.account, price=quote.price)
    confirm_purchase(given, session, quote, question)
    return _carry_out(given, session, work, work.resume(run), practice=quote.practice)


def confirm_purchase(given: Namespace, session: Session, quote: PurchaseQuote, question: str) -> None:
    """Report a price, and ask. CommandError when the budget or the answer forbids it."""
    session.output.event(
        "quote", account=quote.account, practice=quote.practice, price=quote.price, dollars=quote.dollars,
        warnings=list(quote.warnings),
    )
    for words in quote.warnings:
        session.output.note(_("warning: {words}").format(words=words))
    if quote.duplicates:
        raise no_answer(quote.duplicates[0])
    if quote.over:
        raise CommandError(ExitCode.OVER_BUDGET, quote.over[0], " ".join(quote.over[1:]))
    if not (quote.practice or given.yes) and not session.output.confirm(question):
        raise CommandError(ExitCode.NOT_CONFIRMED, _("Nothing was sent or paid."))


def abandon(given: Namespace, session: Session) -> ExitCode:
    """Give up a run that was not sent."""
    work = work_of(session)
    work.give_up(session.run_named(given.run))
    run = session.run_named(given.run)
    session.output.event("run", run=run_record(run))
    session.output.line(f"{run.name}: {status_word(run)}")
    return ExitCode.DONE


def check(given: Namespace, session: Session) -> ExitCode:
    """Decode the photos, measure the package, print the findings."""
    output = session.output
    with tempfile.TemporaryDirectory(prefix="segmind-studio-") as aside:  # for what is unpacked or converted
        folders = app_paths(Path(aside))
        folders.create()
        with output.progress(_("Reading photos")) as advance:
            dataset, report = read_photos(
                (path.expanduser() for path in given.paths), folders,
                progress=lambda step: advance(step.looked_at, None),
            )
        with output.progress(_("Checking photos")) as advance:
            dataset = _looked_at(dataset, advance)
        with output.progress(_("Checking photos")) as advance:
            dataset, info = measured(
                dataset, folders, session.options, given.trigger_word, most=len(dataset.photos),
                progress=lambda done: advance(done, len(dataset.used)),
            )
    names = {photo.photo_id: photo.path.name for photo in dataset.photos}
    output.event("package", photos=info.image_count, captions=info.caption_count, size=info.size)
    photos = ngettext("{count} photo", "{count} photos", info.image_count).format(count=info.image_count)
    output.line(f"{photos}, {bytes_text(info.size)}")
    unusable = [(photo.path.name, photo.problem) for photo in dataset.photos if photo.problem]
    for name, reason in (*unusable, *report.skipped):
        output.event("skipped", file=name, reason=reason)
        output.line(_("not used: {name}: {reason}").format(name=name, reason=reason))
    for finding in with_reasons(info.findings, str(values_of(given).get("theme", ""))):
        files = [names[photo_id] for photo_id in finding.photo_ids if photo_id in names]
        output.event(
            "finding", check=finding.check, severity=finding.severity.value, text=finding.text,
            advice=finding.advice, files=files,
        )
        output.line(_finding_words(finding))
        named = files[:_NAMED] if len(files) < len(dataset.photos) else []
        for name in (*named, *(("…",) if named and len(files) > _NAMED else ())):
            output.line(f"    {name}")
    if remark := parts_remark(info.image_count):
        output.note(remark)
    must = any(finding.severity is Severity.MUST for finding in info.findings)
    return ExitCode.PHOTOS if must or not info.image_count else ExitCode.DONE


def _finding_words(finding: Finding) -> str:
    words = f"{finding.text} {finding.advice}".rstrip()
    if finding.severity is Severity.MUST:
        title = _("Must fix")
        return f"{title}: {words}"
    return _("warning: {words}").format(words=words) if finding.severity is Severity.SHOULD else words


def _looked_at(dataset: Dataset, advance: Advance) -> Dataset:
    """Decode each photo completely; return the dataset with the problems that this found."""
    used = dataset.used
    keys = [LookKey(str(photo.path), photo.size, photo.mtime_ns) for photo in used]
    looks = PlainLooks().look_all(keys, advance, lambda: False)
    damaged = ((photo, look) for photo, look in zip(used, looks, strict=True) if look.problem)
    return dataset.with_photos(tuple(replace(photo, problem=stored(look.problem)) for photo, look in damaged))
