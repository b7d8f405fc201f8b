"""Turn an S3 answer that is no success into one ApiError, by the code in its XML."""

from __future__ import annotations

import time

from segmind_studio.api.answers import Answer
from segmind_studio.api.error_text import answer_text, xml_text
from segmind_studio.api.retry_after import retry_after
from segmind_studio.core.errors import ApiError, ApiProblem
from segmind_studio.texts import N_, Text

_EXPIRED = frozenset({"AccessDenied", "ExpiredToken", "RequestTimeTooSkewed", "RequestExpired"})
_BUSY = frozenset({"SlowDown", "ServiceUnavailable", "Busy"})
_LATE = frozenset({"RequestTimeout"})
_NOT_FOUND = frozenset({"NoSuchKey", "NoSuchBucket"})
_ADVICE = {
    "EntityTooLarge": N_("The package is too large for the storage. Exclude some photos."),
    "SignatureDoesNotMatch": N_("A proxy may have changed the request. Try again."),
    "RequestTimeTooSkewed": N_("Check the date and time of this computer, then try again."),
    "NotImplemented": N_("A proxy may have changed the upload. Try again."),
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
        problem, title, _ADVICE.get(code, advice), answer_text(answer),
        http_status=answer.status,
        retry_after=retry_after(answer.headers, time.time()),
        may_have_arrived=answer.acts and problem in {ApiProblem.SERVER, ApiProblem.UNANSWERED},
    )


_WORDS: dict[ApiProblem, tuple[Text, Text]] = {
    ApiProblem.UPLOAD_EXPIRED: (N_("The storage address has expired."), N_("Try again: the app then "
                                                                           "requests a new one.")),
    ApiProblem.UPLOAD_REFUSED: (N_("The storage rejected the upload."), N_("Try again. The app then "
                                                                           "requests a new address.")),
    ApiProblem.SLOW_DOWN: (N_("The storage is busy."), N_("Wait a moment, then try again.")),
    ApiProblem.UNANSWERED: (N_("The connection to the storage was too slow."), N_("Try again.")),
    ApiProblem.SERVER: (N_("The storage has a problem."), N_("Try again later.")),
    ApiProblem.NOT_FOUND: (N_("The file is no longer in the storage."), N_("It may have been deleted.")),
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
