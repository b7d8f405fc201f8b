"""Draw the icon at every size, from the three drawings of our own. Runs where PySide6 and Pillow are, offscreen.

    python package_icons.py FOLDER

Into FOLDER go `SIZE.png` for each size, `segmind-studio.ico` for Windows and `segmind-studio.icns` for macOS.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from package_facts import ICON_SIZES
from PIL import Image
from PySide6.QtCore import QRectF
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ROOT = Path(__file__).resolve().parents[1]
DRAWING = ROOT / "resources" / "icons" / "app.svg"
SMALL_DRAWING = ROOT / "packaging" / "icons" / "app-small.svg"  # fewer and thicker forms
SMALL = 24  # pixels; up to here the small drawing is used
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
ICNS_SIZES = (16, 32, 64, 128, 256, 512, 1024)


def draw(size: int, target: Path) -> None:
    """Write the icon, `size` pixels square, as a PNG."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(str(SMALL_DRAWING if size <= SMALL else DRAWING)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    if not image.save(str(target)):  # by its suffix: the format's name is bytes in one PySide6, str in another
        raise OSError(f"{target} could not be written")


def main(folder: Path) -> None:
    """Write all of them."""
    app = QGuiApplication(["icons"])
    folder.mkdir(parents=True, exist_ok=True)
    for size in sorted({*ICON_SIZES, *ICO_SIZES, *ICNS_SIZES}):
        draw(size, folder / f"{size}.png")
    pictures = {size: Image.open(folder / f"{size}.png") for size in {*ICO_SIZES, *ICNS_SIZES}}
    pictures[256].save(
        folder / "segmind-studio.ico", sizes=[(size, size) for size in ICO_SIZES], bitmap_format="bmp",
        append_images=[pictures[size] for size in ICO_SIZES if size != 256],  # noqa: PLR2004  # the first one
    )
    pictures[1024].save(
        folder / "segmind-studio.icns", append_images=[pictures[size] for size in ICNS_SIZES if size != 1024],  # noqa: PLR2004
    )
    del app


if __name__ == "__main__":
    main(Path(sys.argv[1]))
