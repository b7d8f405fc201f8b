"""Runs and money: the stored schedule by which each run changes its status, and its cost.

A run's status is computed from its stored schedule on each request, so a restart loses nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, cast
from uuid import uuid4

from segmind_studio.core.practice import Fault
from segmind_studio.practice.answers import too_few_credits
from segmind_studio.practice.database import PracticeDatabase, stamp
from segmind_studio.practice.faults import FaultBoard
from segmind_studio.practice.rules import Order
from segmind_studio.record import record

# Seconds at speed 1 after which a status is reached; 45 in all.
_SCHEDULE = (
    ("DATA_PROCESSING", 4.0), ("TRAINING_INITIATED", 12.0), ("TRAINING_COMPLETED", 32.0),
    ("INFERENCE_QUEUED", 37.0), ("AVAILABLE", 45.0),
)
_STRANGE = ("WEIGHTS_POLISHING", 28.0)  # not in any documentation
_FAILED = ("FAILED", 24.0)
_FAILED_WORDS = "Training failed: the trainer stopped at step 61. Please check your data set and try again."
_TRAINED = frozenset({"TRAINING_COMPLETED", "INFERENCE_QUEUED", "AVAILABLE"})
_TRAINING_ENDS = "TRAINING_COMPLETED"
_LOWEST_BALANCE_CENTS = 600  # the most expensive run
_ENOUGH_CENTS = 5 * _LOWEST_BALANCE_CENTS  # for as many runs as are started together
_LISTED_AFTER_S = 20.0  # at speed 1, while the list lags


@record
class Origins:
    """The beginnings of the service's addresses; the ports may differ after a restart."""

    api: str
    storage: str
    bucket: str

    def weights_url(self, finetune_id: str) -> str:
        """Return the stored address of a run's weights; it works only when signed."""
        return f"{self.storage}/{self.bucket}/{weights_key(finetune_id)}"


@record
class JobRow:
    """One stored run. Times are seconds since the epoch, UTC."""

    finetune_id: str
    job_id: str
    name: str
    slug: str
    body: Mapping[str, Any]  # the order it was made with
    source_type: str
    public: bool
    status: str
    error_message: str
    created_at: float
    updated_at: float

    @property
    def trained(self) -> bool:
        """Return whether its weights exist."""
        return self.status in _TRAINED

    def as_json(self, origins: Origins) -> dict[str, object]:
        """Return the run as in the answers of details and list."""
        fields: dict[str, object] = {
            "id": self.job_id,
            "finetune_id": self.finetune_id,
            "name": self.name,
            "data_source_path": self.body["data_source_path"],
            "instance_prompt": self.body["instance_prompt"],
            "status": self.status,
            "source_type": self.source_type,
            "base_model": self.body["base_model"],
            "slug": self.slug if self.status == "AVAILABLE" else None,
            "public_model": self.public,
            "error_message": self.error_message or None,
            "cloud_storage_url": origins.weights_url(self.finetune_id) if self.trained else None,
            "created_ts": stamp(self.created_at),
            "updated_ts": stamp(self.updated_at),
        }
        return fields | self.results(origins)

    def results(self, origins: Origins) -> dict[str, object]:
        """Return the addresses that exist at its status."""
        found: dict[str, object] = {}
        if self.trained:
            found["trained_model_url"] = origins.weights_url(self.finetune_id)
        if self.status == "AVAILABLE":
            found["inference_api_url"] = f"{origins.api}/v1/{self.slug}"
        return found


def weights_key(finetune_id: str) -> str:
    """Return the storage key of a run's weights."""
    return f"models/{finetune_id}/lora.safetensors"


