"""The work of the commands that the user calls with keys, menus and the pointer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication

from segmind_studio.core.datasets import ZIP_SUFFIX, Photo, Severity
from segmind_studio.core.file_uris import local_paths
from segmind_studio.core.fixes import Fix, FixKind
from segmind_studio.services.datasets.dataset_changes import CaptionState
from segmind_studio.services.images.thumbnails import FullImage
from segmind_studio.texts import _, ngettext
from segmind_studio.ui.data.caption_commands import CaptionCommands
from segmind_studio.ui.data.filter import ABOUT_ALL_CAPTIONS, CAPTION_CHECKS
from segmind_studio.ui.data.finder import PhotoFinder
from segmind_studio.ui.data.inspector.caption_readings import same_way
from segmind_studio.ui.data.inspector.full_view import FullView
from segmind_studio.ui.data.widgets import DataWidgets
from segmind_studio.ui.parts import ActionButton
from segmind_studio.ui.parts.density import density_named
from segmind_studio.ui.parts.files_in import picture_of
from segmind_studio.ui.parts.files_out import copy_files

if TYPE_CHECKING:
    from segmind_studio.ui.data.glance.window import GlanceWindow

_ZOOM = 1.25
_SHORTCUT = Qt.FocusReason.ShortcutFocusReason


class PhotoCommands(QObject):
    """Run the actions on the parts of one screen.

    Signals (GUI thread): toast(str), a short message; field_fix(Fix), a fix of a field of the training form;
    crop_wanted() and before_after_wanted(), from the full view; caption_made(CaptionEditor), that of the full view
    when it is first shown.
    """

    toast = Signal(str)
    field_fix = Signal(object)
    crop_wanted = Signal()
    before_after_wanted = Signal()
    caption_made = Signal(object)

    def __init__(self, parts: DataWidgets) -> None:
        super().__init__(parts.screen)
        self._parts = parts
        self._full: FullView | None = None
        self._trigger_word = ""
        self._glance: GlanceWindow | None = None
        self._copied: Photo | None = None  # its pixels are still to be put on the clipboard
        self._copied_paths: tuple[Path, ...] = ()
        self._copying = False
        actions, picture, dialogs = parts.actions, parts.inspector.photo.picture, parts.dialogs
        actions.bind(parts.grid)
        for action, slot in (
            (actions.add, dialogs.ask_photos), (actions.add_folder, dialogs.ask_folder),
            (actions.export, self._ask_target), (actions.rename, self._ask_name), (actions.new, self._new),
            (actions.find, self._find), (actions.replace, self._replace),
            (actions.exclude, self._exclude), (actions.include, self._include), (actions.remove, self._remove),
            (actions.select_all, parts.grid.select_matching), (actions.invert, parts.grid.invert),
            (actions.show_file, self._show_file),
            (actions.copy, self._copy), (actions.paste, self._paste),
            (actions.locate, dialogs.ask_moved),
            (actions.next, self._next), (actions.previous, self._previous),
            (actions.next_problem, self._next_problem), (actions.full_view, self.show_full),
            (actions.zoom_in, self._zoom_in), (actions.zoom_out, self._zoom_out),
            (actions.zoom_fit, picture.zoom_to_fit), (actions.glance, self._show_glance),
        ):
            action.triggered.connect(slot)
        for action in actions.densities.values():
            action.toggled.connect(self._set_density)
        self._captions = CaptionCommands(parts)
        self._captions.fix_wanted.connect(self._fix)
        self._captions.toast.connect(self.toast)
        self.finder = PhotoFinder(parts)
        parts.thumbnails.full_ready.connect(self._copy_pixels)
        parts.datasets.files_ready.connect(self._copy_ready)
        parts.datasets.files_ready.connect(parts.grid.continue_drag)
        parts.grid.customContextMenuRequested.connect(self._show_menu)
        parts.grid.doubleClicked.connect(self.show_full)
        parts.grid.edit_wanted.connect(self._edit)
        parts.inspector.photo.caption.done.connect(self.focus_grid)
        parts.filters.left.connect(self.focus_grid)
        parts.drawer.fix_wanted.connect(self._fix)
        parts.inspector.photo.readings.chosen.connect(self._read_caption)
        parts.zip_names.chosen.connect(self._read_names)
        parts.offers.taken.connect(self._take_offered)
        parts.offers.kept.connect(self._keep_mine)
        dialogs.photos_chosen.connect(self._add)
        dialogs.target_chosen.connect(self._export)
        dialogs.located.connect(parts.datasets.locate)
        parts.folder_news.add_wanted.connect(self._add)
        parts.folder_news.locate_wanted.connect(self._locate)
        parts.folder_news.remove_wanted.connect(self._remove_lost)
        parts.folder_news.dismissed.connect(parts.datasets.dismiss_folder_news)
        dialogs.named.connect(parts.editor.rename)

    @property
    def full_view(self) -> FullView | None:
        """Return the full view once it has been shown."""
        return self._full

    @Slot()
    def show_full(self) -> None:
        """Show the selected photo over the whole window."""
        if self._parts.grid.current is None:
            return
        if self._full is None:
            self._full = FullView(self._parts.thumbnails, self._parts.screen.window())
            self._full.set_trigger_word(self._trigger_word)
            self._full.step_wanted.connect(self._step)
            self._full.exclude_wanted.connect(self._toggle_excluded)
            self._full.crop_wanted.connect(self.crop_wanted)
            self._full.before_after_wanted.connect(self.before_after_wanted)
            self._full.caption_edited.connect(self._parts.editor.type_caption)
            self._full.caption_left.connect(self._parts.editor.end_sitting)
            self._full.closed.connect(self.focus_grid)
            self._full.destroyed.connect(self._forget_full)
            self.caption_made.emit(self._full.caption)
        self.follow_full(opening=True)

    @Slot()
    def _forget_full(self) -> None:
        self._full = None  # it was deleted with the window that it covered

    def set_trigger_word(self, word: str) -> None:
        """Highlight this word in the caption of the full view."""
        self._trigger_word = word
        self._captions.set_trigger_word(word)
        if self._full is not None:
            self._full.set_trigger_word(word)

    def follow_full(self, *, opening: bool = False) -> None:
        """Show the current photo in the full view; with `opening` also when the view is not open."""
        grid, shown, full = self._parts.grid, self._parts.model.shown, self._full
        if full is None or not (opening or full.isVisible()):
            return
        if grid.current is None:
            full.hide()
        else:
            full.show_photo(grid.current, grid.currentIndex().row() + 1, len(shown))

    @Slot(object)
    def select(self, photo_ids: frozenset[str]) -> None:
        """Select photos, also those that the filter hides."""
        parts = self._parts
        if any(parts.model.row_of(photo_id) < 0 for photo_id in photo_ids):
            parts.filters.show_all()
        parts.grid.select(photo_ids)
        self.focus_grid()

    @Slot(object)
    def _fix(self, fix: Fix) -> None:
        """Run the fix of a finding's button, on the current photos."""
        parts = self._parts
        photos = [photo for photo in parts.datasets.dataset.photos if photo.photo_id in fix.photo_ids]
        match fix.kind:
            case FixKind.SET:
                self.field_fix.emit(fix)
            case FixKind.PREPEND:
                parts.editor.prepend_trigger(str(fix.value))
            case FixKind.EXCLUDE | FixKind.INCLUDE:
                parts.editor.set_excluded(photos, excluded=fix.kind is FixKind.EXCLUDE)
            case FixKind.REMOVE:
                parts.editor.remove(photos)
            case FixKind.FIT:
                parts.actions.fit.trigger()
            case FixKind.ADD:
                parts.dialogs.ask_photos()
            case FixKind.SELECT:
                self.select(frozenset(fix.photo_ids))
            case _:
                self._fix_captions(fix, photos)

    def _fix_captions(self, fix: Fix, photos: Sequence[Photo]) -> None:
        parts = self._parts
        match fix.kind:
            case FixKind.REWORD:
                self.reword(photos, fix.key)
            case FixKind.REPLACE:
                parts.editor.replace_term(photos, fix.key, str(fix.value))
            case FixKind.DROP:
                parts.editor.drop_term(photos, fix.key)
            case FixKind.LEAD:
                parts.editor.lead_with(photos, str(fix.value))
            case FixKind.ACCEPT:
                parts.editor.accept(photos, fix.key)
            case FixKind.SHOW_IGNORED:
                parts.editor.show_ignored()
            case _:
                pass

    def reword(self, photos: Sequence[Photo], term: str) -> None:
        """Select photos and open the bulk edit with a word or phrase to be replaced; the user writes by what."""
        parts = self._parts
        self.select(frozenset(photo.photo_id for photo in photos))
        parts.inspector.show_bulk(parts.grid.selected)
        parts.inspector.bulk.form.ask_for_replacement(term)

    @Slot()
    def focus_grid(self) -> None:
        """Set the keyboard focus to the grid."""
        self._parts.grid.setFocus(_SHORTCUT)

    @Slot()
    def _edit(self) -> None:
        """Set the keyboard focus to the caption, or to the edit of many captions."""
        inspector = self._parts.inspector
        if len(self._parts.grid.selected) == 1:
            inspector.photo.caption.setFocus(_SHORTCUT)
        else:
            inspector.bulk.form.setFocus(_SHORTCUT)

    # Adding and removing photos

    @Slot(object)
    def _add(self, paths: Sequence[Path]) -> None:
        self._parts.datasets.add(paths)

    @Slot()
    def _paste(self) -> None:
        """Add what the clipboard holds: files, or a picture without one. Nothing is fetched from the web."""
        mime = QGuiApplication.clipboard().mimeData()
        uris = [bytes(url.toEncoded().data()).decode() for url in mime.urls()] or mime.text().split()
        if paths := local_paths(uris):
            self._parts.datasets.add(paths)
        elif (picture := picture_of(mime)) is not None:
            self._parts.datasets.add_picture(picture)
        elif any(uri.lower().startswith(("http:", "https:")) for uri in uris):
            self.toast.emit(_("The app does not download from the web. Copy the picture itself, or save it "
                              "first."))
        else:
            self.toast.emit(_("No picture on the clipboard. Copy a picture or files first."))

    @Slot(object)
    def _locate(self, paths: Sequence[Path]) -> None:
        """Find lost photos again among these files."""
        self._parts.datasets.locate(*paths)

    @Slot(object)
    def _remove_lost(self, photo_ids: Sequence[str]) -> None:
        """Remove photos whose files are gone."""
        lost = frozenset(photo_ids)
        self._parts.editor.remove(photo for photo in self._parts.datasets.dataset.photos if photo.photo_id in lost)

    @Slot(object, str)
    def _read_names(self, zip_path: Path, code_page: str) -> None:
        self._parts.datasets.add((zip_path,), code_page)

    @Slot()
    def _exclude(self) -> None:
        self._parts.editor.set_excluded(self._parts.grid.selected, excluded=True)

    @Slot()
    def _include(self) -> None:
        self._parts.editor.set_excluded(self._parts.grid.selected, excluded=False)

    @Slot()
    def _toggle_excluded(self) -> None:
        photo = self._parts.grid.current
        if photo is not None:
            self._parts.editor.set_excluded((photo,), excluded=not photo.excluded)

    @Slot()
    def _remove(self) -> None:
        self._parts.editor.remove(self._parts.grid.selected)

    @Slot()
    def _show_file(self) -> None:
        for photo in self._parts.grid.selected[:1]:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(photo.path.parent)))

    @Slot()
    def _copy(self) -> None:
        """Copy the photos' files; of a single one the picture too, as soon as it is decoded.

        The file of an edited photo is what training gets of it; it is copied as soon as it is made.
        """
        selected = self._parts.grid.selected
        paths = self._parts.datasets.files_out(selected)
        self._copying = bool(selected) and not paths  # the file of an edited photo is being made
        if not paths:
            return
        copy_files(paths)
        self._copied_paths = paths
        self._copied = selected[0] if len(selected) == 1 and not selected[0].problem else None
        if self._copied is not None:
            self._parts.thumbnails.load_full(self._copied)
        count = len(selected)
        self.toast.emit(ngettext("Photo copied", "{count} photos copied", count).format(count=count))

    @Slot()
    def _copy_ready(self) -> None:
        if self._copying:
            self._copy()

    @Slot(object)
    def _copy_pixels(self, full: FullImage) -> None:
        photo = self._copied
        if photo is None or not full.shows(photo):
            return
        self._copied = None
        copied = QGuiApplication.clipboard().mimeData()
        paths = self._copied_paths
        if copied.urls() == [QUrl.fromLocalFile(str(path)) for path in paths]:  # else it was replaced meanwhile
            copy_files(paths, full.image)

    @Slot(str, str, bool)
    def _read_caption(self, photo_id: str, text: str, every: bool) -> None:  # noqa: FBT001  # as the signal has it
        photos = self._parts.datasets.dataset.photos
        photo = self._parts.datasets.dataset.photo(photo_id)
        if photo is not None:
            self._parts.editor.read_captions(same_way(photo, text, photos) if every else {photo_id: text})

    @Slot(object)
    def _take_offered(self, offered: Mapping[str, CaptionState]) -> None:
        self._parts.editor.settle_offered(offered, take=True)

    @Slot(object)
    def _keep_mine(self, offered: Mapping[str, CaptionState]) -> None:
        self._parts.editor.settle_offered(offered, take=False)

    # The dataset

    @Slot()
    def _new(self) -> None:
        self._parts.datasets.new()

    @Slot()
    def _ask_name(self) -> None:
        self._parts.dialogs.ask_name(self._parts.datasets.dataset.name)

    @Slot()
    def _ask_target(self) -> None:
        self._parts.dialogs.ask_target(self._parts.datasets.dataset.name)

    @Slot(object)
    def _export(self, target: Path) -> None:
        named = target.suffix.lower() == ZIP_SUFFIX
        self._parts.datasets.export(target if named else target.with_name(target.name + ZIP_SUFFIX))

    # Navigation

    @Slot()
    def _next(self) -> None:
        self._step(1)

    @Slot()
    def _previous(self) -> None:
        self._step(-1)

    @Slot(int)
    def _step(self, by: int) -> None:
        self._parts.grid.step(by)

    @Slot()
    def _next_problem(self) -> None:
        photo = self._problem_after(self._parts.grid.current)
        if photo is None:
            self.toast.emit(_("No problems left."))
            return
        typing = self._parts.inspector.photo.caption.hasFocus()
        self.select(frozenset({photo.photo_id}))
        if typing:
            self._parts.inspector.photo.caption.setFocus(_SHORTCUT)

    def _problem_after(self, current: Photo | None) -> Photo | None:
        """Find the next photo with a problem, and continue at the start after the last one."""
        parts = self._parts
        wanted = parts.model.troubled | {
            photo_id
            for finding in parts.datasets.package.findings
            if finding.check in CAPTION_CHECKS - ABOUT_ALL_CAPTIONS and finding.severity is not Severity.INFO
            for photo_id in finding.photo_ids
        }
        photos = parts.datasets.dataset.photos
        start = photos.index(current) + 1 if current in photos else 0
        return next((photo for photo in photos[start:] + photos[:start] if photo.photo_id in wanted), None)

    @Slot()
    def _find(self) -> None:
        self._parts.filters.search.setFocus(_SHORTCUT)
        self._parts.filters.search.selectAll()

    @Slot()
    def _replace(self) -> None:
        """Open find and replace on the selected photos, on all shown photos when fewer than two are selected."""
        parts = self._parts
        if len(parts.grid.selected) < 2:  # noqa: PLR2004  # several
            parts.grid.select_matching()
        parts.inspector.show_bulk(parts.grid.selected)
        parts.inspector.bulk.form.ask_for_replacement()

    # View

    @Slot()
    def _zoom_in(self) -> None:
        self._parts.inspector.photo.picture.zoom_by(_ZOOM)

    @Slot()
    def _zoom_out(self) -> None:
        self._parts.inspector.photo.picture.zoom_by(1 / _ZOOM)

    @Slot()
    def _show_glance(self) -> None:
        if self._glance is None:
            from segmind_studio.ui.data.glance.window import GlanceWindow  # noqa: PLC0415  # when first needed

            self._glance = GlanceWindow(self._parts.datasets, self._parts.thumbnails, self._parts.screen)
            self._glance.chosen.connect(self.select)
            save = ActionButton(self._parts.actions.save_figures, "quiet", words=_("Save as CSV…"))
            self._glance.add_tool(save)
        self._glance.show()
        self._glance.activateWindow()

    @Slot()
    def _set_density(self) -> None:
        actions = self._parts.actions.densities
        for name, action in actions.items():
            if action.isChecked():
                self._parts.grid.set_density(density_named(name))
                self._parts.settings.update(density=name)

    @Slot(QPoint)
    def _show_menu(self, at: QPoint) -> None:
        menu = self._parts.actions.context_menu(self._parts.grid)
        menu.popup(self._parts.grid.viewport().mapToGlobal(at))
