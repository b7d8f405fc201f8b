"""The completion for bash, zsh and fish, and the man page: all made from the parser, so they agree with it."""

from __future__ import annotations

import argparse
import re
from argparse import Action, ArgumentParser
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from segmind_studio import __version__
from segmind_studio.cli.exit_codes import MEANINGS
from segmind_studio.cli.parser import PROGRAM
from segmind_studio.command_line import CONSOLE_PROGRAM
from segmind_studio.texts import _

PROGRAMS = (PROGRAM, CONSOLE_PROGRAM)
_MARKED = re.compile(r"^([.'])", re.MULTILINE)


def commands_of(parser: ArgumentParser) -> Mapping[str, ArgumentParser]:
    """Return the parsers of the commands by their names."""
    action = _subcommands(parser)
    return cast("Mapping[str, ArgumentParser]", action.choices)


def _subcommands(parser: ArgumentParser) -> Any:
    """Return the action that has the commands."""
    return next(action for action in _actions(parser) if action.dest == "command")


def _actions(parser: ArgumentParser) -> list[Action]:
    return cast("list[Action]", cast("Any", parser)._actions)  # noqa: SLF001  # argparse has no other way to them


def _help_of(parser: ArgumentParser) -> Mapping[str, str]:
    """Return the one line about each command."""
    shown = cast("list[Action]", _subcommands(parser)._choices_actions)  # noqa: SLF001  # as above
    return {one.dest: one.help or "" for one in shown}


def _choices(action: Action) -> tuple[str, ...]:
    choices = cast("Iterable[object] | None", cast("Any", action).choices)
    if choices is not None:
        return tuple(map(str, choices))
    return tuple(cast("Mapping[str, object]", getattr(action.type, "values", {})))


def completion(parser: ArgumentParser, shell: str) -> str:
    """Return the script that completes commands, options, their values, and files."""
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](parser)


def _options(parser: ArgumentParser) -> Iterator[tuple[str, Action]]:
    for action in _actions(parser):
        for name in action.option_strings:
            if name.startswith("--"):
                yield name, action


def _bash(parser: ArgumentParser) -> str:
    lines = [
        f"# {PROGRAM} {__version__}: completion for bash", "_segmind_studio() {",
        '  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" options=""',
        "  COMPREPLY=()", '  if [ "$COMP_CWORD" -eq 1 ]; then',
        f'    mapfile -t COMPREPLY < <(compgen -W "{" ".join(commands_of(parser))}" -- "$word")',
        '    [ "${#COMPREPLY[@]}" -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- "$word")',
        "    return", "  fi",
        '  case "${COMP_WORDS[1]} $before" in',
    ]
    for name, command in commands_of(parser).items():
        for option, action in _options(command):
            if _choices(action):
                lines.append(f'    "{name} {option}") options="{" ".join(_choices(action))}" ;;')
        lines += [
            f'    "{name} {name}") options="{" ".join(_choices(action))}" ;;'
            for action in _actions(command) if not action.option_strings and _choices(action)
        ]
    lines += [
        "  esac", '  if [ -n "$options" ]; then',
        '    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")', "    return", "  fi",
        '  case "$word" in', "    -*)", '      case "${COMP_WORDS[1]}" in',
    ]
    for name, command in commands_of(parser).items():
        words = " ".join(option for option, _action in _options(command))
        lines.append(f'        {name}) options="{words}" ;;')
    lines += [
        "      esac", '      mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word") ;;',
        '    *) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;', "  esac", "}",
        f"complete -o filenames -F _segmind_studio {' '.join(PROGRAMS)}", "",
    ]
    return "\n".join(lines)


def _zsh(parser: ArgumentParser) -> str:
    lines = [
        f"#compdef {' '.join(PROGRAMS)}", f"# {PROGRAM} {__version__}: completion for zsh",
        "_segmind_studio() {", "  if (( CURRENT == 2 )); then", "    local -a commands=(",
    ]
    lines += [f"      {_quoted(f'{name}:{words}')}" for name, words in _help_of(parser).items()]
    lines += ["    )", "    _describe command commands", "    _files", "    return", "  fi",
              "  local command=$words[2]", "  shift words", "  (( CURRENT-- ))", "  case $command in"]
    for name, command in commands_of(parser).items():
        lines.append(f"    {name})")
        specs = [_zsh_option(option, action) for option, action in _options(command)]
        places = [action for action in _actions(command) if not action.option_strings]
        specs += [f"*:{place.dest}:({' '.join(_choices(place))})" if _choices(place) else f"*:{place.dest}:_files"
                  for place in places]
        lines.append("      _arguments " + " ".join(_quoted(one) for one in specs) + " ;;")
    lines += [
        "  esac", "}", f'if [ "$funcstack[1]" = "_{PROGRAM}" ]; then', '  _segmind_studio "$@"', "else",
        f"  compdef _segmind_studio {' '.join(PROGRAMS)}", "fi", "",
    ]
    return "\n".join(lines)