class Jobs:
    """The runs of the one practice account. Used by the service's own thread only.

    `reached` is called inside the transaction, once for each state that a run reaches after REQUESTED; `refilled`
    with the new balance in US dollars, when the practice money was used up.
    """

    def __init__(  # noqa: PLR0913  # set once, by the one place that builds the service
        self, database: PracticeDatabase, faults: FaultBoard, reached: Callable[[JobRow, float], None],
        *, credits_cents: int, speed: float, now: float, refilled: Callable[[float], None],
    ) -> None:
        self._first_cents = credits_cents
        self._refilled = refilled
        self._database = database
        self._faults = faults
        self._reached = reached
        self._speed = float(database.kept("speed", str(speed)))
        if int(database.kept("balance", str(credits_cents))) < _LOWEST_BALANCE_CENTS:
            self._fill()
        self.advance(now)
        self.set_speed(speed, now)

    @property
    def balance_cents(self) -> int:
        """Return the remaining money in cents; 0 while the fault is on."""
        return 0 if self._faults.on(Fault.NO_CREDITS) else int(self._database.kept("balance", "0"))

    def refill(self, wanted_cents: int = _ENOUGH_CENTS) -> None:
        """Set the balance to the first one if it is below what is wanted; called before something is started.

        A first balance below the price of the most expensive run is meant to run out.
        """
        wanted = min(wanted_cents, self._first_cents)
        if self._first_cents < _LOWEST_BALANCE_CENTS or self._faults.on(Fault.NO_CREDITS):
            return
        if self.balance_cents < wanted:
            self._fill()
            self._refilled(self._first_cents / 100)

    def _fill(self) -> None:
        self._database.keep("balance", str(self._first_cents))

    def charge(self, cents: int) -> None:
        """Subtract money, or raise the 406 for missing credits."""
        left = self.balance_cents - cents
        if left < 0:
            raise too_few_credits()
        self._database.keep("balance", str(left))

    def add(self, order: Order, finetune_id: str, source_type: str, now: float) -> JobRow:
        """Charge for a run and start it; RefusalError with too little money."""
        slug = f"{order.name.lower()}-{finetune_id[:8]}"
        with self._database.transaction():
            if self._faults.on(Fault.LATE_CHARGE):
                self._database.keep(f"owed {finetune_id}", str(order.price_cents))
            else:
                self.charge(order.price_cents)
            self._database.run(
                "INSERT INTO runs (finetune_id, job_id, name, slug, body, source_type, public, status,"
                " error_message, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'REQUESTED', '', ?, ?)",
                finetune_id, str(uuid4()), order.name, slug, json.dumps(asdict(order)), source_type,
                int(order.segmind_public), now, now,
            )
            for status, after_s in self._plan():
                self._database.run(
                    "INSERT INTO steps (finetune_id, status, error_message, due_at) VALUES (?, ?, ?, ?)",
                    finetune_id, status, _FAILED_WORDS if status == _FAILED[0] else "",
                    now + after_s / self._speed,
                )
        return self._must_find(finetune_id)

    def _plan(self) -> list[tuple[str, float]]:
        plan = list(_SCHEDULE)
        if self._faults.on(Fault.UNKNOWN_STATUS):
            plan.append(_STRANGE)
        if self._faults.take(Fault.TRAINING_FAILS):
            plan = [*(step for step in plan if step[1] < _FAILED[1]), _FAILED]
        return sorted(plan, key=_due_after)

    def advance(self, now: float) -> None:
        """Move every run to the status that its schedule says."""
        due = "SELECT * FROM steps WHERE done = 0 AND due_at <= ? ORDER BY due_at, number"
        if not self._database.rows(due, now):
            return
        with self._database.transaction():
            for step in self._database.rows(due, now):
                self._database.run("UPDATE steps SET done = 1 WHERE number = ?", step["number"])
                self._database.run(
                    "UPDATE runs SET status = ?, error_message = ?, updated_at = ? WHERE finetune_id = ?",
                    step["status"], step["error_message"], step["due_at"], step["finetune_id"],
                )
                if step["status"] == _TRAINING_ENDS:
                    self._collect(step["finetune_id"])
                self._reached(self._must_find(step["finetune_id"]), now)

    def _collect(self, finetune_id: str) -> None:
        """Charge for a run that was not charged when it was started."""
        owed = int(self._database.kept(f"owed {finetune_id}", "0"))
        balance = int(self._database.kept("balance", "0"))
        self._database.keep("balance", str(max(0, balance - owed)))
        self._database.keep(f"owed {finetune_id}", "0")

    def next_due(self) -> float | None:
        """Return the time of the next change, None when nothing runs."""
        found = self._database.row("SELECT min(due_at) AS due_at FROM steps WHERE done = 0")
        return found["due_at"] if found else None

    def set_speed(self, speed: float, now: float) -> None:
        """Scale the times of all future changes."""
        with self._database.transaction():
            for table in ("steps", "pictures", "deliveries"):
                self._database.run(
                    f"UPDATE {table} SET due_at = ?2 + (due_at - ?2) * ?1 WHERE due_at > ?2",  # noqa: S608  # own names
                    self._speed / speed, now,
                )
            self._database.keep("speed", str(speed))
        self._speed = speed

    @property
    def speed(self) -> float:
        """Return how many times faster than real time runs go."""
        return self._speed

    def find(self, finetune_id: str) -> JobRow | None:
        """Return the run with this id, None without one."""
        return _job(self._database.row("SELECT * FROM runs WHERE finetune_id = ?", finetune_id))

    def find_ready(self, slug: str) -> JobRow | None:
        """Return the run that a model's slug belongs to, once it can be used."""
        return _job(self._database.row("SELECT * FROM runs WHERE slug = ? AND status = 'AVAILABLE'", slug))

    def all(self) -> list[JobRow]:
        """Return all runs, newest first."""
        rows = self._database.rows("SELECT * FROM runs ORDER BY number DESC")
        return [job for row in rows if (job := _job(row)) is not None]

    def older(self, newest: int, most: int = -1) -> list[str]:
        """Return the ids of the runs before so many of the newest ones, at most `most` of them."""
        found = self._database.rows(
            "SELECT finetune_id FROM runs ORDER BY number DESC LIMIT ? OFFSET ?", most, newest,
        )
        return [row["finetune_id"] for row in found]

    def listed(self, now: float) -> list[JobRow]:
        """Return the runs that the list shows: all, without the newest while the list lags."""
        if not self._faults.on(Fault.LAGGING_LIST):
            return self.all()
        return [job for job in self.all() if now - job.created_at >= _LISTED_AFTER_S / self._speed]

    def set_public(self, finetune_id: str, *, public: bool, now: float) -> bool:
        """Change who may use a model; False when there is no such run."""
        return bool(self._database.run(
            "UPDATE runs SET public = ?, updated_at = ? WHERE finetune_id = ?", int(public), now, finetune_id,
        ))

    def _must_find(self, finetune_id: str) -> JobRow:
        job = self.find(finetune_id)
        if job is None:
            raise KeyError(finetune_id)
        return job


def _due_after(step: tuple[str, float]) -> float:
    return step[1]


def _job(row: dict[str, Any] | None) -> JobRow | None:
    if row is None:
        return None
    rest = {key: value for key, value in row.items() if key not in {"number", "body", "public"}}
    return JobRow(**rest, body=cast("dict[str, Any]", json.loads(row["body"])), public=bool(row["public"]))
