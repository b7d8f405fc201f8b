"""Runs: one paid job each, from the first record on disk to the finished model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from segmind_studio.core.datasets import WHITE, background_of
from segmind_studio.core.errors import ApiProblem
from segmind_studio.core.numbers import decoded_json
from segmind_studio.core.photo_edits import NO_EDIT, PhotoEdit, edit_values, edit_with_values
from segmind_studio.core.photo_fit import NO_FIT, PhotoFit, fit_values, fit_with_values
from segmind_studio.record import record

if TYPE_CHECKING:
    from segmind_studio.core.form import TrainingForm

_NO_BODY: Mapping[str, object] = MappingProxyType({})
_HALF_A_CENT = 0.005
MOST_A_RUN_COSTS = 100.0  # US dollars, far above any price; a larger difference of two balances has other reasons


class Phase(StrEnum):
    """The app's own part of a run; what the service does later is `Run.status`."""

    PREPARED = "prepared"  # the run is on disk, nothing was sent
    UPLOADING = "uploading"
    UPLOADED = "uploaded"  # the photos are uploaded, nothing is paid
    SENDING = "sending"  # written before the POST is sent
    ACCEPTED = "accepted"  # the service answered with an id
    REFUSED = "refused"  # the service refused: nothing was started
    UNKNOWN = "unknown"  # the POST was sent and no usable answer came
    ADOPTED = "adopted"  # found in the list afterwards, or made elsewhere
    ABANDONED = "abandoned"  # the user gave it up before anything was sent

    __hash__ = str.__hash__  # an enum's own calls Python code, for each of ten thousand runs


# The allowed transitions. UNKNOWN to SENDING is the user's own "send again". A run that was sent before with an
# unknown outcome never becomes UPLOADED or REFUSED: the first request may still have started one.
NEXT_PHASES: Mapping[Phase, frozenset[Phase]] = MappingProxyType({
    Phase.PREPARED: frozenset({Phase.UPLOADING, Phase.UPLOADED, Phase.ABANDONED}),
    Phase.UPLOADING: frozenset({Phase.UPLOADED, Phase.ABANDONED}),
    Phase.UPLOADED: frozenset({Phase.SENDING, Phase.ABANDONED}),
    Phase.SENDING: frozenset({Phase.ACCEPTED, Phase.REFUSED, Phase.UNKNOWN, Phase.UPLOADED}),
    Phase.UNKNOWN: frozenset({Phase.ADOPTED, Phase.SENDING}),
    Phase.ACCEPTED: frozenset(),
    Phase.ADOPTED: frozenset(),
    Phase.REFUSED: frozenset(),
    Phase.ABANDONED: frozenset(),
})


class Stage(StrEnum):
    """What a row shows of where a run is; `ui.runs.stages` has the words."""

    PREPARING = "preparing"
    UPLOADING = "uploading"
    SENDING = "sending"
    INTERRUPTED = "interrupted"  # the app stopped before anything was sent; can be continued
    UNKNOWN = "unknown"
    REFUSED = "refused"
    ABANDONED = "abandoned"
    REQUESTED = "requested"
    PROCESSING = "processing"
    TRAINING = "training"
    TRAINED = "trained"
    DEPLOYING = "deploying"
    READY = "ready"
    FAILED = "failed"
    OTHER = "other"  # a status never seen before counts as in progress

    __hash__ = str.__hash__  # as that of a phase


