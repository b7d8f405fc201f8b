"""The commands that use a finished model: download and try."""

from __future__ import annotations

import secrets
import time
from argparse import Namespace
from pathlib import Path
from uuid import uuid4

from segmind_studio.cli.errors import code_of_error
from segmind_studio.cli.exit_codes import ExitCode
from segmind_studio.cli.output import CommandError
from segmind_studio.cli.own_work import OwnWork
from segmind_studio.cli.session import Session
from segmind_studio.cli.training import fetch, work_of
from segmind_studio.core.budget import Bill, Budget, PurchaseKind
from segmind_studio.core.errors import StoreError
from segmind_studio.core.generated_images import GeneratedImage
from segmind_studio.core.image_requests import TryRequest
from segmind_studio.core.pricing import image_estimate, together
from segmind_studio.core.runs import Run
from segmind_studio.services.accounts.purchases import status_of_bill
from segmind_studio.services.images.image_worker import ImageMaker, ImageOrder
from segmind_studio.services.system.transfer_stop import TransferStop
from segmind_studio.store.file_names import safe_stem, write_without_overwriting
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.result_images import path_of
from segmind_studio.texts import _

_SEEDS = 2**31  # as the window draws them
_MOST = 100  # images of one command
_STRENGTHS, _SIDES = (0.0, 2.0), (64, 4096)


def download(given: Namespace, session: Session) -> ExitCode:
    """Download the model of a run."""
    work = work_of(session)
    run = session.run_named(given.run)
    if isinstance(work, OwnWork) and not run.ready:
        work.list_runs()
        run = session.run_named(given.run)
    if not run.ready and not run.weights_url:
        raise CommandError(
            ExitCode.STILL_RUNNING, _("“{name}” has no model yet.").format(name=run.name),
            _("To wait for it: segmind-studio runs --watch"),
        )
    fetch(session, work, run, given.to)
    return ExitCode.DONE


def try_model(given: Namespace, session: Session) -> ExitCode:
    """Make images, one after another, after the price was confirmed. The first that fails ends the command."""
    _check_values(given)
    work = work_of(session)
    if not isinstance(work, OwnWork):
        raise CommandError(ExitCode.BUSY, _("The app is open."), _("Make the picture there, in Try."))
    run = session.run_named(given.run)
    if not run.inference_api_url:
        work.list_runs()
        run = session.run_named(given.run)
    store = ImageStore(session.database)
    maker = ImageMaker(store, session.paths.results, _unseen)
    images = maker.load(session.account.account_id).images  # an earlier start may have left one without an answer
    _confirm(given, session, run, images)
    first = given.seed if given.seed is not None else secrets.randbelow(_SEEDS - given.count)
    given.to.expanduser().mkdir(parents=True, exist_ok=True)
    for number in range(given.count):
        request = TryRequest(
            run.run_id, given.prompt, first + number, given.strength, given.width, given.height,
            inference_api_url=run.inference_api_url, slug=run.slug,
        )
        _make(given, session, maker, run, request)
    return ExitCode.DONE


def _unseen(data: bytes) -> bytes:
    """Return the file as it is: nothing is shown here."""
    return data


def _check_values(given: Namespace) -> None:
    ranges = (
        (given.count, 1, _MOST, "--count"), (given.width, *_SIDES, "--width"), (given.height, *_SIDES, "--height"),
        (given.strength, *_STRENGTHS, "--strength"),
    )
    for value, least, most, option in ranges:
        if not least <= value <= most:
            raise CommandError(ExitCode.USAGE, _("{option} must be from {least} to {most}.").format(
                option=option, least=least, most=most,
            ))
    if not given.prompt.strip():
        raise CommandError(ExitCode.USAGE, _("The prompt is empty."))


def _confirm(given: Namespace, session: Session, run: Run, images: tuple[GeneratedImage, ...]) -> None:
    """Compare the images with the budget, then ask. CommandError when one of them forbids it."""
    account_id, practice = session.account.account_id, session.connection.practice
    bill = Bill((image_estimate(run.run_id, images, practice=practice),) * given.count, PurchaseKind.IMAGE)
    runs = session.journal.runs(account_id)
    status = status_of_bill(Budget.of(session.settings), bill, lambda: (runs, images), account_id)
    if status is not None and status.breaches:
        raise CommandError(ExitCode.OVER_BUDGET, status.breaches[0].text)
    cost = together(bill.costs, pictures=True)
    session.output.event("quote", account=session.account.name, price=cost.text, dollars=cost.dollars)
    question = _("“{account}” pays for {count} pictures: {price}.").format(
        account=session.account.name, count=given.count, price=cost.text,
    )
    if not (practice or given.yes) and not session.output.confirm(question):
        raise CommandError(ExitCode.NOT_CONFIRMED, _("Nothing was sent or paid."))


def _make(given: Namespace, session: Session, maker: ImageMaker, run: Run, request: TryRequest) -> None:
    row = request.generated(uuid4().hex, session.account.account_id, time.time())
    made = maker.make(ImageOrder(session.connection, request, row), TransferStop())
    if made.error is not None:
        code = ExitCode.NO_ANSWER if made.generated.may_be_paid else code_of_error(made.error)
        raise CommandError(code, made.error.title, made.error.advice, made.error.detail)
    kept = path_of(session.paths.results, made.generated)
    if kept is None:
        raise StoreError(_("The picture could not be saved."), _("Free some disk space."))
    folder: Path = given.to.expanduser()
    target = folder / f"{safe_stem(run.name, 'image')}-{request.seed}{kept.suffix}"
    path = write_without_overwriting(folder / f".{uuid4().hex}.part", target, kept.read_bytes())
    session.output.event(
        "image", run=run.run_id, name=run.name, seed=request.seed, path=str(path), cost=made.generated.cost,
    )
    session.output.line(str(path))
