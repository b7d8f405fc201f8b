"""One command from its arguments to its exit code."""

from __future__ import annotations

import logging
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from segmind_studio.cli.errors import code_of_error
from segmind_studio.cli.exit_codes import ExitCode
from segmind_studio.cli.output import Output
from segmind_studio.cli.parser import build_parser, parse_command
from segmind_studio.core.errors import StudioError
from segmind_studio.services.system.dumps import forbid_dumps
from segmind_studio.texts import ENGLISH, _, use_terminal

if TYPE_CHECKING:
    from segmind_studio.cli.session import Session, Surroundings

_log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command; return the exit code."""
    if use_terminal() != ENGLISH:
        from segmind_studio.cli.figures import use_terminal_figures  # noqa: PLC0415  # when first needed

        use_terminal_figures()
    forbid_dumps()
    logging.getLogger().addHandler(logging.NullHandler())  # else warnings are printed until there is a log
    return run_command(sys.argv[1:] if arguments is None else arguments)


def run_command(arguments: Sequence[str], surroundings: Surroundings | None = None) -> int:
    """Carry out a command in the usual or in other surroundings."""
    given = parse_command(arguments)
    if given.command in {"completion", "manual"}:
        from segmind_studio.cli.completion import completion  # noqa: PLC0415  # when first needed
        from segmind_studio.cli.man_page import manual  # noqa: PLC0415  # when first needed

        parser = build_parser()
        words = manual(parser) if given.command == "manual" else completion(parser, given.shell)
        sys.stdout.write(words)
        return ExitCode.DONE
    secrets: set[str] = set()
    output = Output(as_json=given.json, quiet=given.quiet, secrets=lambda: tuple(secrets))
    code = _carried_out(given, output, surroundings, secrets)
    return ExitCode.BROKEN if code is ExitCode.DONE and output.lost else code


def _carried_out(
    given: Namespace, output: Output, surroundings: Surroundings | None, secrets: set[str],
) -> ExitCode:
    """Carry out a command in its session; return the exit code of what it did, printed or not."""
    try:
        return _in_session(given, output, surroundings, secrets)
    except KeyboardInterrupt:
        output.note(_("Interrupted. Nothing is sent again. List your runs with: segmind-studio runs"))
        return ExitCode.CANCELLED
    except StudioError as error:
        code = code_of_error(error)
        output.error(error, code)
        return code
    except Exception as error:  # noqa: BLE001  # top of the program: it is logged, and told in words
        _log.exception("A command broke")
        output.error(
            StudioError(_("The command failed because of an error in the program."), detail=type(error).__name__),
            ExitCode.BROKEN,
        )
        return ExitCode.BROKEN


def _in_session(
    given: Namespace, output: Output, surroundings: Surroundings | None, secrets: set[str],
) -> ExitCode:
    # Imported here: the help needs neither the network nor pictures.
    from segmind_studio.cli import listing, results, training  # noqa: PLC0415
    from segmind_studio.cli.practice_process import PracticeProcess  # noqa: PLC0415
    from segmind_studio.cli.session import Session, Surroundings  # noqa: PLC0415
    from segmind_studio.cli.window_work import WindowWork  # noqa: PLC0415

    given.account = getattr(given, "account", "")
    for name in ("practice", "practice_speed", "api_url"):  # of commands that use no account
        setattr(given, name, getattr(given, name, None))
    commands: Mapping[str, Callable[[Namespace, Session], ExitCode]] = {
        "train": training.train, "check": training.check, "continue": training.resume,
        "give-up": training.abandon, "runs": listing.runs, "show": listing.show, "export": listing.export,
        "account": listing.account, "download": results.download, "try": results.try_model,
    }
    around = surroundings or Surroundings(PracticeProcess, keep_log=True)
    session = Session(given, output, around, secrets, lambda session: WindowWork(session).account())
    try:
        return commands[given.command](given, session)
    finally:
        session.close()
