"""The caller of an order: what the desks answer with, and how an error travels to the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from segmind_studio.core.errors import ApiError, CancelledError, DatasetError, StoreError, StudioError
from segmind_studio.texts import _


class StartingError(StudioError):
    """The window cannot take the order yet; the caller tries again."""


class MayBePaidError(StudioError):
    """A request got no answer, and may have been paid."""


def no_answer_error(name: str) -> MayBePaidError:
    """Return the error that a run may repeat another one, of this name, that has no answer yet."""
    return MayBePaidError(
        _("“{name}” has no answer yet. It may have started.").format(name=name),
        _("Nothing was sent. Wait until it is found: segmind-studio runs. To send it again, use the window."),
    )


class OrderCaller(Protocol):
    """The other end of an order; see `single_instance.OrderCall`."""

    @property
    def message(self) -> Mapping[str, object]:
        """Return the order."""
        ...

    @property
    def present(self) -> bool:
        """Return whether the caller still waits for answers."""
        ...

    def answer(self, event: Mapping[str, object], *, last: bool = False) -> None:
        """Send a line; nothing is sent once the caller is gone."""
        ...


def error_event(error: StudioError, kind: str = "busy") -> dict[str, object]:
    """Return an error as the last event of an order; `kind` is for one that has no kind of its own."""
    kinds = (
        (DatasetError, "photos"), (StartingError, "starting"), (CancelledError, "cancelled"),
        (MayBePaidError, "may-be-paid"), (StoreError, "disk"),
    )
    if isinstance(error, ApiError):
        kind = error.problem.value
    kind = next((word for known, word in kinds if isinstance(error, known)), kind)
    return {
        "event": "error",
        "error": {"title": error.title, "advice": error.advice, "detail": error.detail, "kind": kind},
    }
