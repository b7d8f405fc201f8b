"""Every place, dialog, menu and state of the window: what opens it, and what is looked at then.

Most dialogs are found by themselves: each action of a place whose name ends in an ellipsis opens one. What needs
more than an action is named here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QComboBox, QDialog, QLineEdit, QMenu, QPlainTextEdit, QWidget

from segmind_studio.core.errors import StudioError
from segmind_studio.core.generated_images import ImageState
from segmind_studio.core.picture_grid import GridPlan
from segmind_studio.core.sweep import Sweep
from segmind_studio.services.datasets.folder_watch import FolderNews
from segmind_studio.ui.forms.fold import Fold
from segmind_studio.ui.parts.banners import ErrorBanner
from segmind_studio.ui.shell.activity import ActivityList
from segmind_studio.ui.shell.drops import DropOffer, DropVeil
from segmind_studio.ui.shell.refusal import RefusalDialog
from segmind_studio.ui.shell.window import leave_question, leave_words
from tests.gallery.stage import Stage, Still
from tests.gallery.worlds import NOW

PLACES = ("start", "data", "train", "runs", "try", "settings")
SHOWN_BESIDES = frozenset({  # actions that cover the window, though nothing more is asked
    "full_view", "compare", "glance", "focus", "history", "duplicates", "vote", "again_grid",
})
NOT_SHOWN = frozenset({  # the system's own dialogs for files, and what would change the data
    "add", "add_folder", "export", "import_sheet", "save", "save_figures", "save_words", "download_as",
    "grid_export", "download",
})
STATES = (  # of a run, by the number in its id: see `worlds`
    ("training", 0), ("ready", 2), ("unknown", 3), ("interrupted", 8), ("failed", 9), ("refused", 11),
    ("elsewhere", 17),
)
READY, UNKNOWN, STARTED_TOGETHER = 2, 3, (5, 6, 7)


@dataclass(frozen=True, slots=True)
class Surface:
    """One thing to look at. `show` opens it and returns the widget; None when there is none in this world."""

    name: str
    show: Callable[[Stage], QWidget | None]
    chosen: bool = False  # in every look, not only in the usual ones
    bare: bool = False  # also in worlds without photos and runs

    @property
    def group(self) -> str:
        """Return the place that it belongs to."""
        return self.name.partition("/")[0]


# -- the surfaces


def every(stage: Stage) -> Iterator[Surface]:
    """Yield all surfaces in the order of the page."""
    for place in PLACES:
        yield Surface(f"{place}/place", partial(_place, place), chosen=True, bare=True)
    yield from _of_data()
    yield from _of_train()
    yield from _of_runs()
    yield from _of_try()
    yield from _of_settings()
    for place in ("data", "runs", "try", "train"):
        for name, action in sorted(stage.actions(place).items()):
            if ("…" in action.text() or name in SHOWN_BESIDES) and name not in NOT_SHOWN:
                yield Surface(f"{place}/{name.replace('_', '-')}", partial(_action, place, name))
    yield from _of_window(stage)


def wanted(surfaces: Iterator[Surface], patterns: Sequence[str], *, everything: bool, bare: bool) -> list[Surface]:
    """Return the surfaces to show: those of these names, or all, or the chosen ones."""
    return [
        one for one in surfaces
        if (any(fnmatch(one.name, pattern) or one.group == pattern for pattern in patterns) if patterns
            else everything or one.chosen)
        and (one.bare or not bare)
    ]


def _place(place: str, stage: Stage) -> QWidget:
    if place == "data" and stage.session.world != "empty":
        stage.select_photos()
    return stage.go(place)


def _action(place: str, name: str, stage: Stage) -> QWidget | None:
    """Open what an action opens: with one thing selected, or several where it needs those."""
    stage.go(place)
    action = stage.actions(place)[name]
    tries: Sequence[Callable[[], None]] = {
        "data": (partial(stage.select_photos, 2), partial(stage.select_photos, 2, 5)),
        "runs": (
            partial(stage.select_runs, READY), partial(stage.select_runs, UNKNOWN), partial(stage.select_runs, 8),
            partial(stage.select_runs, *STARTED_TOGETHER),
        ),
        "try": (partial(_select_pictures, stage),),
    }.get(place, (stage.clear,))
    for select in tries:
        select()
        if action.isEnabled():
            return stage.open(action)
    return None


def _select_pictures(stage: Stage) -> None:
    view = stage.studio._try._seen()
    view.gallery.grid.select(frozenset({f"{1:032x}", f"{3:032x}"}), f"{1:032x}")


def _of_data() -> Iterator[Surface]:
    yield Surface("data/one-selected", partial(_photos, (2,)), chosen=True)
    yield Surface("data/three-selected", partial(_photos, (2, 5, 9)), chosen=True)
    yield Surface("data/checks", partial(_switched, "checks"), chosen=True)
    yield Surface("data/words", partial(_switched, "words"))
    for density in ("small", "large", "list"):
        yield Surface(f"data/density-{density}", partial(_density, density))
    yield Surface("data/nothing-matches", _nothing_matches)
    yield Surface("data/folder-news", _folder_news)
    yield Surface("data/context-menu", _photo_menu)


def _photos(rows: tuple[int, ...], stage: Stage) -> QWidget:
    stage.go("data")
    stage.select_photos(*rows)
    return stage.window


def _switched(name: str, stage: Stage) -> QWidget:
    """Show the place with a part that is switched on; it is switched off when the next surface begins."""
    stage.go("data")
    action = stage.actions("data")[name]
    if action.isCheckable():
        action.setChecked(True)
        stage.later.append(partial(action.setChecked, False))
    else:
        action.trigger()
    stage.session.pause(150)
    return stage.window


def _density(density: str, stage: Stage) -> QWidget | None:
    densities = stage.studio._actions().photos.densities
    if density not in densities:
        return None
    densities[density].trigger()
    stage.later.append(densities["medium"].trigger)
    return _photos((2,), stage)


def _nothing_matches(stage: Stage) -> QWidget:
    stage.go("data")
    field = stage.session.driver.find(QLineEdit, "data.search")
    field.setText("zebra")
    stage.later.append(field.clear)
    stage.session.pause(400)
    return stage.window


def _folder_news(stage: Stage) -> QWidget:
    """Show a folder in which photos came, were renamed and are gone."""
    stage.go("data")
    bar, photos = stage.studio._data._parts.folder_news, stage.session.services.datasets.dataset.photos
    new, ids = tuple(Path(f"{number}.jpg") for number in range(5)), [photo.photo_id for photo in photos]
    bar.show_news(FolderNews("", new[:3], tuple(ids[:2]), tuple(zip(ids[2:4], new[3:], strict=False))))
    stage.later.append(lambda: bar.show_news(FolderNews()))
    return stage.window


def _photo_menu(stage: Stage) -> QWidget | None:
    _photos((2,), stage)
    return stage.context_menu(stage.studio._data._parts.grid, 2)


def _of_train() -> Iterator[Surface]:
    yield Surface("train/scrolled", partial(_scrolled, "train", 1))
    yield Surface("train/unfolded", _unfolded)
    yield Surface("train/checked", _checked)
    yield Surface("train/compare-values", _sweep)


def _scrolled(place: str, pages: int, stage: Stage) -> QWidget | None:
    stage.go(place)
    return stage.window if stage.scroll(pages) else None


def _unfolded(stage: Stage) -> QWidget | None:
    stage.go("train")
    folds = [fold for fold in stage.studio._train.findChildren(Fold) if not fold.is_open]
    for fold in folds:
        fold.set_open(True)
        stage.later.append(partial(fold.set_open, False))
    stage.session.pause(100)
    return _scrolled("train", 1, stage) if folds else None


def _checked(stage: Stage) -> QWidget:
    stage.go("train")
    stage.actions("train")["check"].trigger()
    stage.session.pause(300)
    return stage.window


def _sweep(stage: Stage) -> QWidget:
    stage.go("train")
    train = stage.studio._train
    form = train.form
    train.load_form(replace(form, sweep=Sweep("iterations", (120, 300, 600))))
    stage.later.append(partial(train.load_form, form))
    return stage.window


def _of_runs() -> Iterator[Surface]:
    for name, number in STATES:
        yield Surface(f"runs/{name}", partial(_run, number), chosen=name in {"ready", "unknown", "training"})
    for tab in range(1, 6):
        yield Surface(f"runs/ready-page-{tab + 1}", partial(_run_page, tab))
    yield Surface("runs/several", partial(_several, False))
    yield Surface("runs/compared", partial(_several, True))
    yield Surface("runs/compared-pictures", _compared_pictures, chosen=True)
    yield Surface("runs/context-menu", _run_menu)
    yield Surface("runs/column-menu", _column_menu)


def _run(number: int, stage: Stage) -> QWidget:
    stage.go("runs")
    stage.select_runs(number)
    return stage.window


def _run_page(tab: int, stage: Stage) -> QWidget | None:
    _run(READY, stage)
    tabs = stage.studio._runs_place.inspector.tabs
    if tab >= tabs.count():
        return None
    tabs.setCurrentIndex(tab)
    stage.later.append(partial(tabs.setCurrentIndex, 0))
    stage.session.pause(100)
    return stage.window


def _several(compared: bool, stage: Stage) -> QWidget:  # noqa: FBT001  # the two pictures of one selection
    stage.go("runs")
    stage.select_runs(*STARTED_TOGETHER)
    if compared:
        stage.actions("runs")["compare"].trigger()
        stage.session.pause(100)
    return stage.window


def _compared_pictures(stage: Stage) -> QWidget:
    _several(True, stage)
    tabs = stage.studio._runs_place.compare.tabs
    tabs.setCurrentIndex(tabs.count() - 1)
    stage.later.append(partial(tabs.setCurrentIndex, 0))
    return stage.window


def _run_menu(stage: Stage) -> QWidget | None:
    _run(READY, stage)
    return stage.context_menu(stage.studio._runs_place.list.table, 2)


def _column_menu(stage: Stage) -> QWidget | None:
    stage.go("runs")
    menu = stage.studio._runs_place.list.table.column_menu()
    return stage.menu(lambda: menu.popup(QPoint(20, 20)))


def _of_try() -> Iterator[Surface]:
    yield Surface("try/one-large", _one_large, chosen=True)
    yield Surface("try/prompt", _prompt, chosen=True)
    yield Surface("try/more", _more)
    yield Surface("try/grid", _grid, chosen=True)
    yield Surface("try/grid-stopped", _stopped_grid)
    yield Surface("try/grid-continue", _continued_grid)
    yield Surface("try/context-menu", _picture_menu)


def _one_large(stage: Stage) -> QWidget:
    stage.go("try")
    gallery = stage.studio._try._seen().gallery
    gallery.open_image(f"{1:032x}")
    stage.later.append(partial(_back, stage))
    stage.session.pause(150)
    return stage.window


def _back(stage: Stage) -> None:
    for name in ("try.one_large",):
        for button in stage.window.findChildren(QAbstractButton, name):
            if button.isChecked():
                button.click()


def _prompt(stage: Stage) -> QWidget:
    stage.go("try")
    field = stage.session.driver.find(QPlainTextEdit, "try.prompt")
    field.setPlainText("TRVLBK a lighthouse on a cliff, morning haze")
    stage.later.append(field.clear)
    stage.session.pause(150)
    return stage.window


def _more(stage: Stage) -> QWidget:
    _prompt(stage)
    button = stage.session.driver.button("try.more")
    button.click()
    stage.later.append(button.click)
    stage.session.pause(100)
    return stage.window


def _grid(stage: Stage) -> QWidget | None:
    stage.go("try")
    stage.session.pause(50)
    action = stage.actions("try")["grid"]
    if not action.isEnabled():
        return None
    action.trigger()
    stage.session.pause(200)
    stage.later.append(partial(_leave_grid, stage))
    return stage.window


def _stopped_grid(stage: Stage) -> QWidget | None:
    """Show a grid that was stopped: two pictures are made, and one request has no answer."""
    if _grid(stage) is None:
        return None
    services = stage.session.services
    images = services.tryouts.images
    made = [image for image in images if image.run_id == images[0].run_id]
    first, lost = made[0], next((image for image in made if image.state is ImageState.UNKNOWN), made[-1])
    notes = services.try_notes
    stage.later += [partial(services.grids.show, GridPlan()), partial(notes.update, notes.value)]
    notes.update(notes.value.with_plan(GridPlan(
        "gallery", first.account_id, NOW, prompts=(first.prompt, lost.prompt),
        strengths=(first.strength,), run_ids=tuple(dict.fromkeys(image.run_id for image in images))[:2],
        seeds=(first.seed or 0, lost.seed or 0), width=first.width, height=first.height,
    )))
    stage.session.driver.find(QComboBox, "try.grid.plans").setCurrentIndex(1)
    stage.session.pause(300)
    return stage.window


def _continued_grid(stage: Stage) -> QWidget | None:
    """Show the question before a grid that was stopped is continued."""
    return stage.open(stage.actions("try")["grid_start"]) if _stopped_grid(stage) is not None else None


def _leave_grid(stage: Stage) -> None:
    for button in stage.window.findChildren(QAbstractButton, "try.grid.back"):
        button.click()


def _picture_menu(stage: Stage) -> QWidget | None:
    stage.go("try")
    _select_pictures(stage)
    return stage.context_menu(stage.studio._try._seen().gallery.grid, 0)


def _of_settings() -> Iterator[Surface]:
    for pages in range(1, 6):
        yield Surface(f"settings/page-{pages + 1}", partial(_scrolled, "settings", pages), bare=True)


# -- what belongs to no place


def _of_window(stage: Stage) -> Iterator[Surface]:
    known = {menu: name for name, menu in stage.window._menus._menus.items()}
    for number, action in enumerate(stage.window.menuBar().actions()):
        menu = action.menu()
        if isinstance(menu, QMenu) and action.isVisible():
            name = known.get(menu, f"menu-{number + 1}")
            yield Surface(f"menus/{name}", partial(_menu, menu), bare=True)
            for place, inner in enumerate(one.menu() for one in menu.actions()):
                if isinstance(inner, QMenu):
                    yield Surface(f"menus/{name}-inner-{place + 1}", partial(_menu, inner))
    for name in ("palette", "shortcuts", "help", "log", "about"):
        yield Surface(f"window/{name}", partial(_command, name), bare=True)
    yield Surface("window/account-menu", partial(_button_menu, "strip.account"), bare=True)
    yield Surface("window/activity", _activity)
    yield Surface("window/drop", _drop)
    yield Surface("window/trouble", _trouble)
    yield Surface("window/toasts", _toasts)
    yield Surface("window/guide", _guide)
    yield Surface("window/leaving", _leaving)
    yield Surface("window/refusal", _refusal)
    yield Surface("window/licences", _licences)


def _menu(menu: QMenu, stage: Stage) -> QWidget | None:
    stage.go("data")
    stage.select_photos(2)
    menu.aboutToShow.emit()
    return stage.menu(lambda: menu.popup(QPoint(20, 20)))


def _command(name: str, stage: Stage) -> QWidget | None:
    stage.go("data")
    return stage.open(getattr(stage.window.commands, name))


def _button_menu(name: str, stage: Stage) -> QWidget | None:
    stage.go("start")
    for button in stage.window.findChildren(QAbstractButton, name):
        return stage.menu(button.click)
    return None


def _activity(stage: Stage) -> QWidget | None:
    """Show the list of what is under way, with work of this computer in it."""
    stage.go("start")
    board = stage.session.services.board
    board.begin("gallery", "travel-book-2", lambda: None)
    board.progress("gallery", 21_000_000, 34_500_000, "bytes")
    stage.later.append(partial(board.end, "gallery"))
    stage.session.pause(150)
    button = stage.session.driver.button("strip.activity")
    button.click()
    stage.session.pause(100)
    popup = next((one for one in stage.window.findChildren(ActivityList) if one.isVisible()), None)
    if popup is None:
        return stage.menu(lambda: None)
    still = Still(stage.session.picture(popup if popup.isWindow() else stage.window))
    popup.close()
    return still


def _drop(stage: Stage) -> QWidget:
    stage.go("data")
    veil = DropVeil(stage.window.contents)
    veil.offer(DropOffer((Path("/photos"),), photos=12), "Travel book")
    stage.later.append(veil.deleteLater)
    return stage.window


def _trouble(stage: Stage) -> QWidget:
    stage.go("data")
    error = StudioError(
        "Something unexpected happened.", "Your work is stored. Save a support bundle if it happens again.",
        "ValueError: example",
    )
    stage.window.show_trouble(error)
    stage.later.append(_close_trouble_of(stage))
    return stage.window


def _close_trouble_of(stage: Stage) -> Callable[[], None]:
    def close() -> None:
        for banner in stage.window.findChildren(QWidget, "trouble"):
            if isinstance(banner, ErrorBanner):
                banner.clear()
                banner.closed.emit()

    return close


def _toasts(stage: Stage) -> QWidget:
    stage.go("data")
    checks = stage.actions("data")["checks"]
    checks.setChecked(True)
    stage.later.append(partial(checks.setChecked, False))
    stage.session.pause(150)
    stage.window._toasts.clear()
    stage.window.toast("Saved “travel-book.safetensors” in /home/anna/Downloads")
    stage.window.undo_toast("Excluded 3 photos")
    stage.session.pause(150)
    return Still(stage.window.grab().toImage())


def _guide(stage: Stage) -> QWidget | None:
    stage.go("start")
    stage.window.commands.guide.trigger()
    stage.session.pause(200)
    bubbles = [one for one in stage.window.findChildren(QWidget, "guide") if one.isVisible()]
    for bubble in bubbles:
        button = bubble.findChild(QAbstractButton, "guide.skip")
        stage.later.append(button.click if button is not None else bubble.hide)
    return stage.window if bubbles else None


def _leaving(stage: Stage) -> QWidget:
    runs = stage.session.services.runs.runs
    settings = replace(stage.session.services.settings.value, quit_with_runs_told=False)
    question = leave_question(*leave_words(runs, settings), stage.window)
    question.open()
    stage.later.append(question.deleteLater)
    return question


def _refusal(stage: Stage) -> QWidget:
    error = StudioError(
        "The data folder cannot be written.", "Look at its permissions, and whether the disk is full.",
        "OSError: [Errno 28] No space left on device",
    )
    dialog = RefusalDialog(error, "Data folder: /home/anna/.local/share/segmind-studio")
    dialog.show()
    stage.later.append(dialog.deleteLater)
    return dialog


def _licences(stage: Stage) -> QWidget | None:
    about = _command("about", stage)
    if not isinstance(about, QDialog):
        return None
    licences = QAction(about)
    licences.triggered.connect(stage.session.driver.button("about.licences").click)
    return stage.open(licences)
