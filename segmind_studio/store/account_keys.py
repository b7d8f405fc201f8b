"""Which account a key belongs to, which accounts may be the same, and how to join them. No key is stored here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID, AccountOverlap
from segmind_studio.core.errors import StoreError
from segmind_studio.core.matching import own_upload, same_object
from segmind_studio.core.reconcile import merge_rows
from segmind_studio.core.runs import Job, Phase, Run
from segmind_studio.store.database import Database
from segmind_studio.store.journal import Journal
from segmind_studio.store.sheet_intake import IMPORTED, STOPPED
from segmind_studio.texts import _

_NAMED = 3  # of the runs that two accounts share
_WAITING = frozenset({Phase.UNKNOWN, Phase.SENDING})
_FROM_A_SHEET = frozenset({IMPORTED.message, STOPPED.message})


class AccountKeys:
    """Store the fingerprints of accounts' keys (`core.accounts.account_id_of`). Blocking, for any thread.

    A fingerprint that is not stored is the id of its own account: every account begins like that. All methods
    raise StoreError when the disk refuses.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._journal = Journal(db)

    def owner(self, fingerprint: str, address: str) -> str:
        """Return the id of the account that a key for this address belongs to."""
        rows = self._db.rows(
            "SELECT account_id FROM account_key WHERE fingerprint = ? AND address = ?", (fingerprint, address),
        )
        return str(rows[0][0]) if rows else fingerprint

    def learn(self, fingerprint: str, address: str) -> str:
        """Store a key that works, unless it is known; return the id of its account."""
        with self._db.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO account_key VALUES (?, ?, ?)", (fingerprint, fingerprint, address),
            )
            return self.owner(fingerprint, address)

    def attach(self, fingerprint: str, account_id: str, address: str, others: Iterable[str] = ()) -> None:
        """Store that a key belongs to this account.

        StoreError when it belongs to another: one of `others`, or one that has runs or images here.
        """
        with self._db.transaction() as connection:
            owner = self.owner(fingerprint, address)
            if owner != account_id and (owner in set(others) or self._has_rows(owner)):
                raise StoreError(
                    _("This key belongs to another account in the app."),
                    _(
                        "Use that account, or add the key below as a new account. If the runs are the same, "
                        "the app offers to join the two accounts. Nothing was changed."
                    ),
                )
            connection.execute(
                "INSERT OR REPLACE INTO account_key VALUES (?, ?, ?)", (fingerprint, account_id, address),
            )

    def _has_rows(self, account_id: str) -> bool:
        return bool(self._db.rows(
            "SELECT 1 FROM run WHERE account_id = ? UNION ALL SELECT 1 FROM picture WHERE account_id = ? LIMIT 1",
            (account_id, account_id),
        ))

    # -- accounts that are the same

    def find_overlap(self, account_id: str, address: str, jobs: Sequence[Job]) -> AccountOverlap | None:
        """Return the account that shares most of the jobs listed for this one; None when none does.

        Accounts whose address is known to differ are left out, and so is practice.
        """
        found = [
            AccountOverlap(account_id, other, address, len(same), tuple(run.name for run in same[:_NAMED]))
            for other in self._others(account_id, address) if (same := self._shared(other, jobs))
        ]
        return max(found, key=lambda overlap: overlap.shared, default=None)

    def _others(self, account_id: str, address: str) -> list[str]:
        rows = self._db.rows(
            "SELECT DISTINCT account_id FROM run WHERE account_id NOT IN (?, ?) AND account_id NOT IN "
            "(SELECT account_id FROM account_key WHERE address <> ?) ORDER BY account_id",
            (account_id, PRACTICE_ACCOUNT_ID, address),
        )
        return [str(row[0]) for row in rows]

    def _shared(self, account_id: str, jobs: Sequence[Job]) -> list[Run]:
        by_id = {name: job for job in jobs for name in job.ids}
        return [run for run in self._journal.runs(account_id) if self._is_one_of(run, by_id, jobs)]

    def _is_one_of(self, run: Run, by_id: dict[str, Job], jobs: Sequence[Job]) -> bool:
        """Return whether a run is certainly one of these jobs: by its id, or by an upload address of its own.

        A run from a sheet may belong to anybody. An id alone proves little for a run that was not started here.
        """
        job = by_id.get(run.service_id) if run.service_id else None
        if job is not None:
            return (run.made_here or run.name == job.name) and not self._from_a_sheet(run)
        return run.phase in _WAITING and own_upload(run) and any(
            same_object(run.data_source_path, job.data_source_path)
            and set(run.seen_before).isdisjoint(job.ids) for job in jobs
        )

    def _from_a_sheet(self, run: Run) -> bool:
        return any(entry.detail in _FROM_A_SHEET for entry in self._journal.timeline(run.run_id))

    def join(self, overlap: AccountOverlap, at: float) -> None:
        """Join two accounts into `other_id`: runs, images and keys, all in one transaction.

        A run that both have becomes one row, that of the run that was started here; no thread may be working on
        either account's rows.
        """
        one, other = overlap.account_id, overlap.other_id
        with self._db.transaction() as connection:
            self._merge_rows(one, other, at)
            for table in ("run", "picture", "account_key"):
                connection.execute(f"UPDATE {table} SET account_id = ? WHERE account_id = ?", (other, one))  # noqa: S608  # our own names
            for fingerprint in (one, other):
                connection.execute(
                    "INSERT OR REPLACE INTO account_key VALUES (?, ?, ?)", (fingerprint, other, overlap.address),
                )

    def _merge_rows(self, one: str, other: str, at: float) -> None:
        theirs = {run.service_id: run for run in self._journal.runs(other) if run.service_id}
        became: dict[str, str] = {}
        for run in self._journal.runs(one):
            duplicate = theirs.get(run.service_id)
            if duplicate is not None:
                kept, left = (run, duplicate) if run.made_here and not duplicate.made_here else (duplicate, run)
                theirs[run.service_id] = merged = merge_rows(kept, left)
                became[left.run_id] = kept.run_id
                self._journal.save(merged, at)
        self._journal.supersede(became)
