"""The practice service's process for one command, without Qt; `practice_host.py` is the window's owner of it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from threading import Timer
from typing import BinaryIO, cast

from segmind_studio.core.accounts import ApiKey, Connection
from segmind_studio.core.errors import StudioError
from segmind_studio.practice.channel import Begin, NotStarted, Ready, line_of, report_of
from segmind_studio.services.accounts.account_values import ENVIRONMENT_NAME, PRACTICE_ACCOUNT
from segmind_studio.services.system.own_program import child_command, python_path
from segmind_studio.texts import LANGUAGE_VARIABLE, _, used_language

SWITCH = "--practice-service"
START_WITHIN_S = 30.0
END_WITHIN_S = 8.0  # it gives its own work five seconds


class PracticeProcess:
    """Start the service for the runs in `folder`, and end it. It also ends when this process is killed."""

    def __init__(self, folder: Path, speed: float) -> None:
        self._folder = folder
        self._speed = speed
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Connection:
        """Return the way to the service. Blocks until it listens; StudioError when it does not start."""
        environment = {name: value for name, value in os.environ.items() if name != ENVIRONMENT_NAME}
        environment["PYTHONPATH"] = python_path()
        environment[LANGUAGE_VARIABLE] = used_language()
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        try:
            self._process = subprocess.Popen(  # noqa: S603  # our own program
                child_command(SWITCH), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env=environment, creationflags=flags,
            )
        except OSError as error:
            raise _not_started(str(error)) from error
        patience = Timer(START_WITHIN_S, self._process.kill)
        patience.daemon = True
        patience.start()
        try:
            return self._connection()
        except OSError as error:
            raise _not_started(str(error)) from error
        finally:
            patience.cancel()

    def _connection(self) -> Connection:
        process = cast("subprocess.Popen[bytes]", self._process)
        orders, reports = cast("BinaryIO", process.stdin), cast("BinaryIO", process.stdout)
        orders.write(line_of(Begin(str(self._folder), self._speed)))
        orders.flush()
        for line in reports:
            match report_of(line):
                case Ready(api=api, key=key):
                    return Connection(PRACTICE_ACCOUNT, api, api, ApiKey(key), self._speed)
                case NotStarted(title=title, advice=advice, detail=detail):
                    raise StudioError(title, advice, detail)
                case _:
                    continue
        raise _not_started("")

    def stop(self) -> None:
        """End it, and wait for that."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            process.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _not_started(detail: str) -> StudioError:
    return StudioError(_("The practice service did not start."), _("Try again."), detail)
