"""Captions beside the photos, for the window: the list of what would change, and the writing; both in a pool.

Kept apart: the window may not use the package that reads and writes files.
"""

from __future__ import annotations

from segmind_studio.dataset.captions_back import CaptionFile, CaptionFiles, caption_files, write_captions

__all__ = ["CaptionFile", "CaptionFiles", "caption_files", "write_captions"]
