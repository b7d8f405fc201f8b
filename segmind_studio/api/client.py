"""The calls of Segmind's fine-tuning API, one method each: strict in requests, tolerant in answers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from segmind_studio.api import decode, generation, webhooks
from segmind_studio.api.answers import Answer
from segmind_studio.api.caller import Caller
from segmind_studio.api.hosts import safe_url
from segmind_studio.api.retry_after import http_date
from segmind_studio.api.values import Generated, Listing, QueueTicket, Submitted, UploadTicket
from segmind_studio.core.accounts import Connection, Credits
from segmind_studio.core.errors import ApiError, ApiProblem
from segmind_studio.core.form import SUBMIT_PATH
from segmind_studio.core.runs import Job
from segmind_studio.core.webhooks import Webhook
from segmind_studio.texts import _, sentences

SUBMIT_TIMEOUT_S = 60.0
_ARCHIVE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,95}\.zip")
_NEEDED = ("name", "data_source_path", "instance_prompt", "base_model")
_NO_RECORD = frozenset({404})


class SegmindClient:
    """Call the service for one account. Blocking; for one thread, except `abort`.

    Every method raises ApiError, or CancelledError after `abort`. A GET is repeated once automatically after a 500
    or a broken connection; a call that changes something (submit, generate, change, delete) never is. `timeout` is
    in seconds.
    """

    def __init__(self, connection: Connection, *, timeout: float = 20.0) -> None:
        self._caller = Caller(connection, timeout)
        self._api = connection.api_url.rstrip("/")
        self._last_list: tuple[bytes, Listing] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._caller.close()

    def abort(self) -> None:
        """End the running call with CancelledError, from any thread, and refuse every later one."""
        self._caller.abort()

    def credits(self) -> Credits:
        """Return the balance, None without a record of it: free, and the cheapest check of a key."""
        answer = self._caller.ask("GET", f"{self._api}/v1/get-user-credits", answers=_NO_RECORD)
        if answer.ok:
            return decode.credits_of(answer)
        if answer.is_html:
            raise self._no_such_place(answer)
        return Credits(None, None)

    def list_jobs(self) -> Listing:
        """Return the jobs of every base model; the same bytes as before are not decoded again."""
        answer = self._caller.ask("GET", self._request("list"), partly=True)
        server_time = http_date(answer.headers.get("date", ""))
        same = hashlib.sha256(answer.body).digest()
        if self._last_list is not None and self._last_list[0] == same:
            return replace(self._last_list[1], unchanged=True, server_time=server_time)
        jobs, skipped = decode.jobs_of(answer, loopback=self._caller.loopback)
        listing = Listing(jobs, server_time=server_time, skipped=skipped, complete=not answer.cut)
        self._last_list = (same, listing)
        return listing

    def details(self, service_id: str) -> Job:
        """Return one job. The id is sent in the body of the GET, as documented, and in the query too."""
        asked = {"request_id": service_id}
        answer = self._caller.ask("GET", self._request("details"), query=asked, body=asked)
        return decode.details_of(answer, service_id, loopback=self._caller.loopback)

    def submit(self, body: Mapping[str, object]) -> Submitted:
        """Start a paid run. `may_have_arrived` of the error says whether the run may have started after all."""
        missing = [name for name in _NEEDED if not str(body.get(name) or "").strip()]
        if missing:
            raise _not_sent(
                _("The request is incomplete."), _("Missing: {names}.").format(names=", ".join(missing))
            )
        answer = self._caller.ask(
            "POST", self._api + SUBMIT_PATH, body=body, acts=True, timeout=SUBMIT_TIMEOUT_S,
        )
        return decode.submitted_of(answer)

    def upload_ticket(self, name: str) -> UploadTicket:
        """Return an address to upload an archive to. `name` is short ASCII and ends in .zip."""
        if not _ARCHIVE_NAME.fullmatch(name):
            raise _not_sent(
                _("This name cannot be used for an upload."),
                _("“{name}” is not a valid name for a .zip file.").format(name=name),
            )
        answer = self._caller.ask("GET", self._request("upload/pre-signed-url"), body={"name": name})
        return decode.ticket_of(answer, loopback=self._caller.loopback)

    def set_public(self, service_id: str, public: bool) -> None:  # noqa: FBT001  # the protocol's name for it
        """Make a model public or private. The answer may be empty: read `public` of the details afterwards."""
        form = {"request_id": service_id, "segmind_public": "True" if public else "False"}
        answer = self._caller.ask_with_form("PUT", self._request("access-update"), form, acts=True)
        decode.refuse_reported_error(answer)

    def weights_link(self, cloud_storage_url: str) -> str:
        """Return a short-lived URL of stored weights. It is a secret while it is valid."""
        if not safe_url(cloud_storage_url, loopback=self._caller.loopback):
            raise _not_sent(
                _("These weights cannot be downloaded."), _("Their address does not use https.")
            )
        form = {"cloud_storage_url": cloud_storage_url}
        answer = self._caller.ask_with_form("GET", self._request("file/download"), form)
        return decode.link_of(answer, loopback=self._caller.loopback)

    def generate(self, slug_or_url: str, params: Mapping[str, object]) -> Generated:
        """Generate one image, paid, by a model's slug or its `inference_api_url`; blocks until it is ready."""
        return generation.generate(self._caller, slug_or_url, params)

    def queue_image(self, slug_or_url: str, params: Mapping[str, object]) -> QueueTicket:
        """Put one image, paid, into the service's queue; write the ticket down before anything else."""
        return generation.queue(self._caller, slug_or_url, params)

    def queued_image(
        self, ticket: QueueTicket, *, cancelled: Callable[[], bool], wait: Callable[[float], object],
    ) -> Generated:
        """Poll a queued image until it is made, and download it; free. `wait` waits some seconds.

        Every ApiError has `may_have_arrived`, but for the service's own word that the image failed.
        """
        return generation.queued_image(self._caller, ticket, cancelled=cancelled, wait=wait)

    def webhooks(self) -> tuple[Webhook, ...]:
        """Return the account's webhooks."""
        return webhooks.listed(self._caller)

    def check_webhook(self, url: str, types: tuple[str, ...]) -> None:
        """Raise ApiError when a webhook is not valid; nothing is sent."""
        webhooks.check(self._caller, url, types)

    def add_webhook(self, url: str, types: tuple[str, ...]) -> None:
        """Register a webhook; the service takes one at a time for fine-tunes."""
        webhooks.add(self._caller, url, types)

    def update_webhook(self, webhook_id: str, url: str, types: tuple[str, ...]) -> None:
        """Change a webhook."""
        webhooks.update(self._caller, webhook_id, url, types)

    def remove_webhook(self, webhook_id: str) -> None:
        """Delete a webhook."""
        webhooks.remove(self._caller, webhook_id)

    def dispatch_logs(self, webhook_id: str) -> list[dict[str, object]]:
        """Return what was delivered to a webhook, one dictionary per row, as the service lists it."""
        return webhooks.dispatch_logs(self._caller, webhook_id)

    def _request(self, name: str) -> str:
        return f"{self._api}/finetune/request/{name}"

    def _no_such_place(self, answer: Answer) -> ApiError:
        return ApiError(
            ApiProblem.NOT_FOUND,
            _("This address is not Segmind's API."),
            _("Check the API address in Settings: {host}.").format(host=urlsplit(self._api).hostname),
            http_status=answer.status,
        )


def _not_sent(title: str, words: str) -> ApiError:
    return ApiError(ApiProblem.BAD_REQUEST, title, sentences(words, _("Nothing was sent.")))
