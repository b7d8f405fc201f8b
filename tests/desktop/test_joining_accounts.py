"""The app offers to join two accounts as soon as a list shows it, and not while work is under way."""

import json

import pytest

from segmind_studio.core.accounts import SEGMIND_API_URL, AccountOverlap
from segmind_studio.store.paths import app_paths
from segmind_studio.ui.parts import ActionButton, Banner
from tests.desktop.open_studio import open_studio
from tests.fakes.typed import known


def press_join(studio):
    banner = next(b for b in studio.window.findChildren(Banner, "accounts.join") if b.isVisible())
    next(b for b in banner.findChildren(ActionButton) if b.text() == "Join accounts").click()


@pytest.mark.usefixtures("qapp")
def test_what_a_list_shows_is_offered_and_work_under_way_holds_it_up(tmp_path):
    account = {"name": "Work", "kind": "segmind", "kept_in": "session"}
    paths = app_paths(tmp_path)
    paths.create()
    paths.settings_file.write_text(json.dumps({
        "accounts": [account | {"account_id": "new"}, account | {"account_id": "old"}], "current_account": "new",
    }))
    with open_studio(tmp_path) as studio:
        services = studio.services
        services.runs.overlap_found.emit(AccountOverlap("new", "old", SEGMIND_API_URL, 1, ("anna",)))
        assert known(known(services.accounts.state.join_offer).other).account_id == "old"
        services.board.begin("upload", "Uploading")
        press_join(studio)
        assert known(services.accounts.state.join_offer).error is not None
        services.board.end("upload")
        press_join(studio)
        studio.driver.wait(lambda: services.accounts.state.join_offer is None, "the end of the joining")
        assert services.accounts.state.current.account_id == "old"
