"""All pictures of Try and what opens over them, in the pseudo-language and in the largest text."""

from __future__ import annotations

from pathlib import Path

import pytest

from segmind_studio.core.generated_images import ImageState
from segmind_studio.core.votes import ranking
from segmind_studio.services.images.judging import VoteResult
from segmind_studio.ui.tryout.judging import TagDialog
from segmind_studio.ui.tryout.sheet_dialog import SheetDialog
from segmind_studio.ui.tryout.voting import VotingView
from tests.fakes.hosting import hosted
from tests.fakes.language_faults import faults
from tests.fakes.run_services import FakeRuns, FakeSettings, make_run
from tests.fakes.try_service import FakeTryouts, make_budget_service, make_image, make_try_screen
from tests.fakes.typed import known

pytestmark = pytest.mark.usefixtures("pseudo_language")


def test_all_pictures_and_what_opens_over_them(qtbot):
    tryouts, settings = FakeTryouts(), FakeSettings()
    runs = FakeRuns([make_run("anna", status="AVAILABLE", slug="anna")])
    screen = make_try_screen(tryouts, runs, settings, make_budget_service(runs, settings, None, tryouts))
    hosted(qtbot, screen, 1700, 1000)
    pictures = tuple(
        make_image(f"{n}", run_id=name, slug=name, tags=("TOKMAN",), rating=n + 1, strength=n, file_name=".png")
        for n, name in enumerate(("anna", "anna", "anna"))
    )
    lost = make_image("lost", ImageState.UNKNOWN, slug="anna")
    tryouts.files = {image.image_id: Path("/photos/gone.png") for image in pictures}
    tryouts.load(*pictures, lost)
    gallery = known(screen._view).gallery
    gallery.grid.setFocus()
    next(one for _menu, one in screen.menu_actions() if one.isCheckable()).setChecked(True)
    assert faults(screen) == []
    gallery._bar._search.setText("nowhere")
    qtbot.waitUntil(lambda: not gallery.model.shown)
    assert faults(screen, "nowhere") == []
    tags = TagDialog(pictures, ("TOKMAN", "anna"), screen)
    tags.open()
    assert faults(tags) == []
    sheet = SheetDialog(pictures, gallery.model, screen._sheets, Path, screen)
    sheet.open()
    assert faults(sheet) == []
    voting = VotingView(gallery.model, screen._judging_service, screen._thumbnails, screen)
    nobody = VoteResult(
        ranking(("0", "1"), [], str), ranking(("anna", "bob"), [], str), ranking((0.0, 1.0), [], {}.get),
    )
    voting.results.show_result(nobody, {image.image_id: image for image in pictures})
    voting.cover(voting.left)
    for page in range(3):
        voting._pages.setCurrentIndex(page)
        assert faults(voting, "bob") == [], page
