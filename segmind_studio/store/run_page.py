"""A run as one HTML page to show to somebody: self-contained, without scripts, addresses, keys and places on disk.

All pictures are in the page (data: addresses), and a Content-Security-Policy forbids everything else. Every text
is cleaned (`redaction`) and escaped here. Notes, addresses of the service and names of folders are left out.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field
from html import escape
from unicodedata import bidirectional

from segmind_studio.core.texts import lines_of
from segmind_studio.record import record
from segmind_studio.store.redaction import clean_text
from segmind_studio.texts import _, ngettext, used_language

_MOST_TEXT, _MOST_LINES = 4000, 60  # of one text
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
:root { color-scheme: light dark; --back: #f6f6f7; --card: #fff; --text: #1d1d22; --muted: #55555f;
  --line: #e2e2e6; --accent: #4f45c6; }
@media (prefers-color-scheme: dark) { :root { --back: #1a1a1d; --card: #222226; --text: #ededf1; --muted: #b0b0bb;
  --line: #333339; --accent: #aba3f7; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem 1rem; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 60rem; margin: 0 auto; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; margin: 0 0 .75rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1rem 1.25rem;
  margin: 1rem 0; }
p { margin: .25rem 0; }
.muted { color: var(--muted); font-size: .875rem; }
dl { display: grid; grid-template-columns: minmax(8rem, 14rem) 1fr; gap: .35rem 1rem; margin: 0; }
dt { color: var(--muted); } dd { margin: 0; white-space: pre-line; }
dd small { display: block; color: var(--muted); }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr)); gap: 1rem; }
.large { grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); }
figure { margin: 0; }
img { display: block; width: 100%; height: auto; border-radius: 6px; background: var(--line); }
.none { display: flex; align-items: center; justify-content: center; aspect-ratio: 1; border-radius: 6px;
  border: 1px dashed var(--line); color: var(--muted); font-size: .875rem; text-align: center; padding: .5rem; }
figcaption { font-size: .875rem; margin-top: .35rem; white-space: pre-line; }
figcaption b { display: block; font-weight: 600; }
figcaption small { display: block; color: var(--muted); font-size: inherit; }
footer { color: var(--muted); font-size: .875rem; margin-top: 1.5rem; }
@media print { :root { color-scheme: light; --back: #fff; --card: #fff; --text: #000; --muted: #444;
  --line: #ccc; --accent: #000; }
  body { padding: 0; font-size: 11pt; } section { border: 0; padding: 0; }
  figure, dl { break-inside: avoid; } h2 { break-after: avoid; } }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; } dt { margin-top: .5rem; } }
"""


@record
class PageFact:
    """One row: its name, its value, and a smaller line below."""

    label: str
    value: str
    note: str = ""


@record
class PageSection:
    """A title with facts below it."""

    title: str
    facts: tuple[PageFact, ...]


@record
class PagePicture:
    """A picture with what stands below it; `facts` are in the page's language.

    `jpeg` are its bytes, b"" where `missing` says why there is none.
    """

    title: str
    caption: str = ""
    jpeg: bytes = field(default=b"", repr=False)
    width: int = 0
    height: int = 0
    missing: str = ""
    facts: str = ""


@record
class RunPage:
    """What is on a page. The pictures come after the first section; `more_photos` have only their number.

    `secrets` are the known keys, of any format.
    """

    title: str
    state: str
    sections: tuple[PageSection, ...]
    photos: tuple[PagePicture, ...] = ()
    more_photos: int = 0
    results: tuple[PagePicture, ...] = ()
    written: str = ""
    secrets: tuple[str, ...] = field(default=(), repr=False)


def page_bytes(page: RunPage) -> bytes:
    """Return the page as UTF-8 HTML."""
    clean = _cleaner(page.secrets)
    body = [f"<header><h1>{_own(clean(page.title))}</h1><p class=muted>{clean(page.state)}</p></header>"]
    sections = [_section(section, clean) for section in page.sections if section.facts]
    body += sections[:1]
    if page.results:
        body.append(_gallery(_("Pictures made with it"), page.results, clean, "pictures large"))
    if page.photos:
        body.append(_gallery(_("Photos, as they were sent"), page.photos, clean, "pictures", page.more_photos))
    body += sections[1:]
    body.append(f"<footer>{clean(page.written)}</footer>")
    head = (
        f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" '
        f'content="no-referrer"><title>{clean(page.title)}</title><style>{_STYLE}</style>'
    )
    language = escape(used_language().replace("_", "-"))
    main = f'<body><main>{"".join(body)}</main></body>'
    text = f'<!DOCTYPE html>\n<html lang="{language}" dir="{_direction()}"><head>{head}</head>{main}</html>\n'
    return text.encode("utf-8", "replace")


def _own(text: str) -> str:
    """Return a text in its own direction, which stands where the page's texts stand."""
    return f"<span dir=auto>{text}</span>"


def _direction() -> str:
    """Return the direction of the language in use, by one of its texts: here is no Qt that would know it."""
    return "rtl" if any(bidirectional(sign) in {"R", "AL"} for sign in _("Pictures made with it")) else "ltr"


def _cleaner(secrets: Iterable[str]) -> Callable[[str], str]:
    known = tuple(secrets)

    def clean(text: str) -> str:
        """Cut before escaping, so that no escape is cut; clean first, so that no part of a key is left over."""
        return escape(lines_of(clean_text(text, known), _MOST_TEXT, _MOST_LINES))

    return clean


def _section(section: PageSection, clean: Callable[[str], str]) -> str:
    rows = "".join(
        f"<dt>{clean(fact.label)}</dt><dd>{_own(clean(fact.value))}"
        f"{f'<small>{clean(fact.note)}</small>' if fact.note else ''}</dd>"
        for fact in section.facts
    )
    return f"<section><h2>{clean(section.title)}</h2><dl>{rows}</dl></section>"


def _gallery(
    title: str, pictures: Sequence[PagePicture], clean: Callable[[str], str], kind: str, more: int = 0,
) -> str:
    figures = "".join(_figure(picture, clean) for picture in pictures)
    left = ""
    if more:
        words = ngettext("and {count} more photo", "and {count} more photos", more).format(count=more)
        left = f"<p class=muted>{clean(words)}</p>"
    return f'<section><h2>{clean(title)}</h2><div class="{kind}">{figures}</div>{left}</section>'


def _figure(picture: PagePicture, clean: Callable[[str], str]) -> str:
    title = clean(picture.title)
    if picture.jpeg:
        data = base64.b64encode(picture.jpeg).decode("ascii")
        shown = (
            f'<img alt="{title}" width="{picture.width}" height="{picture.height}" decoding="async" '
            f'src="data:image/jpeg;base64,{data}">'
        )
    else:
        shown = f"<div class=none>{clean(picture.missing)}</div>"
    above = f"<b>{_own(title)}</b>" if title else ""
    below = f"<small>{clean(picture.facts)}</small>" if picture.facts else ""
    return f"<figure>{shown}<figcaption>{above}{_own(clean(picture.caption))}{below}</figcaption></figure>"
