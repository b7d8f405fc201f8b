"""What segmind-studio-cli.exe runs: the command line, as a program that is its own interpreter."""

import sys

sys.__dict__["frozen"] = True  # processes of the app are started as this program, see child_command
sys.argv[0] = "segmind-studio-cli"

from segmind_studio.__main__ import main  # noqa: E402  # it may look for that

sys.exit(main())
