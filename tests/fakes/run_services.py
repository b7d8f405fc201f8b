"""Small stand-ins for the services of the Runs place: same signals, same names, and a record of the calls."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from PySide6.QtCore import QObject, Signal

from segmind_studio.clock import monotonic_seconds
from segmind_studio.core.accounts import Account, AccountKind, KeptIn
from segmind_studio.core.errors import StudioError
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.result_names import USUAL_NAME, result_stem
from segmind_studio.core.runs import Phase, Run, TimelineEntry
from segmind_studio.core.settings import Settings
from segmind_studio.core.usual_times import UsualTimes
from segmind_studio.dataset.archive import PlanCache
from segmind_studio.services.runs.run_values import RunEdit, RunTimeline, WatchState
from segmind_studio.services.runs.send_again import Patience, SendAgainWaits
from segmind_studio.services.runs.submission_service import SubmitRequest

NOW = 1_760_000_000.0
FORM = TrainingForm().with_values({
    "name": "holiday", "trigger_word": "TOKMAN", "instance_prompt": "TOKMAN on a beach", "theme": "CHARACTER",
})


def make_run(run_id: str = "r1", phase: Phase = Phase.ACCEPTED, **fields: Any) -> Run:
    """Return a run that was sent with `FORM`; any field may be set."""
    run = Run(
        run_id=run_id, account_id="real", name=run_id, phase=phase, created_at=NOW, changed_at=NOW,
        body=FORM.body("https://bucket.s3.amazonaws.com/uploads/u/1-dataset.zip"), dataset_name="Holiday",
        image_count=12, archive_size=34_500_000, archive_sha256="ab" * 32, sent_at=NOW,
        data_source_path="https://bucket.s3.amazonaws.com/uploads/u/1-dataset.zip", live=True,
    )
    return replace(run, **fields)


def runs_of_all_stages(now: float = NOW) -> tuple[Run, ...]:
    """Return one run for each state of a row, newest first."""
    service = {"service_id": "3f9a5c7e-1d2b-4a6f-9c8e-112233445566", "public": False, "base_model": "FLUX_PRO"}
    made = (
        make_run("new-face", Phase.PREPARED, sent_at=None),
        make_run("beach-light", Phase.UPLOADING, sent_at=None),
        make_run("red-bicycle", Phase.SENDING),
        make_run("evening-portrait", Phase.UNKNOWN, live=False, listings_missed=2, last_checked_at=now - 14),
        make_run("stopped-upload", Phase.UPLOADING, live=False, sent_at=None),
        make_run("asked", status="REQUESTED", **service),
        make_run("unpacking", status="DATA_PROCESSING", **service),
        make_run("dog-in-snow", status="TRAINING_INITIATED", **service, credits_before=20.0, credits_after=16.0),
        make_run("ceramic-cup", status="TRAINING_COMPLETED", **service),
        make_run("ink-style", status="INFERENCE_QUEUED", **service),
        make_run("anna-v2", status="AVAILABLE", **service, credits_before=24.0, credits_after=20.0, pinned=True,
                 slug="anna-v2-flux-pro", cloud_storage_url="https://storage.example/anna.safetensors",
                 inference_api_url="https://api.segmind.com/v1/anna-v2-flux-pro", raw='{"status":"AVAILABLE"}'),
        make_run("anna-v1", status="AVAILABLE", **{**service, "public": True}, slug="anna-v1"),
        make_run("too-dark", status="FAILED", error="Only 2 of 12 images could be read.", **service),
        make_run("no-credits", Phase.REFUSED, error="Insufficient credits. Top up your account."),
        make_run("given-up", Phase.ABANDONED, sent_at=None),
        make_run("odd-one", status="WARMING_THE_GPU", **service),
        make_run("long-gone", status="AVAILABLE", **service, vanished=True),
        make_run("from-the-console", Phase.ADOPTED, status="AVAILABLE", made_here=False, body={}, dataset_name="",
                 image_count=0, archive_size=0, archive_sha256="", **service),
    )
    return tuple(
        replace(run, created_at=now - 40 * (n + 1) ** 3.2, changed_at=now - 11 * (n + 1) ** 2.5)
        for n, run in enumerate(made)
    )


class FakeRuns(QObject):
    """Stand in for RunService; `asked` records the calls."""

    replaced = Signal(object)
    changed = Signal(object)
    watch_changed = Signal(object)
    timeline_ready = Signal(object)
    failed = Signal(object)
    usual_changed = Signal()

    def __init__(self, runs: Iterable[Run] = ()) -> None:
        super().__init__()
        self._runs = {run.run_id: run for run in runs}
        self.loaded = bool(self._runs)
        self.watch = WatchState()
        self.usual_times: UsualTimes | None = None
        self._behind = 0.0
        self.waits = SendAgainWaits(self._clock)
        for run in self._runs.values():
            self._look_for(run)
        self.asked: list[tuple[object, ...]] = []
        self.timelines: dict[str, tuple[TimelineEntry, ...]] = {}

    @property
    def runs(self) -> tuple[Run, ...]:
        return tuple(sorted(self._runs.values(), key=lambda run: run.created_at, reverse=True))

    def run(self, run_id: str) -> Run | None:
        return self._runs.get(run_id)

    def _clock(self) -> float:
        return monotonic_seconds() - self._behind

    def _look_for(self, run: Run) -> None:
        """Wait for a run as if the app had been running since it was sent."""
        self._behind = time.time() - (run.sent_at or time.time())
        self.waits.see((replace(run, listings_missed=0),))
        self._behind = 0.0

    def patience(self, run: Run) -> Patience | None:
        return self.waits.patience(run)

    def may_send_again(self, run: Run) -> bool:
        return self.waits.may_send_again(run)

    def load(self, *runs: Run) -> None:
        self._runs = {run.run_id: run for run in runs}
        self.loaded = True
        self.replaced.emit(self.runs)

    def put(self, *runs: Run) -> None:
        for run in runs:
            self._runs[run.run_id] = run
        self.changed.emit(runs)

    def take_confirmed(self, runs: tuple[Run, ...]) -> None:
        self.put(*runs)

    def drop_unwritten(self, run_ids: tuple[str, ...]) -> None:
        for run_id in run_ids:
            self._runs.pop(run_id, None)
        self.replaced.emit(self.runs)

    def accept_row(self, run: Run) -> None:
        self.put(run)

    def update_live(self, run_ids: tuple[str, ...]) -> None:
        self.put(*(replace(self._runs[run_id], live=True) for run_id in run_ids if run_id in self._runs))

    def set_watch(self, watch: WatchState) -> None:
        self.watch = watch
        self.watch_changed.emit(watch)

    def check_now(self) -> None:
        self.asked.append(("check_now",))

    def load_timeline(self, run_id: str) -> None:
        self.asked.append(("load_timeline", run_id))
        self.timeline_ready.emit(RunTimeline(run_id, self.timelines.get(run_id, ())))

    def set_notes(self, run_id: str, text: str) -> None:
        self.asked.append(("set_notes", run_id, text))
        self.put(replace(self._runs[run_id], notes=text))

    def set_pinned(self, run_id: str, pinned: bool) -> None:  # noqa: FBT001  # as the service has it
        self.asked.append(("set_pinned", run_id, pinned))
        self.put(replace(self._runs[run_id], pinned=pinned))

    def edit(self, edits: tuple[RunEdit, ...]) -> None:
        self.asked.append(("edit", edits))
        self.put(*(replace(self._runs[edit.run_id], **edit.fields) for edit in edits))

    def set_public(self, run_id: str, public: bool) -> None:  # noqa: FBT001  # as the service has it
        self.asked.append(("set_public", run_id, public))
        self.put(replace(self._runs[run_id], public=public))

    def refresh_details(self, run_id: str) -> None:
        self.asked.append(("refresh_details", run_id))


class FakeSubmits(QObject):
    """Stand in for SubmissionService."""

    confirmed = Signal(object)
    started = Signal(object)
    unwritten = Signal(object)
    row_changed = Signal(object)
    progress = Signal(object)
    finished = Signal(object)
    refused = Signal(object)
    failed = Signal(object)
    live_changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, str]] = []
        self.account_id = "real"
        self.taken: tuple[Run, ...] = ()  # by the last `submit`
        self.known_cost: float | None = None  # of the last `send_again`
        self.no_resume: StudioError | None = None  # why a `resume` is refused at once, where it is

    def submit(self, request: SubmitRequest, plans: PlanCache | None = None) -> tuple[str, ...]:  # noqa: ARG002
        now = time.time()
        self.taken = tuple(
            Run(
                uuid4().hex, self.account_id, form.text("name"), Phase.PREPARED, now, now, body=form.body(),
                live=True,
            )
            for form in request.form.forms
        )
        self.confirmed.emit(self.taken)
        return tuple(run.run_id for run in self.taken)

    def cancel(self, run_id: str) -> None:
        self.asked.append(("cancel", run_id))

    def resume(self, run_id: str) -> None:
        self.asked.append(("resume", run_id))
        if self.no_resume is not None:
            self.refused.emit(self.no_resume)
            return
        self.live_changed.emit((run_id,))

    def resume_all(self, run_ids: tuple[str, ...]) -> None:
        self.asked += [("resume", run_id) for run_id in run_ids]
        self.live_changed.emit(run_ids)

    def abandon(self, run_id: str) -> None:
        self.asked.append(("abandon", run_id))

    def send_again(self, run_id: str, known_cost: float | None = None) -> None:
        self.asked.append(("send_again", run_id))
        self.known_cost = known_cost
        self.live_changed.emit((run_id,))


class FakeDownloads(QObject):
    """Stand in for DownloadService."""

    progress = Signal(object)
    finished = Signal(object)
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[object, ...]] = []
        self.running: frozenset[str] = frozenset()
        self.usual_folder = Path.home()

    def default_target(self, run: Run, folder: Path, template: str = USUAL_NAME) -> Path:
        return folder / f"{result_stem(template, run)}.safetensors"

    def download(self, run_id: str, target: Path) -> None:
        self.running |= {run_id}
        self.asked.append(("download", run_id, target))

    def cancel(self, run_id: str) -> None:
        self.running -= {run_id}
        self.asked.append(("cancel", run_id))


class FakeAccounts(QObject):
    """Stand in for AccountService: one account with a connection, or none."""

    changed = Signal(object)

    def __init__(self, *, connected: bool = True) -> None:
        super().__init__()
        self.state = FakeAccountsState(connected=connected)
        self.asked: list[str] = []

    def use(self, account_id: str) -> None:
        self.asked.append(account_id)
        self.state.current = next(a for a in self.state.accounts if a.account_id == account_id)
        self.changed.emit(self.state)


class FakeAccountsState:
    """The part of AccountsState that the Runs place reads."""

    def __init__(self, *, connected: bool) -> None:
        self.current = Account("real", "My account", AccountKind.SEGMIND, KeptIn.KEYRING)
        self.accounts: tuple[Account, ...] = (self.current,)
        self.connection = object() if connected else None


class FakeSettings(QObject):
    """Stand in for SettingsService."""

    changed = Signal(object)

    def __init__(self, value: Settings | None = None) -> None:
        super().__init__()
        self.value = value or Settings()

    def update(self, **changes: object) -> None:
        new = replace(self.value, **changes)
        if new != self.value:
            self.value = new
            self.changed.emit(new)
