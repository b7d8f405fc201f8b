"""The receiver of webhooks: its limits, what a delivery is worth, and how others forward to it. Pure functions.

A delivery is only a reason to look: whoever knows the receiver's address can send one. Nothing follows from it
until the service's own list says the same.
"""

from __future__ import annotations

import re
from enum import StrEnum
from urllib.parse import urlsplit

from segmind_studio.core.accounts import LOOPBACK_HOSTS
from segmind_studio.core.errors import StudioError
from segmind_studio.core.numbers import decoded_json
from segmind_studio.core.runs import Run, is_further
from segmind_studio.core.texts import line_of, values_in
from segmind_studio.core.webhooks import SAMPLE_ID, WebhookEvent, read_event
from segmind_studio.record import record
from segmind_studio.texts import N_, Text, _

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 24380
HIGHEST_PORT = 65535  # 0 lets the system choose one
MOST_BODY = 256 * 1024  # bytes of one payload
READ_WITHIN_S = 10.0  # of the whole connection
MOST_CONNECTIONS = 32  # at one time
PER_MINUTE, AT_ONCE = 60.0, 30  # payloads that are taken
CONNECTIONS_PER_MINUTE, CONNECTIONS_AT_ONCE = 1200.0, 100  # accepted ones, whatever they ask for
MOST_KEPT = 200  # payloads, the newest; in memory only
MOST_KEPT_CHARACTERS = 4_000_000
_MOST_VALUES = 20_000
_LONGEST = 200  # characters of an id or a status
_LONGEST_HOST = 253
_PATH = re.compile(r"/hooks/[A-Za-z0-9_-]{32,100}")
_SCHEMES = frozenset({"", "https"})  # of a public address


@record
class Payload:
    """One body that was received. `text` is what came; `event` is None when it is no JSON, or names no run."""

    text: str
    event: WebhookEvent | None = None
    is_json: bool = False


def read_payload(body: bytes) -> Payload:
    """Return the content of a body, whatever it is; ids and states are cut to one short line. Never raises."""
    text = body.decode("utf-8", "replace")
    if values_in(body) > _MOST_VALUES:
        return Payload(text)
    try:
        event = read_event(decoded_json(text))
    except ValueError:
        return Payload(text)
    if event is None:
        return Payload(text, is_json=True)
    short = WebhookEvent(line_of(event.service_id, _LONGEST), line_of(event.status, _LONGEST))
    return Payload(text, short if short.service_id or short.status else None, is_json=True)


class Verdict(StrEnum):
    """What became of a delivery."""

    UNREADABLE = "unreadable"  # no JSON, or no run in it
    SAMPLE = "sample"
    NO_RUN = "no-run"  # the account in use has no run with this id
    KNOWN = "known"  # the list had said so before: it came late or twice
    REPORTED = "reported"  # the list has not confirmed it
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"  # the list kept saying something else


VERDICT_WORDS: dict[Verdict, Text] = {
    Verdict.UNREADABLE: N_("Not understood"),
    Verdict.SAMPLE: N_("Sample"),
    Verdict.NO_RUN: N_("No such run"),
    Verdict.KNOWN: N_("Already known"),
    Verdict.REPORTED: N_("Reported, not yet confirmed"),
    Verdict.CONFIRMED: N_("Confirmed by the list of runs"),
    Verdict.UNCONFIRMED: N_("Not confirmed by the list of runs"),
}


@record
class ReceivedEvent:
    """One delivery as the window shows it; `at` is in seconds since the epoch, `run_id` is "" without a run."""

    number: int
    at: float
    payload: Payload
    verdict: Verdict
    run_id: str = ""
    run_name: str = ""

    @property
    def status(self) -> str:
        """Return the reported state, "" where there is none."""
        return self.payload.event.status if self.payload.event else ""

    @property
    def service_id(self) -> str:
        """Return the id of the run that it is about, "" where there is none."""
        return self.payload.event.service_id if self.payload.event else ""


def verdict_of(event: WebhookEvent | None, run: Run | None) -> Verdict:
    """Return what a new delivery is worth; `run` is the one with its id, if there is one."""
    if event is None or not event.service_id or not event.status:
        return Verdict.UNREADABLE
    if run is None:
        return Verdict.SAMPLE if event.service_id == SAMPLE_ID else Verdict.NO_RUN
    return Verdict.REPORTED if is_further(event.status, run) else Verdict.KNOWN


