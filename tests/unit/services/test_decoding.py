"""Pictures are decoded in the formats that are used, and in no other."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from segmind_studio.services.images.decoding import decoded, reader_of

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="9"/></svg>'


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_a_picture_of_a_known_format_is_decoded_whatever_it_is_called(tmp_path, kind):
    data = io.BytesIO()
    Image.new("RGB", (7, 5), "red").save(data, kind)
    path = tmp_path / "picture.odd"
    path.write_bytes(data.getvalue())
    reader = reader_of(path)
    assert reader is not None
    for image in (decoded(data.getvalue()), reader.read()):
        assert (image.width(), image.height()) == (7, 5)


@pytest.mark.parametrize("data", [DRAWING, b"", b"RIFF", b"GIF8"])
def test_anything_else_is_not_decoded(tmp_path, data):
    path = tmp_path / "picture.jpg"
    path.write_bytes(data)
    reader = reader_of(path)
    assert decoded(data).isNull()
    assert reader is None or reader.read().isNull()
    assert reader_of(tmp_path / "missing.jpg") is None
