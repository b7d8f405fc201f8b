"""How many photos and how large: every text of the app says the same."""

from __future__ import annotations

import re
from pathlib import Path

import segmind_studio
from segmind_studio.core.datasets import ADVISED_MAX_IMAGES, ADVISED_MIN_IMAGES, advised_images

NUMBERS = re.compile(
    r"\d+ to (?:\d+|\{\w*\}) (?:photos|images|are|good|advised)|[Mm]ore than \d+ (?:photos|are)"
    r"|(?:below|least) \d+ pixels",
)


def test_the_range_is_made_of_the_limits():
    assert f"{ADVISED_MIN_IMAGES} to {ADVISED_MAX_IMAGES}" == advised_images()


def test_no_text_has_a_number_of_its_own():
    found = [
        (path.name, line)
        for path in Path(segmind_studio.__file__).parent.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if NUMBERS.search(line.partition("  #")[0])
    ]
    assert found == []
