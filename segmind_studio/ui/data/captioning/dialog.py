"""The dialog for captions from a model: what is asked at the left, the proposals at the right."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget
from typing_extensions import override

from segmind_studio.core.accounts import ApiKey
from segmind_studio.core.captioning import CaptionEndpoint, Proposal
from segmind_studio.core.datasets import Dataset, Photo
from segmind_studio.core.errors import StudioError
from segmind_studio.core.proxies import Proxy
from segmind_studio.services.datasets.caption_writer import CaptionRequest, CaptionWriter
from segmind_studio.services.images.thumbnails import Thumbnails
from segmind_studio.services.system.settings_service import SettingsService
from segmind_studio.texts import _, ngettext, sentences
from segmind_studio.ui.data.captioning.proposal_table import ProposalTable
from segmind_studio.ui.data.captioning.request_form import CaptionRequestForm
from segmind_studio.ui.data.work_dialog import WorkDialog
from segmind_studio.ui.parts import Question
from segmind_studio.ui.parts.layouts import ScrollArea
from segmind_studio.ui.parts.tips import plain_tip
from segmind_studio.ui.theme.tokens import SPACE_M


class CaptionDialog(WorkDialog):
    """Ask a model for captions, and choose among its proposals.

    Closing it stops what still waits. It asks before it drops proposals that were not used.

    Signals:
        used(object): Mapping[str, str], the new captions by photo id; GUI thread.
    """

    used = Signal(object)

    def __init__(  # noqa: PLR0913  # what it works with
        self, writer: CaptionWriter, thumbnails: Thumbnails, settings: SettingsService, *,
        dataset: Dataset, selected: tuple[Photo, ...], theme: str, trigger_word: str, parent: QWidget,
    ) -> None:
        empty = _("Suggestions appear here, next to your captions.")
        super().__init__("captioning", _("Captions from a model"), empty, parent)
        self._writer = writer
        self._settings = settings
        self._background = dataset.background
        self._trigger_word = trigger_word
        self._request: CaptionRequest | None = None
        self.form = CaptionRequestForm(selected, dataset.photos)
        self.table = ProposalTable(thumbnails)
        self.bar.setAccessibleName(_("Captions written"))
        self._start = self.button("start", _("Ask for captions"), self._ask, kind="primary")
        self._cancel = self.button("cancel", _("Stop"), writer.cancel)
        self._retry = self.button("retry", _("Retry failed photos"), self._ask_again)
        self._all = self.button("tick_all", _("Select all"), self._tick_all, kind="quiet")
        self._none = self.button("tick_none", _("Select none"), self._tick_none, kind="quiet")
        self._use = self.button("use", "", self._use_ticked, kind="primary")
        tools = (self._retry, self._all, self._none)
        asking = (self._start, self._cancel)
        self.lay_out(self._asked(), asking, self.table, tools, self._use)
        self.form.changed.connect(self._follow)
        self.form.host_changed.connect(self._find_key)
        self.table.ticked.connect(self._follow)
        self.form.find_models.connect(writer.local_models.find)
        self.finished.connect(writer.cancel)
        self.finished.connect(self._keep_instructions)
        writer.local_models.found.connect(self.form.show_models)
        writer.proposed.connect(self._take)
        writer.busy_changed.connect(self._follow)
        writer.key_found.connect(self._take_key)
        writer.key_failed.connect(self._show_error)
        kept = settings.value
        self.form.start_with(
            CaptionEndpoint(kept.caption_url, kept.caption_model), theme, dict(kept.caption_instructions),
        )
        self._follow()

    def _asked(self) -> QVBoxLayout:
        page = ScrollArea()
        page.setWidgetResizable(True)
        page.setFrameShape(QFrame.Shape.NoFrame)
        page.setWidget(self.form)
        left = QVBoxLayout()
        left.setSpacing(SPACE_M)
        left.addWidget(page, 1)
        left.addWidget(self.form.count)
        left.addWidget(self.form.consent)
        return left

    # -- asking

    @Slot()
    def _ask(self) -> None:
        self.error.hide()
        try:
            endpoint = self.form.checked()
        except StudioError as error:
            self._show_error(error)
            return
        self._keep_instructions()
        kept = self._settings.value
        hosts = tuple(dict.fromkeys((*kept.caption_hosts, endpoint.host)))
        self._settings.update(caption_url=endpoint.url, caption_model=endpoint.model, caption_hosts=hosts)
        key = self.form.api_key
        if key is not None and self.form.remember.isChecked():
            self._writer.keep_key(endpoint, key)
        self._request = CaptionRequest(
            endpoint, key, self.form.instruction.toPlainText().strip(), self.form.caption_mode, self._background,
            self._trigger_word, Proxy(kept.proxy, kept.proxy_url),
        )
        self._send(self.form.wanted())

    @Slot()
    def _keep_instructions(self) -> None:
        self._settings.update(caption_instructions=tuple(sorted(self.form.instructions().items())))

    @Slot()
    def _ask_again(self) -> None:
        self._send(self.table.failed())

    def _send(self, photos: tuple[Photo, ...]) -> None:
        if self._request is not None:
            self.table.expect(photos)
            self._writer.start(photos, self._request)

    @Slot(object)
    def _find_key(self, endpoint: CaptionEndpoint) -> None:
        self.form.take_consent(self._settings.value.caption_hosts)
        if endpoint.host in self._settings.value.caption_hosts:  # else there cannot be one yet
            self._writer.find_key(endpoint)

    @Slot(str, object)
    def _take_key(self, name: str, key: ApiKey | None) -> None:
        self.form.take_key(name, key)

    @Slot(object)
    def _show_error(self, error: StudioError) -> None:
        self.error.show_error(error)

    @Slot(object)
    def _take(self, proposal: Proposal) -> None:
        self.table.add(proposal)
        self._follow()

    # -- choosing

    @Slot()
    def _tick_all(self) -> None:
        self.table.tick_all(on=True)

    @Slot()
    def _tick_none(self) -> None:
        self.table.tick_all(on=False)

    @Slot()
    def _use_ticked(self) -> None:
        chosen = self.table.chosen()
        if chosen:
            self.used.emit(chosen)
            self.table.drop(chosen)

    @Slot()
    def _follow(self) -> None:
        busy = self._writer.busy
        done, total = self._writer.progress
        failed, chosen = len(self.table.failed()), len(self.table.chosen())
        self.show_results(there=self.table.rowCount() > 0)
        complete = bool(self.form.endpoint.url and self.form.endpoint.model)
        self._start.setEnabled(complete and not busy)
        self._start.setToolTip("" if complete else plain_tip(_("Enter an address and a model first.")))
        for part in (self.form, self.form.consent):
            part.setEnabled(not busy)
        self._cancel.setVisible(busy)
        self.bar.setVisible(busy)
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(done)
        self._retry.setVisible(failed > 0 and not busy)
        for button in (self._all, self._none):
            button.setVisible(self.table.rowCount() > failed)
        self._use.setEnabled(chosen > 0)
        self._use.setText(ngettext("Use {count} caption", "Use {count} captions", chosen).format(count=chosen))
        self.status.setText(self._news(done if busy else 0, total, failed))

    def _news(self, done: int, total: int, failed: int) -> str:
        going = _("{done} of {total}").format(done=done, total=total) if self._writer.busy else ""
        wrong = ngettext("{count} failed.", "{count} failed.", failed).format(count=failed) if failed else ""
        return sentences(going, wrong)

    @override
    def reject(self) -> None:
        """Ask before proposals that were not used are dropped: they may have been paid."""
        left = self.table.rowCount() - len(self.table.failed())
        if not left:
            super().reject()
            return
        question = Question(
            self,
            title=ngettext("Discard {count} suggestion?", "Discard {count} suggestions?", left).format(count=left),
            text=_("Unused suggestions are lost. Your captions do not change."),
            verb=_("Discard"), back=_("Back to suggestions"),
        )
        question.confirmed.connect(self._drop)
        question.open()

    @Slot(str)
    def _drop(self, _subject: str) -> None:
        super().reject()
