"""Turn an S3 answer that is no success into one ApiError, by the code in its XML."""

from __future__ import annotations

import time

from segmind_studio.api.answers import Answer
from segmind_studio.api.error_text import words_of, xml_text
from segmind_studio.api.retry_after import retry_after
from segmind_studio.core.errors import ApiError, ApiProblem

_EXPIRED = frozenset({"AccessDenied", "ExpiredToken", "RequestTimeTooSkewed", "RequestExpired"})
_BUSY = frozenset({"SlowDown", "ServiceUnavailable", "Busy"})
_LATE = frozenset({"RequestTimeout"})
_NOT_FOUND = frozenset({"NoSuchKey", "NoSuchBucket"})
_ADVICE = {
    "EntityTooLarge": "The archive is too large for the storage. Exclude some photos.",
    "SignatureDoesNotMatch": "A proxy may have changed the request. Try again.",
    "RequestTimeTooSkewed": "Check the date and time of this computer, then try again.",
    "NotImplemented": "A proxy may have changed the way the file is sent. Try again.",
}


def storage_problem(answer: Answer) -> ApiError:
    """Return the error for an answer of the storage.

    Only the code and the message are shown: the rest of such an answer repeats the signature.
    """
    text = answer.body.decode("utf-8", "replace")
    code = xml_text(text, "Code")
    problem = _problem(answer.status, code, text)
    title, advice = _WORDS[problem]
    return ApiError(
        problem, title, _ADVICE.get(code, advice), words_of(answer),
        http_status=answer.status,
        retry_after=retry_after(answer.headers, time.time()),
        may_have_arrived=answer.acts and problem in {ApiProblem.SERVER, ApiProblem.UNANSWERED},
    )


_WORDS: dict[ApiProblem, tuple[str, str]] = {
    ApiProblem.UPLOAD_EXPIRED: ("The storage address has expired.", "A new one is needed. Try again."),
    ApiProblem.UPLOAD_REFUSED: ("The storage did not accept this.", "Try again, with a new address."),
    ApiProblem.SLOW_DOWN: ("The storage is busy.", "Wait a little and try again."),
    ApiProblem.UNANSWERED: ("The connection to the storage was too slow.", "Try again."),
    ApiProblem.SERVER: ("The storage has a problem.", "Try again later."),
    ApiProblem.NOT_FOUND: ("The file is not in the storage any more.", "It may have been deleted."),
}


def _problem(status: int, code: str, text: str) -> ApiProblem:
    if code in _EXPIRED or "Request has expired" in text or (status == 403 and not code):  # noqa: PLR2004
        return ApiProblem.UPLOAD_EXPIRED
    if code in _BUSY or status in {429, 503}:
        return ApiProblem.SLOW_DOWN
    if code in _LATE or status == 408:  # noqa: PLR2004
        return ApiProblem.UNANSWERED
    if code in _NOT_FOUND or status in {404, 410}:
        return ApiProblem.NOT_FOUND
    if status >= 500 and code != "NotImplemented" and status != 501:  # noqa: PLR2004
        return ApiProblem.SERVER
    return ApiProblem.UPLOAD_REFUSED
