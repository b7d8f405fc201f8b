"""The commands and options of the command line. Help, completion and man page are made from this parser."""

from __future__ import annotations

import argparse
import math
import re
from argparse import ArgumentParser, BooleanOptionalAction
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from segmind_studio import __version__
from segmind_studio.cli.exit_codes import MEANINGS
from segmind_studio.core.accounts import checked_api_url
from segmind_studio.core.errors import StudioError
from segmind_studio.core.fields import FIELD_BY_KEY, FIELDS, Field, Kind, Value, number_text
from segmind_studio.texts import N_, _, sentences

PROGRAM = "segmind-studio"
SHELLS = ("bash", "zsh", "fish")
ARGPARSE_TEXTS = (  # argparse looks these up by itself; they are named here for the catalogues
    N_("usage: "), N_("options"), N_("positional arguments"), N_("show this help message and exit"),
    N_("%(prog)s: error: %(message)s\n"), N_("argument %(argument_name)s: %(message)s"),
    N_("the following arguments are required: %s"), N_("unrecognized arguments: %s"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"), N_("invalid %(type)s value: %(value)r"),
    N_("expected one argument"), N_("expected at least one argument"), N_("expected at most one argument"),
    N_("ambiguous option: %(option)s could match %(matches)s"), N_("not allowed with argument %s"),
    N_("one of the arguments %s is required"), N_("ignored explicit argument %r"),
)
_FIELD = "field_"  # before a field's key in the namespace
_LONGEST_NUMBER = 20  # characters
_WHOLE = re.compile(r"[+-]?[0-9]+")


def option_of(field: Field) -> str:
    """Return the option of a field: "--trigger-word"."""
    return f"--{field.key.replace('_', '-')}"


def values_of(given: argparse.Namespace) -> dict[str, Value]:
    """Return the fields that were given, by their keys."""
    typed = {name.removeprefix(_FIELD): value for name, value in vars(given).items() if name.startswith(_FIELD)}
    return {key: value for key, value in typed.items() if value is not None}


def build_parser() -> ArgumentParser:
    """Return the parser with all commands, in the language in use."""
    codes = "\n".join(f"  {code:>3}  {words}" for code, words in MEANINGS.items())
    parser = ArgumentParser(
        prog=PROGRAM, formatter_class=argparse.RawDescriptionHelpFormatter,
        description=_("Train Flux Pro on your own photos from a script, without a window."),
        epilog=_("exit codes:") + "\n" + codes.replace("%", "%%"),
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar=_("COMMAND"))
    for add in (_train, _check, _runs, _show, _download, _try, _export, _account, _continue, _give_up):
        add(commands)
    shell = commands.add_parser("completion", help=_("print the completion script for a shell"))
    shell.add_argument("shell", choices=SHELLS, help=_("the shell"))
    commands.add_parser("manual", help=_("print the man page"))
    return parser


def _train(commands: Any) -> None:
    parser = commands.add_parser(
        "train", help=_("train on a folder of photos"),
        description=sentences(
            _("Upload photos with their captions and start a paid training. The price is confirmed first."),
            _("If you do not set a name or a prompt, one is suggested."),
        ),
    )
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar=_("FOLDER"),
        help=_("a folder, a zip or images, with caption files next to them"),
    )
    for field in FIELDS:
        _add_field(parser, field)
    parser.add_argument("--dry-run", action="store_true", help=_("show the request and the price; send nothing"))
    _add_waiting(parser)
    parser.add_argument("--download", type=Path, metavar=_("DIR"), help=_("wait, then download the model to DIR"))
    _add_yes(parser)
    _add_common(parser)


def _add_field(parser: ArgumentParser, field: Field) -> None:
    default = _("Default: {default}.").format(default=_shown(field.default)) if field.default != "" else ""
    words = sentences(field.help, default)
    more: dict[str, Any] = {
        "dest": f"{_FIELD}{field.key}", "default": None, "help": words.replace("%", "%%"),
    }
    match field.kind:
        case Kind.BOOL:
            more["action"] = BooleanOptionalAction
        case Kind.CHOICE:
            values = {str(choice.value): choice.value for choice in field.choices}
            more |= {"type": FieldChoice(values), "metavar": "|".join(values)}
        case Kind.INT:
            more |= {"type": _whole, "metavar": _("N")}
        case Kind.FLOAT:
            more |= {"type": _decimal, "metavar": _("N")}
        case Kind.SOURCE:
            more["metavar"] = "URL"
        case _:
            more["metavar"] = _("TEXT")
    parser.add_argument(option_of(field), **more)


class FieldChoice:
    """Read one of the values of a field, in any case."""

    def __init__(self, values: dict[str, Value]) -> None:
        self.values = values

    def __call__(self, text: str) -> Value:
        """Return the value that a word names; argparse prints the error of another."""
        found = next((value for name, value in self.values.items() if name.casefold() == text.casefold()), None)
        if found is None:
            raise argparse.ArgumentTypeError(_("one of {values}").format(values=", ".join(self.values)))
        return found


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return _("on") if value else _("off")
    return value if isinstance(value, str) else number_text(value)


def _whole(text: str) -> int:
    if len(text) >= _LONGEST_NUMBER or not _WHOLE.fullmatch(text.strip()):
        raise argparse.ArgumentTypeError(_("a whole number"))
    return int(text)


def _decimal(text: str) -> float:
    try:
        number = float(text) if text.isascii() and "_" not in text else math.nan  # Python's own way to write 1_000
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(_("a number"))
    return number


