"""`file:` URIs as the programs of a desktop write them."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.command_line import parse
from segmind_studio.core.file_uris import local_path, local_paths

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="paths as POSIX has them")
HERE = {
    "file:///a/b.jpg": "/a/b.jpg",
    "file://localhost/a/b.jpg": "/a/b.jpg",
    "FILE://LOCALHOST/a/B.jpg": "/a/B.jpg",
    f"file://{socket.gethostname()}/a/b.jpg": "/a/b.jpg",
    "file:/a/b.jpg": "/a/b.jpg",
    "file:///a/%E6%97%A5%20%23%3F.jpg\r\n": "/a/日 #?.jpg",
    "file:///a/b#1?.jpg": "/a/b#1?.jpg",
    "file:///a/日.jpg": "/a/日.jpg",
    "file:///a/100%.jpg": "/a/100%.jpg",
    "file:///2024.05.12/": "/2024.05.12",
    "file:///a/caf%E9.jpg": os.fsdecode(b"/a/caf\xe9.jpg"),
}
NOT_HERE = ["", "/a/b.jpg", "file:b.jpg", "file://nas.example/b.jpg", "https://localhost/b.jpg", "file://localhost"]


@pytest.mark.parametrize("uri", HERE)
def test_a_file_of_this_computer(uri):
    assert local_path(uri) == Path(HERE[uri])
    assert parse([uri]).paths == (Path(HERE[uri]),)


@pytest.mark.parametrize("uri", NOT_HERE)
def test_no_file_of_this_computer(uri):
    assert local_path(uri) is None


def test_what_is_named_twice_is_one_file():
    assert local_paths(["file:///a.jpg", "https://x/a.jpg", "file://localhost/a.jpg"]) == (Path("/a.jpg"),)


@given(st.text())
def test_no_text_breaks_it(text):
    local_path(f"file://{text}")
