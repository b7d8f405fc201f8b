"""Keep exceptions of our overrides out of Qt: what a model or a painting breaks on must not end the app."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

_log = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")
NOTHING: object = None  # what a model gives where there is no answer


def guarded(instead: R) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator for what Qt calls many times over: it logs the first exception and gives `instead`.

    Within a call from Python (a grab, a selection, a show), PySide keeps the exception of an override until that
    call returns. Qt meanwhile goes on to call other overrides, and the second exception ends the process with
    a segmentation fault. The log has the text, not the exception: that would keep a painter alive.
    """
    def guard(override: Callable[P, R]) -> Callable[P, R]:
        told = False

        @wraps(override)
        def call(*arguments: P.args, **named: P.kwargs) -> R:
            nonlocal told
            try:
                return override(*arguments, **named)
            except Exception:  # noqa: BLE001  # the border to Qt: it is logged, and what is shown is missing
                if not told:
                    told = True
                    _log.error("%s broke:\n%s", override.__qualname__, traceback.format_exc())  # see above
                return instead

        return call

    return guard
