"""Tooltips never become markup, whatever is in them."""

from __future__ import annotations

import ast
import html
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import Qt, QTextDocument

import segmind_studio.ui
from segmind_studio.ui.parts.labels import ElidedLabel
from segmind_studio.ui.parts.tips import plain_tip

UI = Path(segmind_studio.ui.__path__[0])
MARKUP = ['<img src="file:///x">', "<b>x</b>", "<h1>", "x <br> y", "&lt;b&gt;", "<?xml?>", "<!doctype>", "\n<b>"]


def as_seen(tip: str) -> str:
    """Read a tooltip as Qt shows it."""
    if not Qt.mightBeRichText(tip):
        return tip
    document = QTextDocument()
    document.setHtml(tip)
    return document.toPlainText()


@pytest.mark.parametrize("text", [*MARKUP, "plain", "a\nb", "", "1 < 2", "AT&T", "a < b and c > d"])
@pytest.mark.usefixtures("qapp")
def test_the_text_is_seen_as_it_is(text):
    assert as_seen(plain_tip(text)).strip() == text.strip()


PIECES = st.lists(st.text() | st.sampled_from(MARKUP)).map("".join)


@given(PIECES)
def test_only_escaped_text_is_markup(text):
    tip = plain_tip(text)
    if Qt.mightBeRichText(tip):
        begin, end = '<p style="white-space: pre-wrap">', "</p>"
        assert tip.startswith(begin)
        inner = tip.removeprefix(begin).removesuffix(end)
        assert "<" not in inner
        assert html.unescape(inner) in text.replace("\x00", " ") or inner.endswith("…")


def test_long_text_is_cut_and_wrapped():
    tip = plain_tip("word " * 1000)
    assert len(tip) <= 1000
    assert max(map(len, tip.splitlines())) <= 90
    assert tip.endswith("…")
    assert len(plain_tip("<b>" * 1000)) < 10_000


def test_a_label_that_is_too_narrow_has_such_a_tip(qtbot):
    label = ElidedLabel("<b>a name that is long</b> " * 5)
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.show()
    assert label.toolTip() == plain_tip(label.text())
    assert "<b>" not in label.toolTip()


def ours(node: ast.expr) -> bool:
    """Return whether a tooltip is a `plain_tip`, or one whole sentence of the app's own."""
    if isinstance(node, ast.IfExp):
        return ours(node.body) and ours(node.orelse)
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func).rpartition(".")[2]
        return name in {"plain_tip", "exact_time"} or (
            name == "_" and all(isinstance(word, ast.Constant) for word in node.args)
        )
    return isinstance(node, ast.Constant)


def test_every_tooltip_that_is_set_is_ours_or_plain():
    wrong = [
        f"{path.name}:{node.lineno}: {ast.unparse(node.args[-1])}"
        for path in sorted(UI.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "setToolTip"
        and not ours(node.args[-1])
    ]
    assert wrong == []
