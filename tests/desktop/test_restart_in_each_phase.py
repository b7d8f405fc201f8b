"""The process dies in each phase of a submission; the next start finds one run or none, and loses nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from open_studio import open_studio
from PIL import Image

from segmind_studio.core.runs import Phase, Stage

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(180)]


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(5):
        Image.radial_gradient("L").resize((640, 640 + number)).save(folder / f"p{number}.png")
    return folder


def die_in(phase, data, photos):
    here = Path(__file__).parent
    ended = subprocess.run(  # noqa: S603
        [sys.executable, str(here / "crashing_app.py"), str(data), str(photos), phase],
        env={**os.environ, "PYTHONPATH": f"{here}{os.pathsep}{here.parents[1]}"},
        timeout=120, check=False, capture_output=True,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


@pytest.mark.parametrize("phase", [Phase.UPLOADING, Phase.UPLOADED])
def test_before_anything_was_sent_the_run_waits_to_be_continued(qapp, tmp_path, photos, phase):
    die_in(phase, tmp_path / "app", photos)
    with open_studio(tmp_path / "app", practice=True) as studio:
        studio.wait_for_connection()
        (run,) = studio.runs
        assert (run.phase, run.stage) == (phase, Stage.INTERRUPTED)
        assert studio.jobs() == ()
        studio.driver.click("rail.runs")
        studio.driver.click_row("runs.table", 0)
        studio.driver.click("runs.resume")
        studio.driver.wait(lambda: studio.run(run.run_id).ready, "the model", 90)
        assert len(studio.jobs()) == len(studio.runs) == 1


def test_while_sending_nothing_is_sent_again_by_itself(qapp, tmp_path, photos):
    """It died after "sending" was written and before the request left: the service knows nothing."""
    die_in(Phase.SENDING, tmp_path / "app", photos)
    with open_studio(tmp_path / "app", practice=True) as studio:
        studio.wait_for_connection()
        studio.driver.wait(lambda: studio.runs[0].stage is Stage.UNKNOWN, "the amber row")
        studio.driver.wait(lambda: studio.runs[0].listings_missed >= 2, "the app to look for it")
        assert studio.jobs() == ()
        posts = [path for _method, path, _status in studio.requests() if path == "/finetune/request/submit"]
        assert posts == []


def test_after_it_was_accepted_the_run_goes_on(qapp, tmp_path, photos):
    die_in(Phase.ACCEPTED, tmp_path / "app", photos)
    with open_studio(tmp_path / "app", practice=True) as studio:
        studio.wait_for_connection()
        (run,) = studio.runs
        studio.driver.wait(lambda: studio.run(run.run_id).ready, "the model", 90)
        assert len(studio.jobs()) == len(studio.runs) == 1
