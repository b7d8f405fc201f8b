"""Keep exceptions of our overrides out of Qt: an error in a model or a paint event must not end the app."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

_log = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")
NOTHING: object = None  # the value of a model without an answer


def guarded(instead: R) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator for what Qt calls many times over: it logs the first exception and returns `instead`.

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
            except Exception:  # noqa: BLE001  # Qt calls this: it is logged, and the value is missing
                if not told:
                    told = True
                    _log.error("%s broke:\n%s", override.__qualname__, traceback.format_exc())  # see above
                return instead

        return call

    return guard
