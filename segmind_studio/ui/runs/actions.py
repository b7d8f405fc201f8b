"""The commands on runs, as actions that are enabled when they are possible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from segmind_studio.clock import monotonic_seconds
from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.runs import Phase, Run, Stage
from segmind_studio.texts import N_, _, ngettext
from segmind_studio.ui.parts.composing import finish_before
from segmind_studio.ui.parts.needs import mark_paying, set_need
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.runs.values import requested_wait_text
from segmind_studio.ui.theme.icons import icon

if TYPE_CHECKING:
    from segmind_studio.core.pricing import CostEstimate
    from segmind_studio.services.runs.run_values import WatchState
    from segmind_studio.services.runs.send_again import Patience

WEIGHTS_STAGES = frozenset({Stage.TRAINED, Stage.DEPLOYING, Stage.READY})
COMPARED_AT_MOST = 5
_OF_ANOTHER_ACCOUNT = N_("This run belongs to another account. Switch to that account first.")


class RunCommands(QObject):
    """Own the actions. `update_for` enables them for what is selected; the handlers do the work."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.check = self._make("refresh-cw", _("Check now"), _("Ask the service for news of your runs"))
        self.check.setShortcut(QKeySequence.StandardKey.Refresh)
        self.find = self._make("search", _("Search runs"))
        self.find.setShortcut(QKeySequence.StandardKey.Find)
        for action in (self.check, self.find):
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.try_it = self._make("wand-sparkles", _("Try it"))
        self.download = self._make("download", _("Download"))
        self.download_as = self._make("file-down", _("Download as…"))
        self.show_folder = self._make("folder-open", _("Show in folder"))
        self.again = self._make(
            "copy-plus", _("Run again"), _("Copy the settings into the form. Nothing is sent yet"),
        )
        self.versions = self._make(
            "images", _("Compare photos…"), _("See which photos and captions changed since this run"),
        )
        self.compare = self._make(
            "columns-2", _("Compare runs"),
            _("Compare settings, photos and pictures of the selected runs"),
        )
        self.compare.setShortcut("F7")
        self.compare.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.siblings = self._make(
            "rows-3", _("Compare with its group"),
            _("Select all runs started together with this one"),
        )
        self.public = self._make("globe", _("Make public…"))
        self.copy_id = self._make("clipboard-copy", _("Copy id"))
        self.copy_id.setShortcut(QKeySequence.StandardKey.Copy)
        self.copy_id.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.pin = self._make("pin", _("Pin"))
        self.refresh = self._make("rotate-cw", _("Refresh details"))
        self.export_sheet = self._make(
            "file-down", _("Export run sheet…"), _("Save everything known about this run in one file"),
        )
        self.export_page = self._make(
            "file-down", _("Export as web page…"), _("Save photos, settings, pictures and costs as a web page"),
        )
        self.import_sheet = self._make(
            "file-plus", _("Import run sheet…"), _("Add a run from a run sheet, for reference"),
        )
        self.history = self._make(
            "coins", _("Money and time…"), _("See spending, and how long runs take"),
        )
        self.cancel = self._make(
            "x", _("Cancel"), _("Stop before anything is paid. You can continue later"),
        )
        self.resume = self._make("play", _("Continue"))
        self.abandon = self._make(
            "circle-slash", _("Give up"), _("Stop for good. Nothing is paid"),
        )
        self.settle = self._make("refresh-cw", _("Look for the run now"))
        self.send_again = self._make("send", _("Send again (may start a second paid run)…"))
        self.open_settings = self._make("key-round", _("Open Settings"))
        self.export_zip = self._make(
            "package", _("Export zip…"), _("Export your photos"),
        )
        self.try_models = self._make("wand-sparkles", _("Try a model"))
        self.back_to_form = self._make("square-pen", _("Back to the form"))
        self.labels = self._make("tag", _("Tags and colour…"), _("Add tags and a colour to the selected runs"))
        self.archive = self._make("archive", _("Archive"), _("Hide from the list. Nothing is deleted"))
        self.continue_all = self._make("play", _("Continue all runs not started…"))
        self.columns = self._make("columns-2", _("Columns…"), _("Choose the columns and their order"))
        self.reset_columns = self._make("rotate-ccw", _("Reset columns"))
        self.save_view = self._make(
            "bookmark-plus", _("Save view…"), _("Save filter, search, columns and sorting"),
        )
        self.rename_view = self._make("pencil-line", _("Rename view…"))
        self.delete_view = self._make("trash-2", _("Delete view"))
        self._make_for_accounts()
        self._say_needs()
        self.patience: Patience | None = None  # what is still required before the selected run may be sent again
        self._selected: Run | None = None
        self._asking = self._must_wait = False
        self.update_for((), frozenset())

    def _make_for_accounts(self) -> None:
        self.all_accounts = self._make("circle-user", _("Runs of all accounts"))
        self.all_accounts.setCheckable(True)
        self.all_accounts.setVisible(False)
        self.switch_account = self._make("key-round", _("Switch to the account of this run"))
        self._foreign = False  # what is selected belongs to another account

    def _say_needs(self, *, foreign: bool = False) -> None:
        mark_paying((self.resume, self.send_again, self.continue_all))
        set_need((self.save_view,), N_("This view is already saved."))
        set_need((self.rename_view, self.delete_view), N_("Choose a saved view first."))
        set_need((self.check,), N_("A check is running, or the service asked to wait."))
        set_need((self.all_accounts,), N_("Only one account has runs."))
        set_need((self.switch_account,), N_("Select a run of another account."))
        for need, actions in (
            (N_("A check is running, or the service asked to wait."), (self.settle,)),
            (N_("Select a run that is ready."), (self.try_it,)),
            (N_("Select a trained run that is not being downloaded."), (self.download, self.download_as)),
            (N_("Select a run that was downloaded."), (self.show_folder,)),
            (N_("Select one run."), (self.again,)),
            (N_("Select a run."), (self.pin, self.labels, self.export_sheet, self.export_page)),
            (N_("Select runs that have ended."), (self.archive,)),
            (N_("No run of this comparison can be continued."), (self.continue_all,)),
            (N_("Select a run that was started in this app."), (self.versions,)),
            (N_("Select a run that the service has accepted."), (self.refresh, self.copy_id, self.public)),
            (N_("Select a run that was started together with others."), (self.siblings,)),
            (N_("Select two to five runs."), (self.compare,)),
            (N_("Select a run that is being prepared or uploaded."), (self.cancel,)),
            (N_("Select a run that was interrupted."), (self.resume,)),
            (N_("Select a run that was interrupted, or is being prepared or uploaded."), (self.abandon,)),
            (N_("Select a run that has no answer yet."), (self.settle, self.send_again)),
        ):
            set_need(actions, _OF_ANOTHER_ACCOUNT if foreign else need)

    def _make(self, icon_name: str, text: str, tip: str = "") -> QAction:
        action = finish_before(QAction(icon(icon_name), text, self))
        action.setToolTip(plain_tip(tip or text))
        return action

    def for_menu(self) -> tuple[QAction, ...]:
        """Return what belongs in the window's Run menu, in order."""
        return (
            self.check, self.refresh, self._line(), self.switch_account,
            self.try_it, self.again, self._line(),
            self.download, self.download_as, self.show_folder, self._line(),
            self.compare, self.siblings, self.versions, self._line(),
            self.pin, self.labels, self.archive, self._line(), self.public, self.copy_id, self._line(),
            self.export_sheet, self.export_page, self.import_sheet, self._line(), self.history, self._line(),
            self.cancel, self.resume, self.continue_all, self.abandon, self.settle, self.send_again,
        )

    def in_menus(self) -> Sequence[tuple[str, QAction]]:
        """Return each with its menu, in order."""
        view = (
            self.all_accounts, self.columns, self.reset_columns,
            self.save_view, self.rename_view, self.delete_view,
        )
        return [
            ("edit", self.find), *(("run", action) for action in self.for_menu()),
            *(("view", action) for action in view),
        ]

    def for_table(self) -> tuple[QAction, ...]:
        """Return what belongs in the table's context menu."""
        return (
            self.switch_account, self.try_it, self.again, self._line(), self.download, self.download_as,
            self.show_folder, self._line(),
            self.compare, self.siblings, self._line(), self.pin, self.labels, self.archive, self._line(),
            self.public, self.copy_id, self.refresh, self._line(), self.export_sheet, self.export_page,
            self._line(), self.cancel, self.resume, self.continue_all, self.abandon, self.settle, self.send_again,
        )

    def for_more(self) -> tuple[QAction, ...]:
        """Return what belongs behind the inspector's "More" button."""
        return (
            self.download_as, self.show_folder, self._line(), self.pin, self.labels, self.archive, self.copy_id,
            self.refresh, self.siblings, self._line(), self.export_sheet, self.export_page, self.import_sheet,
        )

    def _line(self) -> QAction:
        line = QAction(self)
        line.setSeparator(True)
        return line

    def show_watch(self, watch: WatchState, now: float) -> None:
        """Enable asking unless the service is being asked or set a pause; `now` is `monotonic_epoch()`."""
        wait = requested_wait_text(watch, now)
        self._asking, self._must_wait = watch.checking, bool(wait)
        self.check.setEnabled(not (self._asking or self._must_wait))
        self._for_unknown()
        self.check.setToolTip(plain_tip(wait or _("Ask the service for news of your runs")))
        self.settle.setToolTip(plain_tip(wait or self.settle.text()))

    def update_for(
        self, selected: Sequence[Run], downloading: frozenset[str], cost: CostEstimate | None = None,
        patience: Patience | None = None, held_back: int = 0,
    ) -> None:
        """Enable what is possible with the selected runs.

        `cost` is the cost of sending the run that waits for a decision, `patience` what is required before it may
        be sent again, `held_back` how many runs can be continued together.
        """
        one = selected[0] if len(selected) == 1 else None
        self._selected, self.patience = one, patience
        stage = one.stage if one else None
        self._for_model(one, downloading)
        self.again.setEnabled(one is not None)
        self.versions.setEnabled(one is not None and bool(one.manifest))
        retired = one is not None and one.retired
        self.back_to_form.setEnabled(stage is Stage.REFUSED and not retired)
        for action in (self.export_zip, self.try_models):
            self._contextual(action, retired)
        known = one is not None and bool(one.service_id)
        self.copy_id.setEnabled(any(run.service_id for run in selected))
        self.refresh.setEnabled(known)
        self.public.setEnabled(known and one is not None and not one.vanished and stage is not Stage.FAILED)
        is_public = one is not None and one.public is True
        if is_public:
            _name(self.public, _("Make private"), "lock")
        else:
            _name(self.public, _("Make public…"), "globe")
        self._for_several(selected, held_back)
        self.export_page.setEnabled(one is not None)
        self.compare.setEnabled(1 < len(selected) <= COMPARED_AT_MOST)
        self.pin.setEnabled(bool(selected))
        pinned = bool(selected) and all(run.pinned for run in selected)
        if pinned:
            _name(self.pin, _("Unpin"), "pin-off")
        else:
            _name(self.pin, _("Pin"), "pin")
        self._contextual(self.siblings, one is not None and bool(one.sweep_id))
        self._contextual(self.cancel, stage in {Stage.PREPARING, Stage.UPLOADING})
        self._contextual(self.resume, stage is Stage.INTERRUPTED)
        self.resume.setText(self._resume_text(cost))
        self._contextual(self.abandon, stage in {Stage.INTERRUPTED, Stage.PREPARING, Stage.UPLOADING})
        self._for_unknown()

    def update_for_other(self, account: str | None) -> None:
        """Say whether what is selected belongs to another account, which makes every action on it impossible.

        `account` is its name if it can be switched to, "" if not, None for runs of the account in use. The rest
        is done by `update_for`, which is called with no runs then.
        """
        self._contextual(self.switch_account, bool(account))
        self.switch_account.setText(_("Switch to “{name}”").format(name=account) if account
                                    else _("Switch to the account of this run"))
        if (account is not None) is not self._foreign:
            self._foreign = account is not None
            self._say_needs(foreign=self._foreign)

    def _for_several(self, selected: Sequence[Run], held_back: int) -> None:
        self.labels.setEnabled(bool(selected))
        one = len(selected) <= 1
        self.export_sheet.setEnabled(bool(selected))
        self.export_sheet.setText(_("Export run sheet…") if one else _("Export run sheets…"))
        archived = bool(selected) and all(run.put_away for run in selected)
        self.archive.setEnabled(archived or any(run.may_be_archived and not run.archived for run in selected))
        if archived:
            _name(self.archive, _("Restore from archive"), "archive-restore")
        else:
            _name(self.archive, _("Archive"), "archive")
        words = ngettext("Continue {count} run…", "Continue {count} runs…", held_back).format(count=held_back)
        self.continue_all.setText(words if held_back else _("Continue all runs not started…"))
        self._contextual(self.continue_all, held_back > 1)

    def tick(self) -> None:
        """Update the actions of the selected run after time has passed."""
        self._for_unknown()

    def _for_unknown(self) -> None:
        one = self._selected
        unknown = one is not None and one.stage is Stage.UNKNOWN
        self._contextual(self.settle, unknown, not (self._asking or self._must_wait))
        over = self.patience is not None and self.patience.over(monotonic_seconds())
        self.send_again.setText(
            _("Send again (may start a second run)…") if _in_practice(one)
            else _("Send again (may start a second paid run)…"),
        )
        self._contextual(self.send_again, unknown, one is not None and one.phase is Phase.UNKNOWN and over)

    def _resume_text(self, cost: CostEstimate | None) -> str:
        if cost is None or cost.dollars is None:
            return _("Continue (paid)")
        if not cost.dollars:
            return _("Continue (practice, free)")
        return _("Continue (paid, {cost})").format(cost=cost.text)

    def _for_model(self, one: Run | None, downloading: frozenset[str]) -> None:
        ready = one is not None and one.ready and not one.vanished
        self.try_it.setEnabled(ready)
        self.try_it.setToolTip(plain_tip(self._try_tip(one, ready=ready)))
        has_weights = one is not None and one.stage in WEIGHTS_STAGES and bool(one.weights_url)
        busy = one is not None and one.run_id in downloading
        for action in (self.download, self.download_as):
            action.setEnabled(has_weights and not busy)
            action.setToolTip(plain_tip(self._download_tip(one, has_weights=has_weights, busy=busy)))
        self.show_folder.setEnabled(one is not None and bool(one.result_path))

    def _try_tip(self, one: Run | None, *, ready: bool) -> str:
        if not ready:
            return _("Available when the run is ready")
        if _in_practice(one):
            return _("Make pictures with this model")
        return _("Make pictures with this model. Each one is paid")

    def _download_tip(self, one: Run | None, *, has_weights: bool, busy: bool) -> str:
        if busy:
            return _("Downloading")
        if has_weights:
            return _("Save the trained weights on this computer")
        if one is not None and one.stage in WEIGHTS_STAGES:
            return _("The service offers no file for this run")
        return _("Available when training is done")

    @staticmethod
    def _contextual(action: QAction, applies: bool, enabled: bool = True) -> None:  # noqa: FBT001, FBT002  # two plain facts
        action.setVisible(applies)
        action.setEnabled(applies and enabled)


def _in_practice(run: Run | None) -> bool:
    return run is not None and run.account_id == PRACTICE_ACCOUNT_ID


def _name(action: QAction, text: str, icon_name: str) -> None:
    """Set an action's text and icon; setting the same icon again would lay out the whole place again."""
    if action.text() != text:
        action.setText(text)
        action.setIcon(icon(icon_name))
