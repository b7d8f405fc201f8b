"""Turn an answer that is no success into one ApiError, by its status and its message.

The table of Segmind's codes is in its documentation; 406 has three meanings that only the message distinguishes.
"""

from __future__ import annotations

import re
import time

from segmind_studio.api.answers import Answer
from segmind_studio.api.error_text import answer_text
from segmind_studio.api.retry_after import retry_after
from segmind_studio.core.errors import ApiError, ApiProblem
from segmind_studio.core.fields import FIELDS
from segmind_studio.texts import N_, Text, _

_RETIRED = re.compile(r"deprecat|no longer|\bretired\b|\bsunset", re.IGNORECASE)
_FIELDS = [field for field in FIELDS if len(field.choices) != 1]  # without the only base model, nothing is left
_NAMES = "|".join(field.key.replace("_", "[_ ]") for field in _FIELDS)
_VALUES = "|".join(filter(str.isupper, (str(choice.value) for field in _FIELDS for choice in field.choices)))
_SOMETHING_ELSE = re.compile(  # than the service: the person's account, a value or a file of the request
    r"\b(?:you|parameter|field|argument|option|value|key|member|team|account|trial|plan|subscription"
    rf"|{_NAMES}|(?-i:{_VALUES})"
    r"|(?:files?|uploads?|uploaded|links?|urls?|address|images?|pictures?|photos?|zip|archive)"
    r"(?![\s-]+(?:train|fine|finetun|model|generat|api|service|endpoint)))\b",
    re.IGNORECASE,
)
_GONE = re.compile("no longer exist", re.IGNORECASE)  # one run or model
_SENTENCES = re.compile(r"[.;!]\s|\n")
_KEY_ABSENT = re.compile(r"missing|not provided|\brequired\b|no api.?key|not found in", re.IGNORECASE)
_CONTENT_TYPE = re.compile(r"content.?type|media type|application/json", re.IGNORECASE)
_TEAM = re.compile(r"\bteam\b|\bmember|organi[sz]ation|\bworkspace\b", re.IGNORECASE)
_CREDITS = re.compile(r"credit|balance|\bfunds?\b|billing|recharge|top.?up|payment", re.IGNORECASE)
_LIMIT = re.compile(r"\blimit|\bquota", re.IGNORECASE)

_WORDS: dict[ApiProblem, tuple[Text, Text]] = {
    ApiProblem.BAD_REQUEST: (
        N_("The service did not accept this."),
        N_("Read its message below, correct the values it names, then try again."),
    ),
    ApiProblem.MISSING_KEY: (
        N_("The service received no key."),
        N_("Choose an account with a key. A proxy may also have removed the key."),
    ),
    ApiProblem.BAD_KEY: (
        N_("The service does not know this key."),
        N_("Check the key in Settings, or enter it again."),
    ),
    ApiProblem.FORBIDDEN: (
        N_("This account is not allowed to do that."),
        N_("The key is valid. Ask the owner of the account, or use another account."),
    ),
    ApiProblem.NOT_FOUND: (
        N_("The service did not find this."),
        N_("It may belong to another account, or it was deleted."),
    ),
    ApiProblem.CONTENT_TYPE: (
        N_("The service rejected the format of the request."),
        N_("This is an error in the app or in a proxy."),
    ),
    ApiProblem.NO_CREDITS: (
        N_("Not enough credits."),
        N_("Add credits to your account on Segmind, then try again."),
    ),
    ApiProblem.TEAM_LIMIT: (
        N_("Your team's limit is reached."),
        N_("Ask the owner of the team to raise the limit."),
    ),
    ApiProblem.RETIRED: (
        N_("The service no longer offers this."),
        N_("Your photos and settings are kept. Finished models and exports still work."),
    ),
    ApiProblem.RATE_LIMITED: (
        N_("Too many requests."),
        N_("Wait a minute, then try again."),
    ),
    ApiProblem.SERVER: (N_("The service has a problem."), N_("Try again later. Such problems often pass.")),
    ApiProblem.ODD_ANSWER: (
        N_("The service's answer is unreadable."),
        N_("A proxy or a log-in page may interfere. Try again later."),
    ),
    ApiProblem.UNANSWERED: (N_("The service did not answer in time."), N_("Try again in a moment.")),
}
_ARRIVED = N_("The request may have arrived. Check before you send it again.")
_BY_STATUS: dict[int, ApiProblem] = {
    402: ApiProblem.NO_CREDITS,
    403: ApiProblem.FORBIDDEN,
    404: ApiProblem.NOT_FOUND,
    408: ApiProblem.UNANSWERED,
    410: ApiProblem.RETIRED,
    415: ApiProblem.CONTENT_TYPE,
    425: ApiProblem.RATE_LIMITED,
    429: ApiProblem.RATE_LIMITED,
}
_NEVER_RETIRED = frozenset({401, 402, 408, 425, 429, 502, 503, 504})
_REFUSED_REDIRECTS = frozenset({307, 308})  # these mean that nothing was done here
_FIRST_ERROR = 400
_FIRST_SERVER_ERROR = 500