_STAGE_BY_STATUS = {
    "REQUESTED": Stage.REQUESTED,
    "DATA_PROCESSING": Stage.PROCESSING,
    "TRAINING_INITIATED": Stage.TRAINING,
    "TRAINING_COMPLETED": Stage.TRAINED,
    "INFERENCE_QUEUED": Stage.DEPLOYING,
    "DEPLOYING": Stage.DEPLOYING,
    "AVAILABLE": Stage.READY,
}
STATUS_ORDER = (
    "REQUESTED", "DATA_PROCESSING", "TRAINING_INITIATED",
    "TRAINING_COMPLETED", "INFERENCE_QUEUED", "AVAILABLE",
)
_FAILURE_MARKS = ("FAIL", "ERROR", "REJECT", "CANCEL", "MODERAT", "EXPIRED", "TIMEOUT")
_STAGE_BY_PHASE = {
    Phase.PREPARED: Stage.PREPARING,
    Phase.UPLOADING: Stage.UPLOADING,
    Phase.UPLOADED: Stage.UPLOADING,
    Phase.SENDING: Stage.SENDING,
    Phase.REFUSED: Stage.REFUSED,
    Phase.UNKNOWN: Stage.UNKNOWN,
    Phase.ABANDONED: Stage.ABANDONED,
}
_TAKEN = (Phase.ACCEPTED, Phase.ADOPTED)
NOT_SENT = (Phase.PREPARED, Phase.UPLOADING, Phase.UPLOADED)
ENDED_STAGES = frozenset({Stage.READY, Stage.FAILED, Stage.REFUSED, Stage.ABANDONED})
DECISION_STAGES = frozenset({Stage.UNKNOWN, Stage.INTERRUPTED})
FAILED_STAGES = frozenset({Stage.FAILED, Stage.REFUSED})
LOCAL_STAGES = frozenset({Stage.PREPARING, Stage.UPLOADING, Stage.SENDING, Stage.INTERRUPTED, Stage.UNKNOWN})


def stage_of_status(status: str, error_message: str = "") -> Stage:
    """Return the stage of a service status: failed by its name or an error message, unknown ones in progress."""
    return Stage.FAILED if error_message.strip() else _stage_of_word(status)


def progress_of(status: str) -> int:
    """Return how far a status is, later ones higher; -1 for one that has no order."""
    word = status.strip().upper()
    word = "INFERENCE_QUEUED" if word == "DEPLOYING" else word
    return STATUS_ORDER.index(word) if word in STATUS_ORDER else -1


@lru_cache(maxsize=256)
def _stage_of_word(status: str) -> Stage:
    """Return the stage of a status; cached, since every row is asked for its stage many times."""
    word = status.strip().upper()
    if any(mark in word for mark in _FAILURE_MARKS):
        return Stage.FAILED
    return _STAGE_BY_STATUS.get(word, Stage.OTHER)


