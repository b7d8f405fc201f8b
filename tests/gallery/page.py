"""The page of pictures: what has changed first, then everything by place, with filters for the looks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby

from tests.gallery.compare import Change, Compared, counts
from tests.gallery.looks import MODES

_STYLE = """
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 0; background: light-dark(#f3f3f5, #19191b); color: light-dark(#1d1d22, #ededf1); }
header { position: sticky; top: 0; z-index: 2; padding: 12px 24px;
  background: light-dark(#fff, #222226);
  border-bottom: 1px solid light-dark(#ddd, #3a3a40); display: flex; gap: 8px 16px; flex-wrap: wrap;
  align-items: center; }
h1 { font-size: 18px; margin: 0 16px 0 0; } h2 { margin: 32px 24px 8px; font-size: 18px; }
label { white-space: nowrap; } fieldset { border: 0; margin: 0; padding: 0; display: flex; gap: 12px; }
nav a { margin-right: 12px; color: inherit; }
section { padding: 0 24px; display: grid; gap: 16px;
  grid-template-columns: repeat(auto-fill, minmax(380px, 1fr)); }
figure { margin: 0; padding: 8px; background: light-dark(#fff, #222226); border-radius: 8px; }
figure.changed { grid-column: 1 / -1; }
figure.changed > div { display: grid; grid-template-columns: repeat(3, 1fr); gap: 8px; }
img { max-width: 100%; display: block; margin: 0 auto; background: #888; }
figcaption { padding: 4px 0 8px; overflow-wrap: anywhere; } small { opacity: .75; }
"""
_SCRIPT = """
const boxes = [...document.querySelectorAll('header input[type=checkbox]')];
const search = document.querySelector('header input[type=search]');
function show() {
  const off = new Set(boxes.filter(box => !box.checked).map(box => box.value));
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
  for (const figure of document.querySelectorAll('figure')) {
    const parts = figure.dataset.look.split(' ');
    figure.hidden = parts.some(part => off.has(part)) || !words.every(word => figure.dataset.name.includes(word));
  }
}
boxes.forEach(box => box.addEventListener('change', show)); search.addEventListener('input', show);
"""


def page_of(found: Sequence[Compared], failures: int) -> str:
    """Return the page for pictures in `now/`, kept ones in `kept/`, and differences in `difference/`."""
    numbers = counts(found)
    tallies = ", ".join(f"{numbers[change]} {change}" for change in Change if numbers[change]) or "nothing"
    if failures:
        tallies += f", {failures} could not be opened"
    parts = sorted({part for one in found for part in _look(one.name).split(" ")}, key=_rank)
    boxes = "".join(
        f'<label><input type="checkbox" checked value="{escape(part)}"> {escape(part)}</label>' for part in parts
    )
    told = [one for one in found if one.change in {Change.CHANGED, Change.GONE}]
    rest = sorted((one for one in found if one.change is not Change.GONE), key=lambda one: (_place(one), one.name))
    changed = "".join(map(_difference, told))
    sections = [f'<h2 id="changed">Changed</h2><section>{changed}</section>'] if told else []
    places = []
    for place, group in groupby(rest, key=_place):
        places.append(place)
        title = f'<h2 id="{escape(place)}">{escape(place.capitalize())}</h2>'
        sections.append(f'{title}<section>{"".join(map(_figure, group))}</section>')
    links = "".join(f'<a href="#{escape(place)}">{escape(place.capitalize())}</a>' for place in places)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Gallery: {escape(tallies)}</title><style>{_STYLE}</style><header><h1>{escape(tallies)}</h1>"
        f'<fieldset>{boxes}</fieldset><input type="search" placeholder="Name" aria-label="Name"><nav>{links}</nav>'
        f'</header>{"".join(sections)}<script>{_SCRIPT}</script></html>'
    )


def _rank(part: str) -> tuple[int, str]:
    return (MODES.index(part) if part in MODES else len(MODES), part)


def _place(one: Compared) -> str:
    return one.name.partition("--")[0]


def _look(name: str) -> str:
    """Return the parts of a picture's look, with "100 %" and such named by what they are."""
    slug = name.rpartition("@")[2].removesuffix(".png")
    high = slug.replace("light-high", "light_high").replace("dark-high", "dark_high")
    return " ".join(part.replace("_", "-") for part in high.split("-"))


def _head(one: Compared, more: str = "") -> str:
    title = one.name.rpartition("@")[0].replace("--", " / ")
    note = f" · {one.change}" if one.change is not Change.SAME else ""
    return f"<figcaption>{escape(title)} <small>{escape(_look(one.name) + note + more)}</small></figcaption>"


def _attributes(one: Compared) -> str:
    return f'data-look="{escape(_look(one.name))}" data-name="{escape(one.name.lower())}"'


def _image(folder: str, name: str) -> str:
    address = escape(f"{folder}/{name}")
    return f'<a href="{address}"><img loading="lazy" src="{address}" alt="{escape(f"{folder}: {name}")}"></a>'


def _figure(one: Compared) -> str:
    return f'<figure {_attributes(one)}>{_head(one)}{_image("now", one.name)}</figure>'


def _difference(one: Compared) -> str:
    if one.change is Change.GONE:
        return f'<figure {_attributes(one)}>{_head(one)}{_image("kept", one.name)}</figure>'
    more = ", another size" if one.pixels < 0 else f", {one.pixels} pixels"
    triple = "".join(_image(folder, one.name) for folder in ("kept", "now", "difference"))
    return f'<figure class="changed" {_attributes(one)}>{_head(one, more)}<div>{triple}</div></figure>'
