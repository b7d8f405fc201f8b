"""HTTP to Segmind and to its storage: requests out, decoded values in, foreign errors turned into ours."""

from __future__ import annotations

import sys
from typing import Any, cast

# Where click is installed, httpx imports a command line of its own, with rich and pygments: a hundred modules and
# 9 MB that nothing here uses. None makes that one import fail, as Python documents, and httpx goes without it.
cast("dict[str, Any]", sys.modules).setdefault("httpx._main", None)
