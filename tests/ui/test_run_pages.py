"""A run as a page to show: what is in it, what never is, and that it cannot do or fetch anything."""

from __future__ import annotations

import base64
import time
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from segmind_studio import texts
from segmind_studio.core.generated_images import GeneratedImage, ImageState
from segmind_studio.core.photo_edits import PhotoEdit
from segmind_studio.core.runs import ManifestItem, manifest_text
from segmind_studio.services.runs.page_steps import MOST_PHOTOS, PageOrder
from segmind_studio.services.runs.run_pages import RunPageService
from segmind_studio.services.system.tasks import TaskRunner
from segmind_studio.store.database import Database
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.journal import Journal
from segmind_studio.store.run_page import PageFact, PagePicture, PageSection, RunPage, page_bytes
from segmind_studio.ui.runs.page_words import page_sections
from tests.fakes.image_files import photo
from tests.fakes.run_services import make_run
from tests.fakes.runs_place import make_bench, make_runs_screen

KEY = "SG_0123456789abcdef"
HOSTILE = '"><script>alert(1)</script><img src=https://evil.example/x onerror=alert(1)> & \u202egpj.exe'


class Reader(HTMLParser):
    """Collect the tags with their attributes, and the text."""

    def __init__(self, content):
        super().__init__()
        self.tags, self.text, self.open = [], [], []
        self.feed(content)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    @property
    def images(self):
        return [attrs for tag, attrs in self.tags if tag == "img"]

    @property
    def words(self):
        return "\n".join(self.text)


def harmless(content):
    """Return the page read, after a look for all that could act or be fetched."""
    page = Reader(content)
    assert page.open == []
    allowed = {"html", "head", "meta", "title", "style", "body", "main", "header", "section", "footer", "h1", "h2",
               "p", "dl", "dt", "dd", "small", "div", "figure", "figcaption", "b", "span", "img"}
    assert {tag for tag, _attrs in page.tags} <= allowed
    for tag, attrs in page.tags:
        assert set(attrs) <= {"lang", "charset", "http-equiv", "content", "name", "dir", "class", "alt", "width",
                              "height", "decoding", "src"}, tag
        assert (attrs.get("src") or "data:image/jpeg;base64,").startswith("data:image/jpeg;base64,")
    [policy] = [attrs["content"] for _tag, attrs in page.tags if attrs.get("http-equiv")]
    assert policy.startswith("default-src 'none'; img-src data:;")
    styles = content[content.index("<style>"):content.index("</style>")]
    assert "url(" not in styles
    assert "@import" not in styles
    return page


class Pages:
    """The service on a real journal, with one run of three photos."""

    def __init__(self, folder, run=None, images=()):
        self.folder = folder
        self.tasks = TaskRunner()
        self.database = Database(folder / "db" / "studio.sqlite3")
        self.photos = [folder / "Secret folder" / f"cat-{number}.jpg" for number in range(3)]
        for path in self.photos:
            photo().save(path)
        self.run = replace(run or make_run("anna", status="AVAILABLE", live=False), manifest=manifest_text(
            tuple(self.item(path, f"TOKMAN, cat {number}") for number, path in enumerate(self.photos)),
        ))
        Journal(self.database).add(self.run, time.time())
        store = ImageStore(self.database)
        for image in images:
            store.add(image)
        self.results = folder / "results"
        self.service = RunPageService(self.database, self.results, self.tasks, lambda: (KEY,))

    def item(self, path, caption, **fields):
        about = path.stat()
        return ManifestItem(str(path), about.st_size, about.st_mtime_ns, caption, **fields)

    def write(self, qtbot, target=None):
        order = PageOrder(
            self.run.run_id, target or self.folder / "page.html", "Ready", page_sections(self.run), str.title,
        )
        with qtbot.waitSignal(self.service.exported) as done:
            self.service.export(order)
        return done.args[0]

    def close(self):
        self.tasks.stop()
        self.database.close()


@pytest.fixture
def pages(qapp, tmp_path):
    (tmp_path / "Secret folder").mkdir()
    made = []

    def make(**fields):
        made.append(Pages(tmp_path, **fields))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_the_page_has_photos_settings_costs_and_events(qtbot, pages):
    place = pages(run=make_run(
        "anna", status="AVAILABLE", live=False, credits_before=20.0, credits_after=16.0, name="Anna at sea",
    ))
    page = harmless(place.write(qtbot).read_text("utf-8"))
    for words in ("Anna at sea", "Ready", "TOKMAN, cat 2", "cat-1.jpg", "$4.00", "ab" * 32, "Iterations", "300"):
        assert words in page.words, words
    assert len(page.images) == 3
    for shown in page.images:
        image = QImage.fromData(base64.b64decode(shown["src"].partition(",")[2]))
        assert (image.width(), image.height()) == (320, 213) == (int(shown["width"]), int(shown["height"]))


def test_a_photo_is_shown_as_it_was_sent_or_not_at_all(qtbot, pages):
    place = pages()
    turned, changed, gone = place.photos
    place.run = replace(place.run, manifest=manifest_text((
        place.item(turned, "", edit=PhotoEdit(turns=1)), place.item(changed, "changed"), place.item(gone, "gone"),
    )))
    Journal(place.database).save(place.run, 1.0)
    changed.write_bytes(changed.read_bytes() + b"x")
    gone.unlink()
    page = harmless(place.write(qtbot).read_text("utf-8"))
    assert [(shown["width"], shown["height"]) for shown in page.images] == [("213", "320")]
    assert "The photo was changed afterwards." in page.words
    assert "The photo is no longer on this computer." in page.words


