"""The commands that use a finished model: download and try."""

from __future__ import annotations

import secrets
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from segmind_studio.cli.errors import after_paying
from segmind_studio.cli.exit_codes import ExitCode
from segmind_studio.cli.output import CommandError
from segmind_studio.cli.own_work import OwnWork
from segmind_studio.cli.session import Session
from segmind_studio.cli.training import confirm_purchase, fetch, work_of
from segmind_studio.core.errors import StoreError, StudioError
from segmind_studio.core.runs import Run
from segmind_studio.services.runs.purchase_orders import PictureMade, PictureOrder
from segmind_studio.store.file_names import safe_stem, write_without_overwriting
from segmind_studio.texts import _, ngettext

_SEEDS = 2**31 - 1000  # the window draws below 2**31, and a command takes the next ones too


def download(given: Namespace, session: Session) -> ExitCode:
    """Download the model of a run."""
    work = work_of(session)
    run = session.run_named(given.run)
    if isinstance(work, OwnWork) and not run.ready:
        work.list_runs()
        run = session.run_named(given.run)
    if not run.ready and not run.weights_url:
        raise _no_model(run)
    fetch(session, work, run, given.to)
    return ExitCode.DONE


def try_model(given: Namespace, session: Session) -> ExitCode:
    """Make images, one after another, after the price was confirmed. The first that fails ends the command."""
    first = given.seed if given.seed is not None else secrets.randbelow(_SEEDS)
    order = PictureOrder("", given.prompt, first, given.count, given.strength, given.width, given.height)
    if order.problem:
        raise CommandError(ExitCode.USAGE, order.problem)
    work = work_of(session)
    run = session.run_named(given.run)
    if isinstance(work, OwnWork) and not run.inference_api_url:
        work.list_runs()
        run = session.run_named(given.run)
    order = replace(order, run_id=run.run_id)
    if not next(order.requests(run)).call[0]:
        raise _no_model(run)
    quote = work.quote_pictures(order)
    question = _("“{account}” pays for {count} pictures: {price}.").format(
        account=quote.account, count=order.count, price=quote.price,
    )
    confirm_purchase(given, session, quote, question)
    folder: Path = given.to.expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    try:
        for count, made in enumerate(work.make_pictures(order, run), 1):  # noqa: B007  # counts what was paid
            path = _saved(made, folder, f"{safe_stem(run.name, 'image')}-{made.seed}")
            session.output.event(
                "image", run=run.run_id, name=run.name, seed=made.seed, path=str(path), cost=made.cost,
            )
            session.output.line(str(path))
    except StudioError as error:
        if not count:
            raise
        words = ngettext("{count} picture was made and paid.", "{count} pictures were made and paid.", count)
        raise after_paying(error, words.format(count=count), practice=quote.practice) from error
    return ExitCode.DONE


def _saved(made: PictureMade, folder: Path, stem: str) -> Path:
    """Copy a picture out of the app's folder, under a free name. StoreError: it stays there then."""
    target = folder / f"{stem}{made.kept.suffix}"
    try:
        return write_without_overwriting(folder / f".{uuid4().hex}.part", target, made.kept.read_bytes())
    except OSError as error:
        raise StoreError(
            _("“{name}” could not be saved.").format(name=target.name),
            _("The picture is made and paid; it is in Try, and at {path}.").format(path=made.kept),
            error.strerror or str(error),
        ) from error


def _no_model(run: Run) -> CommandError:
    return CommandError(
        ExitCode.STILL_RUNNING, _("“{name}” has no model yet.").format(name=run.name),
        _("To wait for it: segmind-studio runs --watch"),
    )
