"""The commands that read: runs, show, export and account."""

from __future__ import annotations

import os
import shlex
import subprocess
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path

from segmind_studio.api.client import SegmindClient
from segmind_studio.cli.errors import code_of_error, run_record
from segmind_studio.cli.exit_codes import ExitCode
from segmind_studio.cli.own_work import OwnWork
from segmind_studio.cli.parser import PROGRAM
from segmind_studio.cli.session import SHORT_ID, Session
from segmind_studio.cli.training import watch, work_of
from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID, AccountKind, shown_name
from segmind_studio.core.errors import StudioError
from segmind_studio.core.form import body_text
from segmind_studio.core.runs import ENDED_STAGES, Run, Stage
from segmind_studio.formats import exact_time, money
from segmind_studio.services.runs.page_steps import SUFFIX as PAGE_SUFFIX
from segmind_studio.services.runs.page_steps import export_page, page_target
from segmind_studio.services.runs.sheet_steps import export_sheet, sheet_target
from segmind_studio.store.sheets import iso
from segmind_studio.texts import _
from segmind_studio.ui.runs.page_words import entry_word, page_order
from segmind_studio.ui.runs.stages import OF_THE_CREDITS, happening, service_text, status_word, to_do


def runs(given: Namespace, session: Session) -> ExitCode:
    """List the account's runs, after the service was asked; with --watch follow those that are not finished."""
    code = ExitCode.DONE
    if given.offline:
        session.claim()
    else:
        work = work_of(session)
        _used = session.account  # without one nothing can be shown
        if isinstance(work, OwnWork):
            try:
                work.list_runs()
            except StudioError as error:  # what is stored here is shown all the same
                code = code_of_error(error)
                session.output.error(error, code)
        if given.watch and code is ExitCode.DONE:
            _print_runs(session, _stored(session))
            watch(session.output, work, [run for run in _stored(session) if run.active], only_shown=True)
            return ExitCode.DONE
    _print_runs(session, _stored(session))
    return code


def _stored(session: Session) -> tuple[Run, ...]:
    return session.journal.runs(session.account.account_id)


def _print_runs(session: Session, found: tuple[Run, ...]) -> None:
    for run in found:
        session.output.event("run", **run_record(run))
    if not found:
        session.output.note(_("There are no runs in “{account}”.").format(account=shown_name(session.account)))
    session.output.table(
        (_("Name"), _("State"), _("Started"), _("Cost"), _("Id")),
        [
            (run.name, status_word(run), exact_time(run.created_at), money(run.cost) if run.cost else "",
             run.run_id[:SHORT_ID])
            for run in found
        ],
    )


def show(given: Namespace, session: Session) -> ExitCode:
    """Print all that is stored of one run."""
    session.claim()
    run = session.run_named(given.run)
    timeline = session.journal.timeline(run.run_id)
    output = session.output
    output.event(
        "run", **run_record(run), body=dict(run.body),
        timeline=[{"at": iso(entry.at), "what": entry.what, "detail": entry.detail} for entry in timeline],
    )
    output.line(f"{run.name}  {run.run_id}")
    output.line(f"{status_word(run)}. {happening(run)}")
    for words in (service_text(run), *what_next(run, _commands_of(run, session)), run.result_path):
        if words:  # the first ones belong together
            output.line(words)
    if run.body:
        output.line(body_text(run.body))
    output.table(
        (_("Time"), _("State"), ""),
        [(exact_time(entry.at), entry_word(entry.what), entry.detail) for entry in timeline],
    )
    return ExitCode.DONE


def _commands_of(run: Run, session: Session) -> Callable[[str], str]:
    """Return how a command for this run is typed, with the account, address and folder that were asked for."""
    given = session.given
    options: list[str] = ["--practice"] if given.practice else []
    for option, value in (
        ("--account", given.account), ("--api-url", given.api_url), ("--data-dir", given.data_dir),
    ):
        options += [option, str(value)] if value else []
    quoted = subprocess.list2cmdline if os.name == "nt" else shlex.join
    return lambda name: quoted([PROGRAM, *name.format(run=run.run_id[:SHORT_ID]).split(), *options])


def what_next(run: Run, command: Callable[[str], str]) -> Sequence[str]:
    """Return the advice of the window's inspector as commands, a line each; `command` completes a name."""
    looking = _("To look again: {command}"), "runs"
    words = ""
    ways: tuple[tuple[str, str], ...] = ()
    if run.vanished:
        ways = (looking,)
        if run.stage not in ENDED_STAGES and run.account_id != PRACTICE_ACCOUNT_ID:
            words = _("It may still be training, and a second run would be paid too.")
    elif run.stage in {Stage.PREPARING, Stage.UPLOADING}:
        words = _("It can be stopped where it was started, and continued later.")
    elif run.stage is Stage.INTERRUPTED:
        ways = (_("To continue it: {command}"), "continue {run}"), (_("To give it up: {command}"), "give-up {run}")
    elif run.stage is Stage.UNKNOWN:
        words, ways = _("Nothing is sent again automatically."), (looking,)
    elif run.stage is Stage.REFUSED and not run.retired and run.problem not in OF_THE_CREDITS:
        words = _("Correct the values, then start it again.")
    elif run.active and run.stage is not Stage.SENDING:
        words = _("Training continues without this program and can take hours.")
        ways = ((_("To wait for it: {command}"), "runs --watch"),)
    elif run.stage is Stage.READY:
        ways = (
            (_("To make pictures with it: {command}"), "try {run} --prompt TEXT"),
            (_("To download its weights: {command}"), "download {run}"),
        )
    else:
        words = to_do(run)
    return (words, *(text.format(command=command(name)) for text, name in ways))


def export(given: Namespace, session: Session) -> ExitCode:
    """Write a run's sheet or page; an existing file is never replaced."""
    session.claim()
    run = session.run_named(given.run)
    wanted: Path = given.to.expanduser()
    folder = wanted.is_dir()
    if given.page or (wanted.suffix.lower() == PAGE_SUFFIX and not folder):
        order = page_order(run, page_target(run, wanted) if folder else wanted)
        path = export_page(session.database, session.paths.results, order, session.known_secrets)
    else:
        target = sheet_target(run, wanted) if folder else wanted
        path = export_sheet(session.database, run.run_id, target, session.known_secrets).path
    session.output.event("exported", run=run.run_id, name=run.name, path=str(path))
    session.output.line(str(path))
    return ExitCode.DONE


def account(given: Namespace, session: Session) -> ExitCode:
    """Print which account is used, where its key is kept, and the balance; never the key."""
    del given
    session.claim()
    used, output = session.account, session.output
    practice = used.kind is AccountKind.PRACTICE
    place = session.key_place()
    in_window = not (session.owns or place.key) and (practice or session.of_window)  # its key, or practice itself
    output.line(_("Account: {name}").format(name=shown_name(used)))
    known = place.key or practice or in_window
    output.line(_("Key: {where}").format(where=place.where if known else _("not set")))
    if in_window:
        balance = None
    else:
        with SegmindClient(session.connection) as client:
            balance = client.credits().total
        output.line(_("Balance: {amount}").format(amount=money(balance) if balance is not None else _("unknown")))
    output.event(
        "account", name=used.name, account=used.account_id, practice=practice, address=used.address,
        key_kept_in=used.kept_in.value, balance=balance,
    )
    return ExitCode.DONE
