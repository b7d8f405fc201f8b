"""The command line: the options of the app, read before any slow import. Texts are in the language in use."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from segmind_studio import __version__
from segmind_studio.core.accounts import checked_api_url
from segmind_studio.core.errors import StudioError
from segmind_studio.core.file_uris import local_path
from segmind_studio.record import record
from segmind_studio.texts import _, sentences

PLACES = ("start", "data", "train", "runs", "try", "settings")
NEW_DATASET = "new-dataset"
SAMPLE = "sample"
CONSOLE_PROGRAM = "segmind-studio-cli"  # another name of the program, that takes commands only
COMMANDS = frozenset({  # of the command line without a window, see `cli.parser`
    "train", "check", "runs", "show", "download", "try", "export", "account", "continue", "give-up", "completion",
    "manual",
})


@record
class Options:
    """The parsed command line."""

    paths: tuple[Path, ...] = ()
    practice: bool = False
    api_url: str = ""
    data_dir: Path | None = None
    self_test: bool = False
    tour: Path | None = None
    sample: bool = False
    wish: str = ""  # a place of the window, or NEW_DATASET
    verbose: bool = False

    @property
    def wishes(self) -> str:
        """Return what the window should do at first, in this order: places of it, NEW_DATASET, SAMPLE."""
        return " ".join(filter(None, (SAMPLE if self.sample and not self.paths else "", self.wish)))

    @property
    def needs(self) -> dict[str, object]:
        """Return what an open window must fulfil to take this launch; see `early_calls.launch_refusal`."""
        alone = self.self_test or self.tour is not None
        needs = {"practice": self.practice, "api_url": self.api_url, "alone": alone}
        return {name: value for name, value in needs.items() if value}

    def to_open_again(self) -> tuple[str, ...]:
        """Return the arguments that open the app as it was opened, without the files that it has taken in."""
        practice = ("--practice",) if self.practice else ()
        api_url = ("--api-url", self.api_url) if self.api_url else ()
        data_dir = ("--data-dir", str(self.data_dir)) if self.data_dir is not None else ()
        return (*practice, *api_url, *data_dir)


def parse(arguments: Sequence[str] | None = None) -> Options:
    """Read the command line; exits with a message and code 2 on an error."""
    if arguments is not None and not arguments:
        return Options()  # the usual start, without the 10 ms that a parser takes
    parser = argparse.ArgumentParser(
        prog="segmind-studio",
        description=_("Teach Flux Pro a face, a product or a style with your own photos, on Segmind's cloud."),
        epilog=sentences(
            _("SEGMIND_API_KEY in the environment is used for the session when the keyring has no key."),
            _("Without a window: segmind-studio train --help. All commands: segmind-studio runs --help."),
        ),
    )
    parser.add_argument("paths", nargs="*", type=_path, metavar="PATH", help=_("images, folders or zips to add"))
    parser.add_argument("--practice", action="store_true", help=_("use the practice service; nothing is paid"))
    parser.add_argument("--sample", action="store_true", help=_("open with the sample photos"))
    parser.add_argument("--api-url", default="", metavar="URL", help=_("another address of the service (https)"))
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help=_("store everything the app writes in DIR"))
    wish = parser.add_mutually_exclusive_group()
    wish.add_argument("--show", default="", choices=PLACES, help=_("open with this place shown"))
    wish.add_argument("--new-dataset", action="store_true", help=_("open with a new dataset"))
    parser.add_argument("--self-test", action="store_true", help=_("do the main steps in practice, then quit"))
    slower = _("the same, slower, and save a screenshot of each step in DIR")
    parser.add_argument("--tour", type=Path, metavar="DIR", help=slower)
    more = _("with --self-test: also print versions and keyrings")
    parser.add_argument("--verbose", action="store_true", help=more)
    parser.add_argument("--version", action="version", version=f"segmind-studio {__version__}")
    given = parser.parse_args(arguments)
    try:
        api_url = checked_api_url(given.api_url) if given.api_url else ""
    except StudioError as error:
        parser.error(str(error))
    return Options(
        paths=tuple(path.absolute() for path in given.paths),
        practice=given.practice or given.self_test or given.tour is not None,
        api_url=api_url,
        data_dir=given.data_dir.absolute() if given.data_dir else None,
        self_test=given.self_test,
        tour=given.tour.absolute() if given.tour else None,
        sample=given.sample,
        wish=NEW_DATASET if given.new_dataset else given.show,
        verbose=given.verbose,
    )


def _path(given: str) -> Path:
    """Read a path, or a `file:` URI: desktops pass either."""
    return local_path(given) or Path(given)
