"""The caller of an order: what the desks answer with, and how an error travels to the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from segmind_studio.core.errors import ApiError, CancelledError, DatasetError, StoreError, StudioError


class StartingError(StudioError):
    """The window cannot take the order yet; the caller tries again."""


class MayBePaidError(StudioError):
    """A request got no answer, and may have been paid."""


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
