"""Webhooks: the registered one, the payloads to deliver, and the log of every attempt."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from segmind_studio.core.practice import Fault
from segmind_studio.practice.answers import RefusalError
from segmind_studio.practice.database import PracticeDatabase, stamp
from segmind_studio.practice.faults import FaultBoard
from segmind_studio.practice.jobs import JobRow, Origins
from segmind_studio.record import record

EVENTS = frozenset({"TRAINING_COMPLETED", "INFERENCE_QUEUED", "AVAILABLE"})
ATTEMPTS = 3
_LAST_EVENT = "AVAILABLE"
_LATE_S = 180.0  # at speed 1
_OTHER_TYPES = frozenset({"PIXELFLOW"})  # types that have nothing to do with fine-tunes
_SAMPLE_ID = "00000000-0000-4000-8000-000000000000"


@record
class Delivery:
    """One payload to deliver; `attempts` have been made."""

    number: int
    webhook_id: str
    url: str
    payload: str
    attempts: int
    due_at: float


@record
class Attempt:
    """The result of one attempt; `status_code` is None when there was no answer."""

    status_code: int | None
    error: str
    at: float

    @property
    def arrived(self) -> bool:
        """Return whether the receiver accepted it."""
        return self.status_code is not None and 200 <= self.status_code < 300  # noqa: PLR2004  # any 2xx


class WebhookBook:
    """The registered webhook and its deliveries, stored in the database. For the service's own thread."""

    def __init__(self, database: PracticeDatabase, origins: Origins, faults: FaultBoard | None = None) -> None:
        self._database = database
        self._origins = origins
        self._faults = faults or FaultBoard()

    def registered(self) -> dict[str, object] | None:
        """Return the webhook as in the service's answers, None when there is none."""
        row = self._database.row("SELECT * FROM webhooks")
        return _as_json(row) if row else None

    def add(self, url: str, types: list[str], now: float) -> dict[str, object]:
        """Register the webhook; refused when there is one already (the documentation's one-webhook rule)."""
        if self.registered():
            raise RefusalError(400, {
                "error": "Only 1 webhook can be created for finetune jobs. "
                         "Delete the old webhook before you create a new one.",
            })
        webhook_id = str(uuid4())
        self._database.run(
            "INSERT INTO webhooks VALUES (?, ?, ?, ?)", webhook_id, url, json.dumps(types), now,
        )
        return self._must_find(webhook_id)

    def update(self, webhook_id: str, url: str, types: list[str]) -> dict[str, object]:
        """Change the webhook; waiting payloads go to the new address."""
        self._must_find(webhook_id)
        self._database.run(
            "UPDATE webhooks SET url = ?, types = ? WHERE webhook_id = ?", url, json.dumps(types), webhook_id,
        )
        return self._must_find(webhook_id)

    def remove(self, webhook_id: str) -> None:
        """Delete the webhook and its waiting payloads; its log stays."""
        self._must_find(webhook_id)
        with self._database.transaction():
            self._database.run("DELETE FROM deliveries WHERE webhook_id = ?", webhook_id)
            self._database.run("DELETE FROM webhooks WHERE webhook_id = ?", webhook_id)

    def logs(self, webhook_id: str) -> list[dict[str, object]]:
        """Return every attempt, newest first; also for a webhook that was deleted."""
        rows = self._database.rows(
            "SELECT dispatches.*, payload FROM dispatches LEFT JOIN payloads ON dispatch = number"
            " WHERE webhook_id = ? ORDER BY number DESC", webhook_id,
        )
        if not rows:
            self._must_find(webhook_id)
        return [
            {
                "id": row["number"], "webhook_id": webhook_id, "finetune_id": row["finetune_id"],
                "status": row["status"], "attempt": row["attempt"], "status_code": row["status_code"],
                "error": row["error"] or None, "dispatched_ts": stamp(row["at"]), "payload": row["payload"],
            }
            for row in rows
        ]

    def reached(self, job: JobRow, now: float) -> None:
        """Record that a run reached a status; the three events are queued for delivery."""
        if job.status not in EVENTS:
            return
        payload: dict[str, object] = {
            "finetune_id": job.finetune_id, "name": job.name, "status": job.status,
            "base_model": job.body["base_model"], "updated_ts": stamp(job.updated_at),
            **job.results(self._origins),
        }
        shuffled = self._faults.on(Fault.WEBHOOK_SHUFFLED)
        late = self._faults.on(Fault.WEBHOOK_LATE) or (shuffled and job.status != _LAST_EVENT)
        wait = _LATE_S / float(self._database.kept("speed", "1")) if late else 0.0
        for _ in range(1 + self._faults.on(Fault.WEBHOOK_TWICE)):
            self._queue(payload, now + wait, first=shuffled)
        if shuffled and job.status == _LAST_EVENT:
            self._database.run("UPDATE deliveries SET due_at = ? WHERE attempts = 0", now)

    def queue_sample(self, now: float) -> None:
        """Queue the test sample; nothing happens without a webhook."""
        self._queue({
            "finetune_id": _SAMPLE_ID, "name": "sample", "status": "AVAILABLE", "base_model": "FLUX_PRO",
            "updated_ts": stamp(now), "trained_model_url": self._origins.weights_url(_SAMPLE_ID),
            "inference_api_url": f"{self._origins.api}/v1/sample", "test": True,
        }, now)

    def _queue(self, payload: dict[str, object], due_at: float, *, first: bool = False) -> None:
        """Queue a payload, behind the others or as the `first`."""
        row = self._database.row("SELECT * FROM webhooks")
        if row and not _OTHER_TYPES.issuperset(json.loads(row["types"])):
            number = "(SELECT min(0, coalesce(min(number), 0)) - 1 FROM deliveries)" if first else "NULL"
            self._database.run(
                f"INSERT INTO deliveries (number, webhook_id, payload, due_at) VALUES ({number}, ?, ?, ?)",  # noqa: S608  # constant
                row["webhook_id"], json.dumps(payload), due_at,
            )

    def next_delivery(self) -> Delivery | None:
        """Return the oldest waiting delivery; later ones wait too, so that the order is kept."""
        row = self._database.row(
            "SELECT number, webhook_id, url, payload, attempts, due_at FROM deliveries"
            " JOIN webhooks USING (webhook_id) ORDER BY number LIMIT 1",
        )
        return Delivery(**row) if row else None

    def log(self, delivery: Delivery, attempt: Attempt, retry_at: float) -> None:
        """Record an attempt; the delivery ends when it arrived or was the last."""
        payload: dict[str, Any] = json.loads(delivery.payload)
        tried = delivery.attempts + 1
        with self._database.transaction():
            self._database.run(
                "INSERT INTO dispatches (webhook_id, delivery, finetune_id, status, attempt, status_code,"
                " error, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                delivery.webhook_id, delivery.number, payload["finetune_id"], payload["status"], tried,
                attempt.status_code, attempt.error, attempt.at,
            )
            self._database.run("INSERT INTO payloads VALUES (last_insert_rowid(), ?)", delivery.payload)
            if attempt.arrived or tried >= ATTEMPTS:
                self._database.run("DELETE FROM deliveries WHERE number = ?", delivery.number)
            else:
                self._database.run("UPDATE deliveries SET attempts = ?, due_at = ? WHERE number = ?",
                                   tried, retry_at, delivery.number)

    def _must_find(self, webhook_id: str) -> dict[str, object]:
        row = self._database.row("SELECT * FROM webhooks WHERE webhook_id = ?", webhook_id)
        if row is None:
            raise RefusalError(404, {"message": "Webhook not found"})
        return _as_json(row)


def _as_json(row: dict[str, Any]) -> dict[str, object]:
    return {
        "webhook_id": row["webhook_id"], "webhook_url": row["url"],
        "event": {"types": json.loads(row["types"])}, "created_ts": stamp(row["created_at"]),
    }
