"""Ask a model of the user's choice for the caption of a picture, by OpenAI's chat API with images.

A client of its own: it has the user's key for that model, never Segmind's.
"""

from __future__ import annotations

import base64
import json
from http import HTTPStatus
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast

from segmind_studio.api.answers import Answer, Call
from segmind_studio.api.error_text import answer_text
from segmind_studio.core.accounts import ApiKey
from segmind_studio.core.captioning import CaptionEndpoint, caption_of
from segmind_studio.core.errors import ApiError, ApiProblem
from segmind_studio.core.numbers import decoded_json
from segmind_studio.core.proxies import SYSTEM_PROXY, Proxy
from segmind_studio.texts import _

if TYPE_CHECKING:
    from segmind_studio.api.transport import Transport

_PATIENCE_S = 120.0  # a local model on a slow computer takes about a minute
_LIMIT = 1024 * 1024
_LIST_PATIENCE_S = 2.0
_MOST_MODELS, _LONGEST_NAME = 200, 200
_MOST_TOKENS = 300
_MOST_WITH_REASONING = 2000  # tokens: models that take only the newer field reason before they answer
_NEWER_LIMIT = "max_completion_tokens"  # what some models of OpenAI take in place of "max_tokens"


class CaptionClient:
    """Ask for captions. Blocking; for one thread, except `abort`."""

    def __init__(self, endpoint: CaptionEndpoint, key: ApiKey | None, proxy: Proxy = SYSTEM_PROXY) -> None:
        from segmind_studio.api.transport import Transport  # noqa: PLC0415  # httpx takes 60 ms to import

        self._endpoint = endpoint
        self._key = key
        self._most: dict[str, object] = {"max_tokens": _MOST_TOKENS}
        self._transport: Transport = Transport(loopback=endpoint.loopback, proxy=proxy)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None,
    ) -> None:
        self._transport.close()

    def abort(self) -> None:
        """End the running call with CancelledError, from any thread, and refuse every later one."""
        self._transport.abort()

    def caption(self, jpeg: bytes, instruction: str) -> str:
        """Return the caption of a picture. ApiError when none came, CancelledError after `abort`.

        The call is never repeated automatically: it may cost money at the model's owner. Only a refusal that names
        the other field for the limit, so that nothing was done, is followed by a call with that field.
        """
        answer = self._ask(jpeg, instruction)
        if answer.status == HTTPStatus.BAD_REQUEST and _NEWER_LIMIT not in self._most \
                and _NEWER_LIMIT.encode() in answer.body:
            self._most = {_NEWER_LIMIT: _MOST_WITH_REASONING}
            answer = self._ask(jpeg, instruction)
        if not answer.ok:
            raise _refused(answer)
        caption = caption_of(_content(answer))
        if not caption:
            raise ApiError(
                ApiProblem.ODD_ANSWER, _("The model answered without a caption."),
                _("Check that the model can read images, or change the instruction."), http_status=answer.status,
            )
        return caption

    def models(self) -> tuple[str, ...]:
        """Return the names of the models that the endpoint lists; ApiError when it lists none. No key is sent."""
        headers = {"Accept": "application/json"}
        answer = self._transport.send(Call(
            "GET", self._endpoint.models_url, headers, read_timeout=_LIST_PATIENCE_S, limit=_LIMIT,
        ))
        if not answer.ok:
            raise _refused(answer)
        listed = _member(_loaded(answer), "data")
        found = [_member(item, "id") for item in cast("list[object]", listed)] if isinstance(listed, list) else []
        names = (name.strip() for name in found if isinstance(name, str) and name.isprintable())
        kept = tuple(dict.fromkeys(name for name in names if 0 < len(name) <= _LONGEST_NAME))[:_MOST_MODELS]
        if not kept:
            raise _no_chat(answer)
        return kept

    def _ask(self, jpeg: bytes, instruction: str) -> Answer:
        picture = base64.b64encode(jpeg).decode("ascii")
        body: dict[str, object] = {
            "model": self._endpoint.model,
            "messages": [{"role": "user", "content": [
                {"type": "text", "text": instruction},
                {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{picture}"}},
            ]}],
            "stream": False,
            **self._most,
        }
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._key is not None:
            headers["Authorization"] = f"Bearer {self._key.reveal()}"
        return self._transport.send(Call(
            "POST", self._endpoint.chat_url, headers, json.dumps(body).encode(), acts=True,
            read_timeout=_PATIENCE_S, limit=_LIMIT,
        ))


def _loaded(answer: Answer) -> object:
    try:
        return decoded_json(answer.body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def _content(answer: Answer) -> str:
    choices = _member(_loaded(answer), "choices")
    first = cast("list[object]", choices)[0] if isinstance(choices, list) and choices else None
    content = _member(_member(first, "message"), "content")
    if isinstance(content, list):  # in parts, as some servers send it
        return " ".join(str(_member(part, "text") or "") for part in cast("list[object]", content))
    if isinstance(content, str):
        return content
    raise _no_chat(answer)


def _no_chat(answer: Answer) -> ApiError:
    return ApiError(
        ApiProblem.ODD_ANSWER, _("The answer does not come from a chat model."),
        _("Check the address. It usually ends with /v1."), answer_text(answer), http_status=answer.status,
    )


def _refused(answer: Answer) -> ApiError:
    match answer.status:
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            problem = ApiProblem.BAD_KEY
            title = _("The model's service rejected the key.")
            advice = _("Enter the key of this service. It is not your Segmind key.")
        case HTTPStatus.NOT_FOUND | HTTPStatus.METHOD_NOT_ALLOWED:
            problem = ApiProblem.NOT_FOUND
            title = _("This address does not have that model.")
            advice = _("Check the name of the model, and the address. It usually ends with /v1.")
        case HTTPStatus.TOO_MANY_REQUESTS:
            problem = ApiProblem.RATE_LIMITED
            title = _("The model's service is busy.")
            advice = _("Wait a moment, then try again.")
        case _:
            problem = ApiProblem.SERVER if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR else (
                ApiProblem.BAD_REQUEST
            )
            title = _("The model's service rejected the photo.")
            advice = _("Its answer is in the details.")
    return ApiError(problem, title, advice, answer_text(answer), http_status=answer.status)


def _member(value: object, name: str) -> object:
    return cast("dict[str, object]", value).get(name) if isinstance(value, dict) else None
