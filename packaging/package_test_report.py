"""What a test of a package found, as lines; the screen of its programs, and pictures. Standard library only."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Sequence

from python_environment import ROOT

SEEN = ROOT / "build" / "package-test"
SESSION = (sys.executable, str(ROOT / "packaging" / "desktop_session.py"), "--bare", "--size", "1600x1000", "--")
SELF_TEST_S = 300
# Shell functions. xdotool ends with an error when a window goes away while it looks, so it is asked again;
# and between two pictures a change may be missed, but not in three seconds.
STILL = """
shown() {  # wait for so many windows; the other words are for xdotool
  wanted=$1; tries=0; shift
  while [ "$(xdotool search --onlyvisible "$@" 2>/dev/null | wc -l)" -lt "$wanted" ]; do
    [ $((tries += 1)) -lt 180 ] || return 1
    sleep 1
  done
}
still() {  # take pictures until three in a row are the same; without the status bar, where ages are told
  before=; same=0; tries=0
  while [ $same -lt 3 ]; do
    [ $((tries += 1)) -lt 30 ] || return 1
    sleep 1; maim --hidecursor --geometry 1600x880+0+0 "$1"; now=$(cksum <"$1")
    if [ "$now" = "$before" ]; then same=$((same + 1)); else same=0; fi
    before=$now
  done
}
"""


class Report:
    """What was checked, as lines; the exit code is 0 when all of it holds."""

    def __init__(self) -> None:
        self._failed: list[str] = []

    def tell(self, holds: bool, words: str) -> None:  # noqa: FBT001  # it reads as "tell that"
        """Print a line, and keep it when it does not hold."""
        print(f"{'passed' if holds else 'FAILED'}  {words}", flush=True)
        if not holds:
            self._failed.append(words)

    def run(self, words: str, command: Sequence[str], *, limit_s: float = 900) -> bool:
        """Run a command; what it says is shown when it fails, and kept in `SEEN`."""
        log = SEEN / f"{''.join(c if c.isalnum() else '-' for c in words.lower())[:60]}.log"
        try:
            done = subprocess.run(
                list(command), input="", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,  # Wine wants pipes
                text=True, errors="replace", check=False, timeout=limit_s,
            )
            said, holds = done.stdout, done.returncode == 0
        except subprocess.TimeoutExpired:
            said, holds = f"It did not end within {limit_s} s", False
        log.write_text(f"{shlex.join(command)}\n\n{said}", encoding="utf-8")
        if not holds:
            print(said[-4000:], flush=True)
        self.tell(holds, words)
        return holds

    def end(self) -> int:
        """Print what failed; returns the exit code."""
        print("\n".join(["", "Failed:", *self._failed]) if self._failed else "\nAll of it holds.")
        return 1 if self._failed else 0
