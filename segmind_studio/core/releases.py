"""A version of the app that was published."""

from __future__ import annotations

import re

from segmind_studio.record import record

_NUMBER = re.compile(r"[0-9]{1,9}")


@record
class Release:
    """The newest version; `page` is an https address that describes it, "" when none was given."""

    version: str
    page: str = ""

    def is_newer_than(self, version: str) -> bool:
        """Compare by the numbers."""
        return _numbers(self.version) > _numbers(version)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(digits) for digits in _NUMBER.findall(version))
