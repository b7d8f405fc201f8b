"""The only module that calls httpx: it sends calls, returns answers, and turns httpx's exceptions into ours.

Imported on first use only, since httpx takes long to import. Redirects are never followed. Neither headers nor
queries are logged.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import ssl
import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from http.cookiejar import CookieJar

import httpx
from typing_extensions import override

from segmind_studio import __version__
from segmind_studio.api.answers import Answer, Call
from segmind_studio.api.error_text import clean_error_text
from segmind_studio.api.packing import PackedError, can_unpack, coding_of, unpacked
from segmind_studio.api.sockets import Deadline, Sockets
from segmind_studio.core.accounts import LOOPBACK_HOSTS
from segmind_studio.core.errors import ApiError, ApiProblem, CancelledError, StudioError
from segmind_studio.core.masks import masked_body, masked_line
from segmind_studio.core.proxies import SYSTEM_PROXY, Proxy, ProxyKind, checked_proxy_url
from segmind_studio.texts import N_, _

LOGGER = logging.getLogger(__name__)
CONNECT_S = 10.0
_MAYBE_PASSING = 500
_WORDS_LIMIT = 256 * 1024
_ASKS_FOR_NAME = "407"
_PAST_PROXIES = {f"all://{f'[{host}]' if ':' in host else host}": None for host in LOOPBACK_HOSTS}
_SHORT = 100  # characters
_ARRIVED = N_("The request may have arrived. Check before you send it again.")
_SLOWEST = 3.0  # an answer may take this many read time-outs in total
_RESETS = (httpx.ReadError, httpx.WriteError, httpx.CloseError, httpx.RemoteProtocolError)
_NOT_SENT = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError,
    httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL, UnicodeError,
)
FOREIGN = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, UnicodeError)

for _name in ("httpx", "httpcore"):  # below this level they log URLs with their queries, and headers
    logging.getLogger(_name).setLevel(logging.WARNING)


class _NoCookies(CookieJar):
    """Keep no cookie: none is needed, and a service could make each later request larger with them."""

    @override
    def extract_cookies(self, response: object, request: object) -> None:
        return


@functools.cache
def _certificates(_file: str | None, _folder: str | None) -> ssl.SSLContext:
    """Return the usual verification, loaded once: it takes longer than the rest of making a client."""
    return httpx.create_ssl_context()


class Transport:
    """Hold one pool of connections. Blocking; for one thread, except `abort`.

    No host of this computer is reached through a proxy: `loopback` turns every proxy off, and without it the hosts
    of this computer are excluded. An https address goes through a proxy in a tunnel, which the proxy cannot read.
    """

    def __init__(self, *, loopback: bool, proxy: Proxy = SYSTEM_PROXY) -> None:
        self.sockets = Sockets()
        try:
            self._client = httpx.Client(
                follow_redirects=False,
                trust_env=proxy.kind is ProxyKind.SYSTEM and not loopback,
                proxy=checked_proxy_url(proxy.url) if proxy.kind is ProxyKind.OWN and not loopback else None,
                mounts=_PAST_PROXIES,
                cookies=_NoCookies(),
                verify=_certificates(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")),
                headers={
                    "User-Agent": f"segmind-studio/{__version__}", "Accept": "*/*", "Accept-Encoding": "identity",
                },
            )
        except StudioError as error:
            raise ApiError(
                ApiProblem.OFFLINE, _("The proxy cannot be used."),
                _("Correct its address in Settings, under Advanced. Nothing was sent."), str(error),
            ) from None
        except (ImportError, ValueError, OSError, httpx.InvalidURL) as error:  # a proxy or certificate setting
            raise ApiError(
                ApiProblem.OFFLINE, _("The network settings of this computer cannot be used."),
                _("Check the proxy and certificate settings (HTTPS_PROXY, SSL_CERT_FILE). Nothing was sent."),
                type(error).__name__,  # its message quotes the address, with a part of the password in it
            ) from None

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def abort(self) -> None:
        """End every running call with CancelledError, from any thread; nothing can be sent afterwards."""
        self.sockets.cut()

    def send(self, call: Call) -> Answer:
        """Send a call and return its complete answer, whatever its status; ApiError when none came.

        A call that does not act is sent once more after a 500 or a broken connection.
        """
        again = not call.acts
        while True:
            try:
                answer = self._once(call)
            except _RESETS as error:
                if not again or self.sockets.was_cut or self.sockets.was_late:
                    raise self.translated(error, acts=call.acts, secret=call.secret) from None
            except FOREIGN as error:
                raise self.translated(error, acts=call.acts, secret=call.secret) from None
            else:
                if not again or answer.status != _MAYBE_PASSING:
                    return answer
            again = False

    @contextlib.contextmanager
    def opened(  # noqa: PLR0913  # the parts of a request
        self, method: str, url: str, headers: Mapping[str, str], *,
        content: bytes | Iterable[bytes] | None = None, read_timeout: float, deadline: Deadline,
    ) -> Generator[httpx.Response]:
        """Send a request and return the response before its body is read; `deadline` covers all of it.

        Raises httpx's own exceptions (FOREIGN), so that the caller can distinguish them from its own.
        """
        if self.sockets.was_cut:
            raise CancelledError
        with deadline, self._client.stream(
            method, url, headers=dict(headers), content=content,
            timeout=httpx.Timeout(read_timeout, connect=CONNECT_S, pool=CONNECT_S),
            extensions={"trace": self.sockets.trace},
        ) as response:
            yield response

    def whole(self, response: httpx.Response) -> None:
        """Raise when this client cut the connection: without a length, the end of the body does not show it."""
        framed = response.headers.keys() & {"content-length", "transfer-encoding"}
        if not framed and (self.sockets.was_late or self.sockets.was_cut):
            raise httpx.ReadTimeout("the answer came too slowly")

    def _once(self, call: Call) -> Answer:
        begun = time.monotonic()
        outcome = "no answer"
        try:
            with self.opened(
                call.method, call.url, call.headers,
                content=call.content or None, read_timeout=call.read_timeout,
                deadline=Deadline(self.sockets, _SLOWEST * call.read_timeout),
            ) as response:
                outcome = str(response.status_code)
                names = {
                    name.lower(): masked_line(value, call.secret) for name, value in response.headers.items()
                }
                body = self._body(response, call) if response.is_success else error_body(response)
            cut = call.partly and len(body) >= call.limit
            return Answer(
                response.status_code, names, masked_body(body, call.secret), call.acts, call.secret, cut,
            )
        finally:
            LOGGER.info("%s %s: %s, %d ms", call.method, call.path, outcome, (time.monotonic() - begun) * 1000)

    def _body(self, response: httpx.Response, call: Call) -> bytes:
        """Read at most `call.limit` bytes; for a call with `partly`, return what was received until then."""
        if _coding(response) and not can_unpack(_coding(response)):
            raise _packed(response, acts=call.acts, secret=call.secret)
        pieces = bytearray()
        try:
            for piece in _plain_pieces(response):
                pieces += piece
                if len(pieces) > call.limit and call.partly:
                    return bytes(pieces[: call.limit])
                if len(pieces) > call.limit:
                    raise ApiError(
                        ApiProblem.ODD_ANSWER, _("The service's answer is too large."), _("Try again later."),
                        f"more than {call.limit} bytes", http_status=response.status_code,
                        may_have_arrived=call.acts,
                    )
            self.whole(response)
        except PackedError as error:
            raise _packed(response, str(error), acts=call.acts, secret=call.secret) from None
        return bytes(pieces)

    def translated(self, error: Exception, *, acts: bool, secret: str = "") -> ApiError | CancelledError:
        """Turn one of FOREIGN into ours; `acts` says whether the request changes something when it arrives.

        The exception's message may quote received data, including the `secret`.
        """
        if self.sockets.was_cut:
            return CancelledError()
        words = clean_error_text(f"{type(error).__name__}: {error}".rstrip(": "), secret)
        if isinstance(error, _NOT_SENT):
            return _not_sent(error, words)
        late = isinstance(error, httpx.TimeoutException) or self.sockets.was_late
        return ApiError(
            ApiProblem.UNANSWERED,
            _("The service did not answer in time.")
            if late
            else _("The connection was lost before the answer arrived."),
            _ARRIVED if acts else _("Check the network connection, then try again."),
            words,
            may_have_arrived=acts,
        )


def _not_sent(error: Exception, words: str) -> ApiError:
    if isinstance(error, httpx.ProxyError):
        asks = str(error).startswith(_ASKS_FOR_NAME)
        return ApiError(
            ApiProblem.OFFLINE, _("The proxy blocked the request."),
            _("It requires a name and a password, which the app does not send. Nothing was sent.") if asks
            else _("Check the proxy in Settings, under Advanced. Nothing was sent."), words,
        )
    if "CERTIFICATE" in words.upper():
        return ApiError(
            ApiProblem.OFFLINE, _("The service's certificate is not trusted."),
            _("Check the date of this computer, and whether a proxy decrypts your traffic. Nothing "
              "was sent."), words,
        )
    return ApiError(
        ApiProblem.OFFLINE, _("The service could not be reached."),
        _("Check the network connection. Nothing was sent."), words,
    )


def refuse_coded(response: httpx.Response, *, acts: bool, secret: str = "") -> None:
    """Raise for a body that is compressed although that was not requested."""
    if _coding(response):
        raise _packed(response, acts=acts, secret=secret)


def _coding(response: httpx.Response) -> str:
    return coding_of(response.headers.get("content-encoding", ""))


def _packed(response: httpx.Response, why: str = "", *, acts: bool, secret: str) -> ApiError:
    words = f"Content-Encoding: {response.headers['content-encoding']}"
    return ApiError(
        ApiProblem.ODD_ANSWER, _("The service's answer is unreadable."),
        _ARRIVED if acts else
        _("It was compressed, although the app asked for plain text. A proxy may interfere. Try again later."),
        clean_error_text(f"{words}: {why}" if why else words, secret)[:_SHORT],
        http_status=response.status_code, may_have_arrived=acts,
    )


def _plain_pieces(response: httpx.Response) -> Iterator[bytes]:
    return unpacked(response.iter_raw()) if _coding(response) else response.iter_raw()


def error_body(response: httpx.Response) -> bytes:
    """Read the message of an error as far as it arrives: the status alone is enough."""
    pieces = bytearray()
    if _coding(response) and not can_unpack(_coding(response)):
        return b""
    begun = time.monotonic()
    with contextlib.suppress(PackedError, *FOREIGN):
        for piece in _plain_pieces(response):
            pieces += piece
            if len(pieces) > _WORDS_LIMIT or time.monotonic() - begun > CONNECT_S:
                break
    return bytes(pieces[:_WORDS_LIMIT])
