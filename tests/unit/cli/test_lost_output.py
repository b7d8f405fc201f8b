"""A command whose output cannot be written goes on with its work: what it has sent is sent once, and known."""

import errno
import io
import sys

import pytest

from segmind_studio.cli.exit_codes import ExitCode
from segmind_studio.cli.output import Output
from segmind_studio.core.runs import Stage
from tests.fakes.practice_side import posts

PIPE, FULL = OSError(errno.EPIPE, "Broken pipe"), OSError(errno.ENOSPC, "No space left on device")


class LostStream(io.StringIO):
    """A terminal that takes nothing from the first text on that has the word in it."""

    def __init__(self, word, error):
        super().__init__()
        self._word, self._error = word, error

    def isatty(self):
        return True

    def write(self, text):
        if self._word in text:
            self._word = ""
            raise self._error
        return super().write(text)


@pytest.mark.parametrize("error", [PIPE, FULL])
def test_a_run_is_sent_and_downloaded_without_a_reader(command, photos, practice, tmp_path, monkeypatch, error):
    stream = LostStream('"sending"', error)
    monkeypatch.setattr(sys, "stdout", stream)
    words = ("train", photos, "--name", "anna", "--practice", "--json", "--download", tmp_path / "to")
    assert command(*words) == ExitCode.BROKEN
    assert "sent" not in stream.getvalue().split()
    assert posts(practice) == 1
    assert [run.stage for run in command.runs()] == [Stage.READY]
    assert (tmp_path / "to" / "anna.safetensors").exists()


def test_a_bar_and_a_note_stop_nothing_either(monkeypatch):
    monkeypatch.setattr(sys, "stderr", LostStream("", PIPE))
    output = Output()
    with output.progress("Uploading") as advance:
        advance(1, 2)
    output.note("done")
    assert not output.lost  # the results were printed


def test_watching_ends_with_its_reader(command, photos, practice, monkeypatch):
    practice.set_speed(0.001)
    assert command("train", photos, "--name", "anna", "--practice") == ExitCode.DONE
    monkeypatch.setattr(sys, "stdout", LostStream("anna", PIPE))
    assert command("runs", "--practice", "--watch") == ExitCode.BROKEN