class RateLimit:
    """Allow so many a minute, and `at_once` more after a rest. The times are monotonic seconds of the caller."""

    def __init__(self, per_minute: float, at_once: int) -> None:
        self._per_s = per_minute / 60.0
        self._most = float(at_once)
        self._left = self._most
        self._at: float | None = None

    def allows(self, now: float) -> bool:
        """Return whether one more is allowed now, and count it."""
        rested = 0.0 if self._at is None else max(0.0, now - self._at)
        self._at = now
        self._left = min(self._most, self._left + rested * self._per_s)
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


# -- where it listens

def is_secret_path(path: str) -> bool:
    """Return whether a path is one that `services.accounts.webhook_receiver` made: long, and safe in any file."""
    return _PATH.fullmatch(path) is not None



def checked_host(text: str) -> str:
    """Return an address to listen on: an IP address, or this computer's own name for itself. StudioError else."""
    import ipaddress  # noqa: PLC0415  # when first needed

    host = text.strip().strip("[]").lower()
    try:
        return DEFAULT_HOST if host == "localhost" else str(ipaddress.ip_address(host))
    except ValueError:
        raise StudioError(
            _("“{text}” is not an IP address.").format(text=line_of(text, _LONGEST)),
            _("For this computer only, use {host}.").format(host=DEFAULT_HOST),
        ) from None


def is_open_to_others(host: str) -> bool:
    """Return whether other computers can reach a receiver that listens there."""
    return host not in LOOPBACK_HOSTS and not host.startswith("127.")


def address_at(host: str, port: int) -> str:
    """Return `host:port` as it is written in an address."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def local_address(host: str, port: int) -> str:
    """Return `host:port` that programs on this computer reach the receiver at."""
    return address_at({"0.0.0.0": DEFAULT_HOST, "::": "::1"}.get(host, host), port)  # noqa: S104  # compared only


def public_host(text: str) -> str:
    """Return the host, with its port if it has one, of a server that forwards; "" when it is none."""
    typed = text.strip()
    try:
        parts = urlsplit(typed if "://" in typed else f"//{typed}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    plain = host.isascii() and all(char.isalnum() or char in "-._" for char in host)
    if not (host and plain and len(host) <= _LONGEST_HOST) or "@" in parts.netloc or parts.scheme not in _SCHEMES:
        return ""
    return f"{host}:{port}" if port else host


# -- how others forward to it

class Forwarder(StrEnum):
    """A way to bring deliveries from the internet to the receiver."""

    CADDY = "caddy"
    NGINX = "nginx"
    CLOUDFLARED = "cloudflared"
    SSH = "ssh"


FORWARDER_NAMES: dict[Forwarder, Text] = {
    Forwarder.CADDY: N_("Caddy"),
    Forwarder.NGINX: N_("nginx"),
    Forwarder.CLOUDFLARED: N_("cloudflared"),
    Forwarder.SSH: N_("ssh, to a server of yours"),
}
FORWARDER_NOTES: dict[Forwarder, Text] = {
    Forwarder.CADDY: N_("Add this to the Caddyfile of your server. Caddy gets the certificate."),
    Forwarder.NGINX: N_("Add this to the server block that has your certificate."),
    Forwarder.CLOUDFLARED: N_("Add this to config.yml of a tunnel that runs on this computer."),
    Forwarder.SSH: N_(
        "Run this on this computer. The receiver then listens on your server too, for Caddy or nginx there."
    ),
}


def snippet(kind: Forwarder, where: str, path: str, site: str) -> str:
    """Return the lines that forward `site` to the receiver at `where` (host:port); only its path is passed on."""
    host = site or "hooks.example.org"
    match kind:
        case Forwarder.CADDY:
            return (
                f"{host} {{\n    handle {path} {{\n        reverse_proxy {where}\n    }}\n"
                "    handle {\n        respond 404\n    }\n}\n"
            )
        case Forwarder.NGINX:
            return (
                f"location = {path} {{\n    proxy_pass " + "http://" + f"{where};\n"
                f"    client_max_body_size {MOST_BODY // 1024}k;\n    access_log off;\n}}\n"
            )
        case Forwarder.CLOUDFLARED:
            return (
                f"ingress:\n  - hostname: {host}\n    path: ^{path}$\n    service: " + "http://" + f"{where}\n"
                "  - service: http_status:404\n"
            )
        case Forwarder.SSH:
            port = where.rpartition(":")[2]
            return f"ssh -N -R 127.0.0.1:{port}:{where} you@{host.partition(':')[0]}\n"
