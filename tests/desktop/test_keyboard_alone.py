"""The whole job with the keyboard alone: every control is reached by a shortcut or by Tab, as a person would."""

import pytest
from open_studio import open_studio
from PIL import Image
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from window_keyboard import Keyboard

from segmind_studio.core.runs import Stage
from tests.fakes.typed import child

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(180)]


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(6):
        Image.effect_noise((600, 600 + number), 30 + number).convert("RGB").save(folder / f"photo-{number}.jpg")
    return folder


def test_photos_in_a_trained_model_out_without_a_mouse(qapp, tmp_path, photos):
    with open_studio(tmp_path / "app", practice=True) as studio:
        studio.wait_for_connection()
        keyboard = Keyboard(studio)
        datasets, runs = studio.services.datasets, studio.services.runs

        keyboard.press("Alt+2")
        keyboard.press("Ctrl+Shift+O")
        studio.driver.wait(lambda: isinstance(QApplication.activeWindow(), QFileDialog), "the folder dialog")
        child(QApplication.activeWindow(), QLineEdit).setFocus()  # where such a dialog puts it
        keyboard.replace(str(photos))
        keyboard.press("Return")
        studio.driver.wait(lambda: len(datasets.dataset.photos) == 6 and not datasets.scanning, "the photos")
        studio.driver.wait(lambda: datasets.package.size > 0, "the package")

        keyboard.tab_to("data.caption")
        keyboard.type("TOK, the first one")
        keyboard.press("Ctrl+Down")
        keyboard.type("TOK, the second one")
        captions = ["TOK, the first one", "TOK, the second one"]
        studio.driver.wait(lambda: [p.caption for p in datasets.dataset.photos[:2]] == captions, "the captions")

        keyboard.press("Alt+3")
        keyboard.tab_to("train.field.name")
        keyboard.replace("by-keyboard")
        keyboard.tab_to("train.field.instance_prompt")
        keyboard.replace("TOK, a photo")
        keyboard.tab_to("train.field.iterations")
        keyboard.replace("120")
        keyboard.press("Ctrl+Return")
        studio.driver.wait(lambda: studio.driver.usable("review.start"), "the review")
        assert studio.jobs() == ()
        studio.driver.wait(lambda: keyboard.named(keyboard.focus(), "review.cancel"), "the focus on the safe one")
        keyboard.tab_to("review.start")
        keyboard.press("Space")

        studio.driver.wait(lambda: bool(runs.runs) and runs.runs[0].stage is Stage.READY, "the model", 60)
        assert runs.runs[0].name == "by-keyboard"
        assert runs.runs[0].form.value("iterations") == 120
        keyboard.press("Alt+4")
        keyboard.tab_to("runs.download")
        keyboard.press("Space")
        studio.driver.wait(lambda: bool(runs.runs[0].result_path), "the model file")
        assert len(studio.jobs()) == 1
