"""What the completion and the man page read of the parser: its commands, their options and what these take."""

from __future__ import annotations

from argparse import Action, ArgumentParser
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from segmind_studio.cli.parser import FieldChoice


def commands_of(parser: ArgumentParser) -> Mapping[str, ArgumentParser]:
    """Return the parsers of the commands by their names."""
    action = _subcommands(parser)
    return cast("Mapping[str, ArgumentParser]", action.choices)


def _subcommands(parser: ArgumentParser) -> Any:
    """Return the action that has the commands."""
    return next(action for action in actions_of(parser) if action.dest == "command")


def actions_of(parser: ArgumentParser) -> list[Action]:
    """Return the options and the places of a parser, in their order."""
    return cast("list[Action]", cast("Any", parser)._actions)  # noqa: SLF001  # argparse has no other way to them


def help_lines(parser: ArgumentParser) -> Mapping[str, str]:
    """Return the one line about each command."""
    shown = cast("list[Action]", _subcommands(parser)._choices_actions)  # noqa: SLF001  # as above
    return {one.dest: one.help or "" for one in shown}


def choices_of(action: Action) -> tuple[str, ...]:
    """Return the words that an option takes; none where it takes any."""
    choices = cast("Iterable[object] | None", cast("Any", action).choices)
    if choices is not None:
        return tuple(map(str, choices))
    return tuple(action.type.values) if isinstance(action.type, FieldChoice) else ()


def long_options(parser: ArgumentParser) -> Iterator[tuple[str, Action]]:
    """Yield each name that begins with two dashes, with its option."""
    for action in actions_of(parser):
        for name in action.option_strings:
            if name.startswith("--"):
                yield name, action


def plain_help(action: Action) -> str:
    """Return the help of an option in one line, without argparse's doubled percent signs."""
    return (action.help or "").replace("%%", "%").replace("\n", " ")
