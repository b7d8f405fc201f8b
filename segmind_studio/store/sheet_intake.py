"""Import a sheet into the journal as history: it never replaces another run, and nothing is requested or sent."""

from __future__ import annotations

from dataclasses import replace

from segmind_studio.core.errors import StoreError
from segmind_studio.core.runs import Phase, Run, TimelineEntry
from segmind_studio.store.database import Database
from segmind_studio.store.journal import Journal
from segmind_studio.store.sheet_reading import Sheet
from segmind_studio.texts import N_, _

IMPORTED = N_("Imported from a run sheet. Nothing was sent.")
STOPPED = N_("Imported from a run sheet, as history: it was not finished there, and cannot be continued here.")
_WAITING = frozenset({Phase.UNKNOWN, Phase.SENDING})


def take_in(db: Database, sheet: Sheet, account_id: str, at: float) -> Run:
    """Add the sheet's run to an account, and return its row in the journal. Blocking.

    A run that the service's list already brought, with no other facts, gets those of the sheet. StoreError when
    the run is there already, or might be one whose outcome is still unknown: that one must be able to find its
    job, or it would be sent twice.
    """
    journal = Journal(db)
    with db.transaction():
        run = replace(sheet.run, account_id=account_id)
        if journal.holds(run.run_id):
            raise _there_already(run)
        rows = journal.runs(account_id)
        known = next((row for row in rows if run.service_id and row.service_id == run.service_id), None)
        if known is not None:
            return _fill(journal, known, sheet, at)
        if run.service_id and any(_might_be(row, run) for row in rows):
            raise StoreError(
                _("The app is still looking for a similar run at the service."),
                _("Wait until it is found, then import the run sheet. Nothing was changed."),
            )
        words = STOPPED.message if run.phase is Phase.ABANDONED else IMPORTED.message
        journal.write_history(run, (*sheet.timeline, TimelineEntry(at, run.phase.value, words)))
    return run


def _might_be(row: Run, run: Run) -> bool:
    same_address = row.data_source_path.split("?")[0] == run.data_source_path.split("?")[0]
    return row.phase in _WAITING and (row.name == run.name or same_address or not run.data_source_path)


def _fill(journal: Journal, known: Run, sheet: Sheet, at: float) -> Run:
    """Return a run from the list with the facts that only the sheet has; existing values stay."""
    bare = not known.made_here and not known.manifest and set(known.body) <= {"instance_prompt"}
    if not bare:
        raise _there_already(known)
    imported = sheet.run
    run = replace(
        known, body=imported.body or known.body, manifest=imported.manifest, dataset_name=imported.dataset_name,
        image_count=imported.image_count, archive_size=imported.archive_size,
        archive_sha256=imported.archive_sha256, sent_at=imported.sent_at,
        notes=known.notes or imported.notes, tags=known.tags or imported.tags,
        result_sha256=known.result_sha256 or imported.result_sha256,
        credits_before=imported.credits_before, credits_after=imported.credits_after,
    )
    entries = (
        *sheet.timeline,
        *journal.timeline(known.run_id),
        TimelineEntry(at, run.phase.value, IMPORTED.message),
    )
    journal.write_history(run, sorted(entries, key=_time_of))
    return run


def _there_already(run: Run) -> StoreError:
    return StoreError(
        _("“{name}” is already in the history.").format(name=run.name),
        _("Nothing was changed. Find it in the list of runs."),
    )


def _time_of(entry: TimelineEntry) -> float:
    return entry.at