@record
class Job:
    """One job as the service describes it. Missing texts are "", unknown fields stay in `raw` (JSON text).

    `service_id` is the id that requests use; `other_ids` are further ids in the answer that identify no other job.
    """

    service_id: str
    name: str = ""
    status: str = ""
    error_message: str = ""
    data_source_path: str = ""
    instance_prompt: str = ""
    base_model: str = ""
    slug: str = ""
    public: bool | None = None
    cloud_storage_url: str = ""
    trained_model_url: str = ""
    inference_api_url: str = ""
    created_ts: str = ""
    updated_ts: str = ""
    raw: str = ""
    other_ids: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Return every id of the job, the one that requests use first."""
        return (self.service_id, *self.other_ids) if self.service_id else self.other_ids


@record
class Run:
    """One row of the Runs place and of the journal.

    Times are seconds since the epoch, UTC. `body` is what was or will be sent (without `data_source_path` until
    the upload has one). `manifest` is the JSON text of the photos it is made of. `live` is not stored: True while
    this process works on the submission. `last_checked_at` is when a listing last looked for a run of unknown
    outcome, and `listings_missed` how many did not find it. `sent_at` is when the request was last sent, and
    `sent_number` its place among the requests of the account, from 1, whatever the clock says; 0 in older records.
    `unanswered_at` is when earlier ones without an answer were sent; each may have been paid. `before_at` and
    `after_at` are when the balance was read, and `cost_shared` is True when something else of the account was paid
    in between. Runs with one `sweep_id` were started together from the same photos and differ in `sweep_key`.
    `unlisted_since` is when a listing first lacked a run that the service had accepted; it is `vanished` once the
    service does not know its id either (see `services.runs.apply_listing`). `seen_before` are the ids of jobs that
    look like its own and were listed before its request was sent. `paid_twin` is the run_id of the row that
    another request of the same run has started: both may be paid. `problem` is why it was refused
    (`core.errors.ApiProblem`). `held_back` is True when it was not started because another run of the same start
    failed. `contents` is the JSON text of the files that were uploaded (`core.versions.SentFile`), and
    `fingerprint` is the same for archives with the same files. `tags` and `colour` are the user's own
    (`core.run_labels`); `archived` hides a row, see `put_away`. `parent_id` is the run whose settings its form
    began with, "" for none. `reported` is not stored: a state that a webhook reported and no
    listing has confirmed; nothing but its words follows from it.
    """

    run_id: str
    account_id: str
    name: str
    phase: Phase
    created_at: float
    changed_at: float
    body: Mapping[str, object] = field(default_factory=lambda: _NO_BODY)
    manifest: str = ""
    dataset_id: str = ""
    dataset_name: str = ""
    image_count: int = 0
    archive_size: int = 0
    archive_sha256: str = ""
    data_source_path: str = ""
    sent_at: float | None = None
    sent_number: int = 0
    service_id: str = ""
    status: str = ""
    updated_ts: str = ""
    error: str = ""
    public: bool | None = None
    slug: str = ""
    base_model: str = ""
    cloud_storage_url: str = ""
    trained_model_url: str = ""
    inference_api_url: str = ""
    raw: str = ""
    vanished: bool = False
    unlisted_since: float | None = None
    made_here: bool = True
    listings_missed: int = 0
    last_checked_at: float | None = None
    result_path: str = ""
    result_sha256: str = ""
    credits_before: float | None = None
    credits_after: float | None = None
    before_at: float | None = None
    after_at: float | None = None
    cost_shared: bool = False
    unanswered_at: tuple[float, ...] = ()
    seen_before: tuple[str, ...] = ()
    paid_twin: str = ""
    problem: str = ""
    held_back: bool = False
    notes: str = ""
    pinned: bool = False
    sweep_id: str = ""
    sweep_key: str = ""
    live: bool = False
    contents: str = ""
    fingerprint: str = ""
    tags: tuple[str, ...] = ()
    colour: str = ""
    archived: bool = False
    parent_id: str = ""
    reported: str = ""

    @property
    def stage(self) -> Stage:
        """Return its current stage."""
        if self.phase in _TAKEN:
            if self.error and self.error.strip():
                return Stage.FAILED
            return _stage_of_word(self.status or "REQUESTED")  # as `stage_of_status`, without a call
        if self.phase in NOT_SENT and not self.live:
            return Stage.INTERRUPTED
        if self.phase is Phase.SENDING and not self.live:  # no process waits for that answer any more
            return Stage.UNKNOWN
        return _STAGE_BY_PHASE[self.phase]

    @property
    def active(self) -> bool:
        """Return whether its state may still change without the user."""
        return self.stage not in ENDED_STAGES and self.stage is not Stage.INTERRUPTED and not self.vanished

    @property
    def absent(self) -> bool:
        """Return whether the service does not list it at the moment, though it had accepted it."""
        return self.vanished or self.unlisted_since is not None

    @property
    def ready(self) -> bool:
        """Return whether its model can be used."""
        return self.stage is Stage.READY

    @property
    def put_away(self) -> bool:
        """Return whether its row is hidden: only while nothing of it is under way and nothing must be decided."""
        return self.archived and self.may_be_archived

    @property
    def may_be_archived(self) -> bool:
        """Return whether it is at rest: an archived run that comes back to life is shown again by itself."""
        return self.vanished or self.stage in ENDED_STAGES

    @property
    def weights_url(self) -> str:
        """Return the stored address of the weights, "" when the service gave none."""
        return self.trained_model_url or self.cloud_storage_url

    @property
    def form(self) -> TrainingForm:
        """Return the settings it was made with, for "run again"; only a public zip keeps its address."""
        from segmind_studio.core.form import form_of_body  # noqa: PLC0415  # when first needed

        form = form_of_body(self.body)
        address = self.body.get("data_source_path")
        if self.made_here and not self.manifest and isinstance(address, str) and address:
            return form.with_value("data_source_path", address)
        return form

    @property
    def retired(self) -> bool:
        """Return whether it was refused because the service takes no new runs."""
        return self.phase is Phase.REFUSED and self.problem == ApiProblem.RETIRED

    @property
    def trigger_word(self) -> str:
        """Return the trigger word that was sent, "" for runs made elsewhere."""
        word = self.body.get("trigger_word")
        return word if isinstance(word, str) else ""

    @property
    def cost(self) -> float | None:
        """Return the measured cost in US dollars, credits before less credits after; None without a valid measure.

        A balance that rose (credits were bought), one that fell by more than any run costs, and one from which
        something else was paid in between measure nothing. An unchanged balance is not a cost of zero: the run may
        be charged when the training ends.
        """
        paid = self._difference
        return paid if paid is not None and _HALF_A_CENT <= paid <= MOST_A_RUN_COSTS else None

    @property
    def uncharged(self) -> bool:
        """Return whether nothing had been charged when the balance was last read."""
        paid = self._difference
        return paid is not None and abs(paid) < _HALF_A_CENT

    @property
    def _difference(self) -> float | None:
        if self.credits_before is None or self.credits_after is None or self.cost_shared:
            return None
        return self.credits_before - self.credits_after

    @property
    def unanswered_times(self) -> tuple[float, ...]:
        """Return when its unanswered requests were sent, oldest first; for a run of unknown outcome."""
        return (*self.unanswered_at, self.changed_at if self.sent_at is None else self.sent_at)


def is_further(status: str, run: Run) -> bool:
    """Return whether a reported state is further than the one that the service's list gave the run."""
    word = status.strip().upper()
    if not word or run.stage in ENDED_STAGES or word == run.status.strip().upper():
        return False
    place = progress_of(word)
    return place < 0 or place > progress_of(run.status)


