"""The exit codes of the command line, and what each means. They never change: scripts depend on them.

Kept apart: the help, the man page and the README list them, and `main.py` returns them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

from segmind_studio.texts import N_, Text


class ExitCode(IntEnum):
    """What a command ended with."""

    DONE = 0
    BROKEN = 1
    USAGE = 2
    NOT_CONFIRMED = 3
    OVER_BUDGET = 4
    NO_ANSWER = 5
    NO_KEY = 6
    REFUSED = 7
    NOT_REACHED = 8
    PHOTOS = 9
    BUSY = 10
    STILL_RUNNING = 11
    PARTLY_DONE = 12
    CANCELLED = 130


MEANINGS: Mapping[ExitCode, Text] = MappingProxyType({
    ExitCode.DONE: N_("Done."),
    ExitCode.BROKEN: N_("The command failed: a disk error, or an error in the program."),
    ExitCode.USAGE: N_("The command line is invalid, or the run does not exist."),
    ExitCode.NOT_CONFIRMED: N_("Nothing was paid: the price was not confirmed."),
    ExitCode.OVER_BUDGET: N_("Nothing was paid: your budget does not allow it."),
    ExitCode.NO_ANSWER: N_("A request has no answer yet and may be paid. It is not sent again."),
    ExitCode.NO_KEY: N_("No key, the keyring is locked, or the service rejects the key."),
    ExitCode.REFUSED: N_("The service refused, or the training failed."),
    ExitCode.NOT_REACHED: N_("The service could not be reached, or asks to wait. Nothing was paid."),
    ExitCode.PHOTOS: N_("The photos or the values cannot be used like this."),
    ExitCode.BUSY: N_("Another Segmind Studio uses the data folder, and does not respond or uses another "
                      "account."),
    ExitCode.STILL_RUNNING: N_("The waiting time is over; the run continues."),
    ExitCode.PARTLY_DONE: N_("The command failed after a run was sent or a picture was made. Do not repeat it."),
    ExitCode.CANCELLED: N_("Interrupted by Ctrl+C."),
})
