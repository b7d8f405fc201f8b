"""Webhooks that were deleted to register another: one JSON file, replaced as a whole, until either is listed.

Kept apart: it is the only module that accesses that file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

from segmind_studio.core.errors import StoreError
from segmind_studio.core.numbers import decoded_json
from segmind_studio.core.webhooks import Webhook
from segmind_studio.store.private_files import READ, read_text, replace_file, store_error
from segmind_studio.store.records import from_record, plain


class DeletedWebhooksFile:
    """Remember one webhook for each account, by its id; blocking, for one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def of(self, account_id: str) -> Webhook | None:
        """Return the webhook of an account, None without one. Never raises."""
        try:
            return self._load().get(account_id)
        except StoreError:
            return None

    def keep(self, account_id: str, webhook: Webhook) -> None:
        """Remember it, instead of an earlier one; StoreError when the disk refuses."""
        self._save({**self._load(), account_id: webhook})

    def forget(self, account_id: str) -> None:
        """Forget the webhook of an account, if there is one; StoreError when the disk refuses."""
        known = self._load()
        if known.pop(account_id, None) is not None:
            self._save(known)

    def _load(self) -> dict[str, Webhook]:
        """Return what is stored; StoreError when the disk refuses, so that it is not replaced then."""
        try:
            loaded = decoded_json(read_text(self._path))
        except (FileNotFoundError, ValueError, RecursionError):
            return {}
        except OSError as error:
            raise store_error(error, self._path, READ) from error
        found: dict[str, Webhook] = {}
        for account_id, row in (cast("dict[str, object]", loaded) if isinstance(loaded, dict) else {}).items():
            try:
                found[account_id] = from_record(Webhook, row)
            except ValueError:
                continue
        return found

    def _save(self, known: dict[str, Webhook]) -> None:
        rows = {account_id: plain(webhook) for account_id, webhook in known.items()}
        replace_file(self._path, json.dumps(rows).encode("ascii"))