def _positive(text: str) -> float:
    number = _decimal(text)
    if number <= 0:
        raise argparse.ArgumentTypeError(_("a number above 0"))
    return number


def _check(commands: Any) -> None:
    parser = commands.add_parser(
        "check", help=_("check photos and captions"),
        description=_("Decode each photo, measure the package and list what to review. Nothing is sent."),
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar=_("FOLDER"), help=_("a folder, zip or images"))
    parser.add_argument(
        "--trigger-word", default="", metavar=_("TEXT"), help=_("the word that captions should contain"),
    )
    _add_field(parser, FIELD_BY_KEY["theme"])
    _add_common(parser, account=False)


def _runs(commands: Any) -> None:
    parser = commands.add_parser("runs", help=_("list your runs"))
    parser.add_argument("--watch", action="store_true", help=_("print each change until all runs have ended"))
    parser.add_argument("--offline", action="store_true", help=_("print what is stored here, without a request"))
    _add_common(parser)


def _show(commands: Any) -> None:
    parser = commands.add_parser("show", help=_("show one run with its settings and its timeline"))
    _add_run(parser)
    _add_common(parser)


def _download(commands: Any) -> None:
    parser = commands.add_parser("download", help=_("download the model of a run"))
    _add_run(parser)
    parser.add_argument(
        "--to", type=Path, default=Path(), metavar=_("DIR"), help=_("the folder; default: the current one"),
    )
    _add_common(parser)


def _try(commands: Any) -> None:
    parser = commands.add_parser("try", help=_("make pictures with the model of a run; each is paid"))
    _add_run(parser)
    parser.add_argument("--prompt", required=True, metavar=_("TEXT"), help=_("what the picture shows"))
    parser.add_argument("--count", type=_whole, default=1, metavar=_("N"), help=_("how many pictures; default: 1"))
    parser.add_argument(
        "--seed", type=_whole, metavar=_("N"), help=_("seed of the first picture; the next ones count up"),
    )
    parser.add_argument("--strength", type=_decimal, default=1.0, metavar=_("N"), help=_("0 to 2; default: 1"))
    for side in ("width", "height"):
        words = _("pixels; default: 1024")
        parser.add_argument(f"--{side}", type=_whole, default=1024, metavar=_("N"), help=words)
    parser.add_argument(
        "--to", type=Path, default=Path(), metavar=_("DIR"), help=_("the folder; default: the current one"),
    )
    _add_yes(parser)
    _add_common(parser)


def _export(commands: Any) -> None:
    parser = commands.add_parser(
        "export", help=_("write the sheet of a run, with everything known about it"),
        description=sentences(
            _("Write everything known about a run as JSON, or as a web page to show to others."),
            _("The page is one file with photos, settings, pictures and costs, without keys, notes and folders."),
        ),
    )
    _add_run(parser)
    parser.add_argument(
        "--page", action="store_true", help=_("write the page; also where PATH ends with .html"),
    )
    parser.add_argument("--to", type=Path, default=Path(), metavar=_("PATH"), help=_("a folder or a new file"))
    _add_common(parser)


def _account(commands: Any) -> None:
    parser = commands.add_parser("account", help=_("show the account, where its key is kept, and the balance"))
    _add_common(parser)


def _continue(commands: Any) -> None:
    parser = commands.add_parser("continue", help=_("continue a run that was interrupted before it was sent"))
    _add_run(parser)
    _add_waiting(parser)
    _add_yes(parser)
    _add_common(parser)


def _give_up(commands: Any) -> None:
    parser = commands.add_parser("give-up", help=_("give up a run that was not sent, without paying"))
    _add_run(parser)
    _add_common(parser)


def _add_run(parser: ArgumentParser) -> None:
    parser.add_argument("run", metavar=_("RUN"), help=_("its name or its id; of several with the same name, "
                                                        "the newest"))


def _add_yes(parser: ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help=_("confirm the price without a question"))


def _add_waiting(parser: ArgumentParser) -> None:
    parser.add_argument("--wait", action="store_true", help=_("wait until the training has ended"))
    parser.add_argument(
        "--timeout", type=_positive, metavar=_("MINUTES"), help=_("maximum time to wait"),
    )


def _add_common(parser: ArgumentParser, *, account: bool = True) -> None:
    if account:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--practice", action="store_true", help=_("use the practice service; nothing is paid"))
        which.add_argument(
            "--account", metavar=_("NAME"), default="", help=_("use this account instead of the one used last"),
        )
        parser.add_argument(
            "--practice-speed", type=_positive, metavar=_("N"), help=_("practice: run N times as fast"),
        )
        parser.add_argument("--api-url", type=_address, metavar="URL", help=_("another address (https)"))
    parser.add_argument("--data-dir", type=Path, metavar=_("DIR"), help=_("store everything the app writes "
                                                                          "in DIR"))
    parser.add_argument("--json", action="store_true", help=_("print one JSON object a line"))
    parser.add_argument("--quiet", action="store_true", help=_("print only results and errors"))


def _address(text: str) -> str:
    try:
        return checked_api_url(text)
    except StudioError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def parse_command(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line; exits with a message and code 2 on an error."""
    parser = build_parser()
    given = parser.parse_args(arguments)
    if given.command == "train" and not given.paths and not given.field_data_source_path:
        parser.error(_("train needs a folder, or --data-source-path with the address of a public zip"))
    return given
