"""Captions written by a model of the user's choice: its address, what it is asked, and what becomes of an answer.

The protocol is that of OpenAI's chat API with images (platform.openai.com/docs/guides/images-vision), which local
servers such as Ollama, LM Studio and llama.cpp speak too. Values and pure functions.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import urlsplit

from segmind_studio.core.accounts import LOOPBACK_HOSTS
from segmind_studio.core.datasets import Photo
from segmind_studio.core.errors import StudioError
from segmind_studio.record import record
from segmind_studio.texts import N_, Text, _

CHAT_PATH = "/chat/completions"
LOCAL_PORTS = (11434, 1234, 8080)  # of Ollama, LM Studio and llama.cpp, as they are installed
DEFAULT_TRIGGER = "TOK"
_OWN_NAMES = (".local", ".home.arpa", ".internal")  # never names in the public network: RFC 6762, RFC 8375, ICANN
_QUOTES = {'"': '"', "“": "”", "'": "'", "«": "»"}
_SENTENCE_ENDS = (".", "!", "?", "\u3002", "\u061f")
_PLACEHOLDER = re.compile(r"\{(caption|name|folder|trigger)\}")
_BLANKS = re.compile(r"\s+")
# Models that reason aloud send it first. It may have no beginning, or, when it was cut off, no end.
_THOUGHT = re.compile(r"\A.*</think>|<think>.*", re.DOTALL | re.IGNORECASE)


class CaptionMode(StrEnum):
    """What a proposal does with a caption that is there."""

    SKIP = "skip"  # only photos without a caption are sent
    APPEND = "append"
    OVERWRITE = "overwrite"


INSTRUCTIONS: Mapping[str, Text] = {  # by the theme of the training form
    "CHARACTER": N_(
        "Write one caption for this picture, in English, as one line of 15 to 40 words. "
        "Call the main figure {trigger}. Describe what differs from picture to picture: pose, expression, "
        "clothes, surroundings, light, framing. Leave out what always belongs to the figure: face, hair, build. "
        "Answer with the caption alone."
    ),
    "PRODUCT": N_(
        "Write one caption for this picture, in English, as one line of 15 to 40 words. "
        "Call the product {trigger}. Describe where it stands, from which side it is seen, what is around it, "
        "light and background. Leave out its own shape, colour and marks. Answer with the caption alone."
    ),
    "STYLE": N_(
        "Write one caption for this picture, in English, as one line of 15 to 40 words. "
        "Describe what is shown: subjects, actions, place, composition. Do not describe how it is drawn, its "
        "colours or its light. End with: in the style of {trigger}. Answer with the caption alone."
    ),
    "GENERAL": N_(
        "Write one caption for this picture, in English, as one line of 15 to 40 words. "
        "Call what it is about {trigger}. Describe subject, action, surroundings, light and framing plainly. "
        "Answer with the caption alone."
    ),
}


@record
class CaptionEndpoint:
    """Where captions are asked for: an address as entered, such as "http://127.0.0.1:11434/v1", and a model."""

    url: str
    model: str

    @property
    def host(self) -> str:
        """Return the host and port that the pictures are sent to, "" for an address that is none."""
        try:
            return urlsplit(self.url.strip()).netloc.rpartition("@")[2]
        except ValueError:
            return ""

    @property
    def loopback(self) -> bool:
        """Return whether the model runs on this computer."""
        try:
            return (urlsplit(self.url.strip()).hostname or "") in LOOPBACK_HOSTS
        except ValueError:
            return False

    @property
    def keyring_name(self) -> str:
        """Return the name of its key in the keyring: one for each host."""
        return f"captions {self.host}"

    @property
    def chat_url(self) -> str:
        """Return the address of the calls."""
        return self._base + CHAT_PATH

    @property
    def models_url(self) -> str:
        """Return the address of the list of its models."""
        return f"{self._base}/models"

    @property
    def _base(self) -> str:
        return self.url.strip().rstrip("/").removesuffix(CHAT_PATH)


@record
class Proposal:
    """What a model proposes for one photo: `old` is the caption it was asked with; `error` instead of `new`."""

    photo_id: str
    old: str
    new: str = ""
    error: StudioError | None = None


def checked_endpoint(url: str, model: str, *, has_key: bool) -> CaptionEndpoint:
    """Return an endpoint that may be used; StudioError with what to correct.

    A key goes over https, or to this computer. Without one, http in a private network is allowed too.
    """
    endpoint = CaptionEndpoint(url.strip(), model.strip())
    try:
        parts = urlsplit(endpoint.url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    odd = any(char in "@?#\\" or char.isspace() for char in endpoint.url)
    if not host or odd or parts.scheme not in {"http", "https"}:
        raise StudioError(
            _("This is not a valid model address."),
            _("Enter an address such as https://models.example.org/v1 or http://127.0.0.1:11434/v1."),
        )
    if parts.scheme == "http" and not endpoint.loopback and (has_key or not _private(host)):
        raise StudioError(
            _("This address is not encrypted."),
            _("Enter an https:// address. Without a key, http:// also works in your own network."),
        )
    if not endpoint.model:
        raise StudioError(
            _("Model name missing."), _("Enter the name that the service uses, such as “llava”."),
        )
    return endpoint


def _private(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host.rstrip(".").endswith(_OWN_NAMES)


def wanted(photos: tuple[Photo, ...], mode: CaptionMode) -> tuple[Photo, ...]:
    """Return the photos that are sent: usable ones, with SKIP only those without a caption."""
    return tuple(
        photo for photo in photos if photo.used and not (mode is CaptionMode.SKIP and photo.caption.strip())
    )


def instruction_for(theme: str) -> str:
    """Return the usual instruction for a theme, with its placeholders."""
    return str(INSTRUCTIONS.get(theme, INSTRUCTIONS["GENERAL"]))


def filled_instruction(instruction: str, photo: Photo, trigger_word: str) -> str:
    """Return an instruction for one photo: {caption}, {name}, {folder} and {trigger} are filled in.

    The name is that of the file without its ending. All other braces stay as they are, also those in what is
    filled in.
    """
    values = {
        "caption": photo.caption.strip(), "name": photo.path.stem, "folder": photo.path.parent.name,
        "trigger": trigger_word.strip() or DEFAULT_TRIGGER,
    }
    return _PLACEHOLDER.sub(lambda found: values[found[1]], instruction)


def caption_of(answer: str) -> str:
    """Return a model's answer as a caption: one line, without the quotes around it and without its reasoning."""
    text = _BLANKS.sub(" ", _THOUGHT.sub("", answer)).strip()
    text = re.sub(r"^caption:\s*", "", text, flags=re.IGNORECASE)
    inside = text[1:-1]
    quoted = len(text) > 1 and _QUOTES.get(text[0]) == text[-1] and not {text[0], text[-1]} & set(inside)
    return inside.strip() if quoted else text


def combined(old: str, new: str, mode: CaptionMode) -> str:
    """Return the caption that a proposal leads to."""
    if mode is CaptionMode.APPEND and old.strip():
        before = old.rstrip().rstrip(",")
        return f"{before} {new}" if before.endswith(_SENTENCE_ENDS) else f"{before}, {new}"
    return new