def test_no_key_no_place_on_the_disk_no_address_and_no_note_is_in_it(qtbot, pages):
    home = Path.home()
    place = pages(run=make_run(
        "anna", status="FAILED", live=False, service_id="s-1", notes="my private note", name=f"anna {KEY}",
        error=f"cannot open {home}/Pictures/cat.png with {KEY}", result_path=str(home / "a.safetensors"),
        inference_api_url="https://api.segmind.com/v1/anna", raw=f'{{"key": "{KEY}"}}',
        cloud_storage_url="https://bucket.example/anna?X-Amz-Signature=abc",
    ))
    content = place.write(qtbot).read_text("utf-8")
    harmless(content)
    for secret in (KEY, KEY[3:], str(home), "Secret folder", str(place.folder), "my private note", "https://",
                   "http://", "X-Amz", "amazonaws", "s-1"):
        assert secret not in content, secret


def test_hostile_names_and_captions_are_only_text(qtbot, pages):
    place = pages(run=make_run("anna", status="AVAILABLE", live=False, name=HOSTILE, dataset_name=HOSTILE))
    place.run = replace(place.run, manifest=manifest_text((
        place.item(place.photos[0], HOSTILE), place.item(place.photos[1], "</style></title><svg onload=x>"),
        replace(place.item(place.photos[2], "x" * 100_000), path=f"/photos/{HOSTILE}.jpg"),
    )))
    Journal(place.database).save(place.run, 1.0)
    content = place.write(qtbot).read_text("utf-8")
    page = harmless(content)
    assert "<script>alert(1)</script>" in page.words
    assert "\u202e" not in content
    assert len(content) < 200_000


def test_results_are_shown_with_what_they_were_made_with(qtbot, pages):
    image = GeneratedImage(
        "p1", "real", "anna", time.time(), ImageState.MADE, prompt="TOKMAN in snow", seed=7, strength=0.8,
        file_name="p1.png", cost=0.24,
    )
    place = pages(images=(image, replace(image, image_id="p2", file_name="", cost=None)))
    place.results.mkdir()
    picture = QImage(1024, 1024, QImage.Format.Format_RGB32)
    picture.fill(0xFF4466)
    picture.setText("secret", str(place.folder))
    picture.save(str(place.results / "p1.png"))
    page = harmless(place.write(qtbot).read_text("utf-8"))
    assert len(page.images) == 4
    assert "TOKMAN in snow\n1024 × 1024, strength 0.80, seed 7" in page.words  # noqa: RUF001  # the sign for it
    assert "$0.24" in page.words
    assert all(b"secret" not in base64.b64decode(shown["src"].partition(",")[2]) for shown in page.images)


def test_an_existing_file_is_never_replaced_and_nothing_is_left_beside(qtbot, pages):
    place = pages()
    target = place.folder / "out" / "page.html"
    target.parent.mkdir()
    target.write_text("mine")
    assert place.write(qtbot, target).name == "page (2).html"
    assert target.read_text() == "mine"
    assert sorted(path.name for path in target.parent.iterdir()) == ["page (2).html", "page.html"]
    with qtbot.waitSignal(place.service.failed) as failed:
        place.service.export(PageOrder("gone", target, "", (), str))
    assert failed.args[0].advice


def test_many_photos_are_counted(qapp):
    photos = tuple(PagePicture(str(number), missing="none") for number in range(MOST_PHOTOS))
    facts = PageSection("c", (PageFact("d", "e", "f"),))
    page = harmless(page_bytes(RunPage("a", "b", (facts,), photos, 40)).decode())
    assert "and 40 more photos" in page.words


def test_the_page_has_the_direction_of_its_language(qapp):
    picture = PagePicture("cat.jpg", "TOK at sea", missing="none", facts="seed 7")
    page = RunPage("Ada", "b", (PageSection("c", (PageFact("d", "TOK"),)),), (picture,))
    assert '<html lang="en" dir="ltr">' in page_bytes(page).decode()
    texts.use(["ar"])
    try:
        shown = page_bytes(page).decode()
        assert '<html lang="ar" dir="rtl">' in shown
        for tag in ("h1", "dd", "b"):  # foreign words begin where the page's own do
            assert f"<{tag}><span dir=auto>" in shown
        assert "TOK at sea</span><small>seed 7</small>" in shown
    finally:
        texts.use([texts.ENGLISH])


def test_the_command_exports_the_selected_run(qtbot, pages, tmp_path):
    place = pages()
    bench = make_bench(qtbot, place.run, show=False)
    screen = make_runs_screen(
        bench.runs, bench.submits, bench.downloads, bench.accounts, bench.settings, bench.budgets,
        pages=place.service,
    )
    qtbot.addWidget(screen)
    screen.select("anna")
    assert screen.commands.export_page.isEnabled()
    screen.commands.export_page.trigger()
    dialog = next(dialog for dialog in screen.findChildren(QFileDialog) if dialog.isVisible())
    with qtbot.waitSignal(screen.toast, timeout=10_000):
        dialog.fileSelected.emit(str(tmp_path / "anna.html"))
        dialog.close()
    assert (tmp_path / "anna.html").is_file()
