"""How the first steps stand, read from the services' values. Pure words, no widget."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from segmind_studio.core.accounts import AccountKind
from segmind_studio.core.datasets import ADVISED_IMAGES, Dataset
from segmind_studio.core.runs import Run
from segmind_studio.services.accounts import AccountsState, KeyringState
from segmind_studio.ui.start.checklist import StepState


def service_step(state: AccountsState) -> StepState:
    """Tell whether there is a service to talk to."""
    practice = state.current.kind is AccountKind.PRACTICE
    if state.connection is not None and practice:
        return StepState(True, _tr("You are on the practice service: everything works and nothing is paid."))
    if state.connection is not None:
        return StepState(True, _tr("Connected as {0}.").format(state.current.name))
    if practice:
        return StepState(False, _tr("The practice service is starting…"))
    if state.elsewhere:
        words = _tr("The key of {0} is for another address: see Settings.")
        return StepState(False, words.format(state.current.name))
    if state.keyring in {KeyringState.UNASKED, KeyringState.WAITING}:
        return StepState(False, _tr("Waiting for the keyring to give the key of {0}…").format(state.current.name))
    return StepState(False, _tr("There is no key for {0} in this session.").format(state.current.name))


def photos_step(dataset: Dataset) -> StepState:
    """Tell whether there are photos."""
    count = len(dataset.used)
    if count:
        photos = _tr("1 photo") if count == 1 else _tr("{0} photos").format(count)
        return StepState(True, _tr("“{name}” has {photos}.").format(name=dataset.name, photos=photos))
    words = _tr("{0} good ones are enough. Drop them anywhere in this window.")
    return StepState(False, words.format(ADVISED_IMAGES))


def run_step(runs: Iterable[Run]) -> StepState:
    """Tell whether anything was ever sent or found."""
    if any(run.service_id or run.sent_at is not None for run in runs):
        return StepState(True, _tr("It is on the Runs page."))
    return StepState(False, _tr("You see what it costs and who will see it before anything is sent."))


def _tr(text: str) -> str:
    return QCoreApplication.translate("steps", text)
