"""The entry point where the program of the window has no console, as on Windows: `segmind-studio-cli`."""

from __future__ import annotations

import sys

from segmind_studio.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