@record
class TimelineEntry:
    """One event of a run, as the app first saw it at `at` (seconds since the epoch, UTC)."""

    at: float
    what: str  # a Phase or a service status, unchanged
    detail: str = ""


@record
class ManifestItem:
    """One photo of a submission, enough to build the same archive again or to detect that it changed."""

    path: str
    size: int
    mtime_ns: int
    caption: str
    orientation: int = 1
    image_format: str = ""
    background: str = WHITE  # fills its transparent parts
    edit: PhotoEdit = NO_EDIT
    fit: PhotoFit = NO_FIT


def manifest_text(items: tuple[ManifestItem, ...]) -> str:
    """Return a manifest as text for the journal."""
    return json.dumps(
        [
            [i.path, i.size, i.mtime_ns, i.caption, i.orientation, i.image_format, i.background,
             *([edit_values(i.edit)] if i.edit or i.fit else ()), *([fit_values(i.fit)] if i.fit else ())]
            for i in items
        ],
        ensure_ascii=False,
    )


def manifest_items(text: str) -> tuple[ManifestItem, ...]:
    """Return what `manifest_text` wrote; ValueError when it is damaged."""
    try:
        rows = cast("list[list[object]]", decoded_json(text))
        return tuple(
            ManifestItem(
                str(r[0]), int(str(r[1])), int(str(r[2])), str(r[3]), int(str(r[4])), str(r[5]),
                background_of(str(r[6])) if len(r) > 6 else WHITE,  # noqa: PLR2004  # runs of version 0.1 have six
                edit_with_values(r[7]) if len(r) > 7 else NO_EDIT,  # noqa: PLR2004  # only edited photos have it
                fit_with_values(r[8]) if len(r) > 8 else NO_FIT,  # noqa: PLR2004  # only fitted photos have it
            )
            for r in rows
        )
    except (IndexError, KeyError, TypeError) as error:
        raise ValueError(str(error)) from error
