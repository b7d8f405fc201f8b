"""The completion for bash, zsh and fish, made from the parser, so it agrees with it."""

from __future__ import annotations

import re
from argparse import Action, ArgumentParser

from segmind_studio import __version__
from segmind_studio.cli.parser import PROGRAM
from segmind_studio.cli.parser_parts import (
    actions_of,
    choices_of,
    commands_of,
    help_lines,
    long_options,
    plain_help,
)
from segmind_studio.command_line import CONSOLE_PROGRAM

PROGRAMS = (PROGRAM, CONSOLE_PROGRAM)


def completion(parser: ArgumentParser, shell: str) -> str:
    """Return the script that completes commands, options, their values, and files."""
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](parser)


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
        for option, action in long_options(command):
            if choices_of(action):
                lines.append(f'    "{name} {option}") options="{" ".join(choices_of(action))}" ;;')
        lines += [
            f'    "{name} {name}") options="{" ".join(choices_of(action))}" ;;'
            for action in actions_of(command) if not action.option_strings and choices_of(action)
        ]
    lines += [
        "  esac", '  if [ -n "$options" ]; then',
        '    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")', "    return", "  fi",
        '  case "$word" in', "    -*)", '      case "${COMP_WORDS[1]}" in',
    ]
    for name, command in commands_of(parser).items():
        words = " ".join(option for option, _action in long_options(command))
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
    lines += [f"      {_quoted(f'{name}:{words}')}" for name, words in help_lines(parser).items()]
    lines += ["    )", "    _describe command commands", "    _files", "    return", "  fi",
              "  local command=$words[2]", "  shift words", "  (( CURRENT-- ))", "  case $command in"]
    for name, command in commands_of(parser).items():
        lines.append(f"    {name})")
        specs = [_zsh_option(option, action) for option, action in long_options(command)]
        places = [action for action in actions_of(command) if not action.option_strings]
        specs += [f"*:{place.dest}:{_zsh_values(place)}" for place in places]
        lines.append("      _arguments " + " ".join(_quoted(one) for one in specs) + " ;;")
    lines += [
        "  esac", "}", f'if [ "$funcstack[1]" = "_{PROGRAM}" ]; then', '  _segmind_studio "$@"', "else",
        f"  compdef _segmind_studio {' '.join(PROGRAMS)}", "fi", "",
    ]
    return "\n".join(lines)


def _zsh_option(option: str, action: Action) -> str:
    words = re.sub(r"[\[\]:]", " ", plain_help(action))
    if action.nargs == 0:
        return f"{option}[{words}]"
    return f"{option}[{words}]:{action.dest}:{_zsh_values(action)}"


def _zsh_values(action: Action) -> str:
    choices = choices_of(action)
    return f"({' '.join(choices)})" if choices else "_files"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _fish(parser: ArgumentParser) -> str:
    lines = [f"# {PROGRAM} {__version__}: completion for fish"]
    for program in PROGRAMS:
        for name, words in help_lines(parser).items():
            lines.append(f"complete -c {program} -n __fish_use_subcommand -a {name} -d {_quoted(words)}")
        for name, command in commands_of(parser).items():
            inside = f"complete -c {program} -n '__fish_seen_subcommand_from {name}'"
            for option, action in long_options(command):
                values = f" -x -a {_quoted(' '.join(choices_of(action)))}" if choices_of(action) else ""
                needs = "" if action.nargs == 0 or values else " -r"
                lines.append(f"{inside} -l {option[2:]}{needs}{values} -d {_quoted(plain_help(action))}")
            lines += [
                f"{inside} -x -a {_quoted(' '.join(choices_of(action)))}"
                for action in actions_of(command) if not action.option_strings and choices_of(action)
            ]
    return "\n".join([*lines, ""])
