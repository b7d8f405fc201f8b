"""The gallery's own parts, and that the published pictures show what the app looks like now."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.gallery.compare import Change, compare_folders
from tests.gallery.looks import LARGE, Look, chosen_look, tasks_of, usual_looks
from tests.gallery.main import ROOT, render
from tests.gallery.page import page_of
from tests.gallery.published import (
    FACTS,
    MODES,
    PUBLISHED,
    outdated,
    publish,
    published_name,
    rendered_name,
)

PICTURES = ROOT / "packaging" / "pictures"
MOST_BYTES = 1_500_000  # all together: whoever clones the repository loads them


def picture(path: Path, word: str = "") -> None:
    """Write a picture with many colours, and perhaps a word on it."""
    path.parent.mkdir(exist_ok=True)
    image = Image.linear_gradient("L").resize((300, 120)).convert("RGB")
    ImageDraw.Draw(image).text((20, 30), f"All photos {word}", fill="navy", font_size=12)
    image.save(path)


def test_a_planted_change_is_found_and_comes_first(tmp_path: Path) -> None:
    now, kept, marked = tmp_path / "now", tmp_path / "kept", tmp_path / "difference"
    for name in ("data--place@dark.png", "runs--place@light.png", "start--place@light.png"):
        picture(kept / name)
    for name in ("data--place@dark.png", "menus--file@light.png"):
        picture(now / name)
    picture(now / "runs--place@light.png", "4")
    found = compare_folders(now, kept, marked)
    assert [(one.name, one.change) for one in found] == [
        ("runs--place@light.png", Change.CHANGED), ("menus--file@light.png", Change.NEW),
        ("start--place@light.png", Change.GONE), ("data--place@dark.png", Change.SAME),
    ]
    assert 5 < found[0].pixels < 100
    assert [path.name for path in marked.iterdir()] == ["runs--place@light.png"]
    with Image.open(marked / "runs--place@light.png") as shown:
        assert shown.getpixel((2, 2)) != shown.getpixel((299, 119))  # the picture itself is still to be seen
        assert shown.convert("RGB").getcolors(100_000)
    page = page_of(found, failures=1)
    assert "1 changed, 1 new, 1 gone, 1 same, 1 could not be opened" in page
    assert page.index('src="difference/runs--place@light.png"') < page.index('src="now/data--place@dark.png"')
    assert [one.change for one in compare_folders(now, kept, marked, partial=True)].count(Change.GONE) == 0


def test_looks_are_read_and_one_process_shows_all_colours() -> None:
    look = chosen_look("dark,200,1920x1080,pseudo,long")
    assert look == Look("long", "pseudo", 200, LARGE, "dark")
    assert look.slug == "dark-200-1920x1080-pseudo-long"
    with pytest.raises(ValueError, match="purple"):
        chosen_look("dark,purple")
    tasks = tasks_of(usual_looks())
    assert sum(len(task.looks) for task in tasks) == len(usual_looks())
    assert all(one.session == task.session for task in tasks for one in task.looks)
    assert len({look.slug for look, _all in usual_looks()}) == len(usual_looks())


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """Return a folder with pictures as they are rendered and as they are published."""
    for surface in PUBLISHED:
        for mode in MODES:
            picture(tmp_path / "now" / rendered_name(surface, mode))
    (tmp_path / "now" / FACTS).write_text("{}", encoding="utf-8")
    (tmp_path / "pictures").mkdir()
    list(publish(tmp_path / "now", tmp_path / "pictures"))
    return tmp_path


def test_fewer_colours_are_no_change_but_a_word_is(published: Path) -> None:
    assert list(outdated(published / "now", published / "pictures")) == []
    picture(published / "now" / rendered_name("start/place", "dark"), "of today")
    (line,) = outdated(published / "now", published / "pictures")
    assert line.startswith("start-dark.png: ")


def test_the_published_pictures_are_small_and_all_are_shown() -> None:
    names = [published_name(surface, mode) for surface in PUBLISHED for mode in MODES]
    assert sum((PICTURES / name).stat().st_size for name in names) <= MOST_BYTES
    assert {path.name for path in PICTURES.iterdir()} == {*names, FACTS}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in names if f"packaging/pictures/{name}" not in readme] == []


@pytest.mark.timeout(600)  # it starts the app anew, and a busy machine has other things to do
def test_the_published_pictures_show_the_app_of_today(tmp_path: Path) -> None:
    """After a change to one of the five places: `dev.py gallery --publish`."""
    looks = tuple((Look(mode=mode), False) for mode in MODES)
    assert render(tasks_of(looks), tuple(PUBLISHED), tmp_path, tmp_path / "now") == 0
    if (tmp_path / "now" / FACTS).read_bytes() != (PICTURES / FACTS).read_bytes():
        pytest.skip("they were rendered with another face or another Qt: letters would differ everywhere")
    assert list(outdated(tmp_path / "now", PICTURES)) == []
