"""The man page, made from the parser, so it agrees with it."""

from __future__ import annotations

import re
from argparse import Action, ArgumentParser, BooleanOptionalAction

from segmind_studio import __version__
from segmind_studio.cli.exit_codes import MEANINGS
from segmind_studio.cli.parser_parts import actions_of, choices_of, commands_of, help_lines, plain_help
from segmind_studio.texts import _

_CONTROL = re.compile(r"^([.'])", re.MULTILINE)  # what begins a line that roff takes as a request


def manual(parser: ArgumentParser) -> str:
    """Return the man page as roff."""
    commands, words = commands_of(parser), help_lines(parser)
    lines = [
        f'.TH SEGMIND-STUDIO-CLI 1 "" "Segmind Studio {__version__}"', _section(_("NAME")),
        rf"segmind\-studio\-cli \- {_roff(parser.description or '')}", _section(_("SYNOPSIS")),
        r".B segmind\-studio\-cli", ".I " + _roff(_("COMMAND")), _section(_("DESCRIPTION")),
        _roff(_("On Linux and macOS, segmind-studio has the same commands. No window is opened.")),
        _section(_("COMMANDS")),
    ]
    for name, command in commands.items():
        lines += [".SS " + _roff(_synopsis(name, command)), _roff(command.description or words.get(name, ""))]
        for action in actions_of(command):
            if action.dest != "help":
                lines += [".TP", ".B " + _roff(_invocation(action)), _roff(plain_help(action))]
    lines.append(_section(_("EXIT STATUS")))
    for code, meaning in MEANINGS.items():
        lines += [".TP", f".B {int(code)}", _roff(str(meaning))]
    lines += [
        _section(_("ENVIRONMENT")), ".TP", ".B SEGMIND_API_KEY",
        _roff(_("Key for this command, used when the keyring has none. A key is never an argument.")), "",
    ]
    return "\n".join(lines)


def _section(title: str) -> str:
    return f".SH {title}"


def _synopsis(name: str, command: ArgumentParser) -> str:
    places = [action for action in actions_of(command) if not action.option_strings]
    return " ".join([name, *(_invocation(action) for action in places)])


def _invocation(action: Action) -> str:
    value = "|".join(choices_of(action)) or action.dest.upper()
    if isinstance(action.metavar, str):
        value = action.metavar
    if not action.option_strings:
        return value
    names = ", ".join(action.option_strings)
    return names if action.nargs == 0 or isinstance(action, BooleanOptionalAction) else f"{names} {value}"


def _roff(text: str) -> str:
    escaped = text.replace("\\", r"\e").replace("-", r"\-")
    return _CONTROL.sub(r"\\&\1", escaped)