def _zsh_option(option: str, action: Action) -> str:
    words = re.sub(r"[\[\]:]", " ", _plain(action))
    if action.nargs == 0:
        return f"{option}[{words}]"
    choices = _choices(action)
    values = f"({' '.join(choices)})" if choices else "_files"
    return f"{option}[{words}]:{action.dest}:{values}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _fish(parser: ArgumentParser) -> str:
    lines = [f"# {PROGRAM} {__version__}: completion for fish"]
    for program in PROGRAMS:
        for name, words in _help_of(parser).items():
            lines.append(f"complete -c {program} -n __fish_use_subcommand -a {name} -d {_quoted(words)}")
        for name, command in commands_of(parser).items():
            inside = f"complete -c {program} -n '__fish_seen_subcommand_from {name}'"
            for option, action in _options(command):
                values = f" -x -a {_quoted(' '.join(_choices(action)))}" if _choices(action) else ""
                needs = "" if action.nargs == 0 or values else " -r"
                lines.append(f"{inside} -l {option[2:]}{needs}{values} -d {_quoted(_plain(action))}")
            lines += [
                f"{inside} -x -a {_quoted(' '.join(_choices(action)))}"
                for action in _actions(command) if not action.option_strings and _choices(action)
            ]
    return "\n".join([*lines, ""])


def _plain(action: Action) -> str:
    return (action.help or "").replace("%%", "%").replace("\n", " ")


# -- the man page


def manual(parser: ArgumentParser) -> str:
    """Return the man page as roff."""
    commands, words = commands_of(parser), _help_of(parser)
    heads = {
        "NAME": _("NAME"), "SYNOPSIS": _("SYNOPSIS"), "DESCRIPTION": _("DESCRIPTION"), "COMMANDS": _("COMMANDS"),
        "EXIT STATUS": _("EXIT STATUS"), "ENVIRONMENT": _("ENVIRONMENT"),
    }
    lines = [
        f'.TH SEGMIND-STUDIO-CLI 1 "" "Segmind Studio {__version__}"', f".SH {heads['NAME']}",
        rf"segmind\-studio\-cli \- {_roff(parser.description or '')}", f".SH {heads['SYNOPSIS']}",
        r".B segmind\-studio\-cli", ".I " + _roff(_("COMMAND")), f".SH {heads['DESCRIPTION']}",
        _roff(_("On Linux and macOS, segmind-studio has the same commands. No window is opened.")),
        f".SH {heads['COMMANDS']}",
    ]
    for name, command in commands.items():
        lines += [".SS " + _roff(_synopsis(name, command)), _roff(command.description or words.get(name, ""))]
        for action in _actions(command):
            if action.dest != "help":
                lines += [".TP", ".B " + _roff(_invocation(action)), _roff(_plain(action))]
    lines.append(f".SH {heads['EXIT STATUS']}")
    for code, meaning in MEANINGS.items():
        lines += [".TP", f".B {int(code)}", _roff(str(meaning))]
    lines += [
        f".SH {heads['ENVIRONMENT']}", ".TP", ".B SEGMIND_API_KEY",
        _roff(_("Key for this command, used when the keyring has none. A key is never an argument.")), "",
    ]
    return "\n".join(lines)


def _synopsis(name: str, command: ArgumentParser) -> str:
    places = [action for action in _actions(command) if not action.option_strings]
    return " ".join([name, *(_invocation(action) for action in places)])


def _invocation(action: Action) -> str:
    value = "|".join(_choices(action)) or action.dest.upper()
    if isinstance(action.metavar, str):
        value = action.metavar
    if not action.option_strings:
        return value
    names = ", ".join(action.option_strings)
    return names if action.nargs == 0 or isinstance(action, argparse.BooleanOptionalAction) else f"{names} {value}"


def _roff(text: str) -> str:
    escaped = text.replace("\\", r"\e").replace("-", r"\-")
    return _MARKED.sub(r"\\&\1", escaped)