def problem_of(answer: Answer) -> ApiError:
    """Return the error for an answer other than 2xx.

    `may_have_arrived` is True for a call that acts, unless the status guarantees that nothing was done: any 5xx,
    408, and a redirect other than 307 and 308.
    """
    detail = answer_text(answer)
    return error_of(_problem(answer, detail), answer, detail)


def odd_answer(answer: Answer, detail: str = "") -> ApiError:
    """Return the error for an answer that cannot be understood; a call that acts may have had its effect."""
    return error_of(ApiProblem.ODD_ANSWER, answer, detail or answer_text(answer))


def error_of(problem: ApiProblem, answer: Answer, detail: str) -> ApiError:
    """Return the error for a problem, with the message, status and waiting time of the answer."""
    title, advice = _WORDS[problem]
    if answer.acts and problem is ApiProblem.RATE_LIMITED:  # a call that acts is never repeated automatically
        advice = _("Nothing was started. Wait a minute, then try again.")
    arrived = answer.acts and _may_have_acted(answer.status)
    return ApiError(
        problem, title, _ARRIVED if arrived else advice, detail,
        http_status=answer.status,
        retry_after=retry_after(answer.headers, time.time()),
        may_have_arrived=arrived,
    )


def _may_have_acted(status: int) -> bool:
    if status < _FIRST_ERROR:
        return status not in _REFUSED_REDIRECTS
    return status >= _FIRST_SERVER_ERROR or _BY_STATUS.get(status) is ApiProblem.UNANSWERED


def _problem(answer: Answer, detail: str) -> ApiProblem:
    status = answer.status
    if status < _FIRST_ERROR:
        return ApiProblem.ODD_ANSWER
    if status not in _NEVER_RETIRED and _is_retired(detail):
        return ApiProblem.RETIRED
    if status == 401:  # noqa: PLR2004
        return ApiProblem.MISSING_KEY if _KEY_ABSENT.search(detail) else ApiProblem.BAD_KEY
    if status == 406:  # noqa: PLR2004
        return _not_acceptable(detail)
    if status >= _FIRST_SERVER_ERROR:
        return ApiProblem.SERVER
    return _BY_STATUS.get(status, ApiProblem.BAD_REQUEST)


def _is_retired(detail: str) -> bool:
    """Return whether a sentence says that the service itself ends, by the words that the API is known to use."""
    for sentence in _SENTENCES.split(detail):
        found = _RETIRED.search(sentence)
        if found and not _GONE.search(sentence) and not _SOMETHING_ELSE.search(sentence, 0, found.start()):
            return True
    return False


def _not_acceptable(detail: str) -> ApiProblem:
    for pattern, problem in (
        (_CONTENT_TYPE, ApiProblem.CONTENT_TYPE),
        (_TEAM, ApiProblem.TEAM_LIMIT),
        (_CREDITS, ApiProblem.NO_CREDITS),
        (_LIMIT, ApiProblem.TEAM_LIMIT),
    ):
        if pattern.search(detail):
            return problem
    return ApiProblem.BAD_REQUEST
