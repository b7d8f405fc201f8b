"""Small widgets and texts that several places share. No place and no service lives here."""

from __future__ import annotations

from segmind_studio.ui.parts.banners import Banner, ErrorBanner
from segmind_studio.ui.parts.buttons import ActionButton, CardButton
from segmind_studio.ui.parts.chip import Chip, StatusChip
from segmind_studio.ui.parts.empty_state import EmptyState
from segmind_studio.ui.parts.labels import ElidedLabel, IconLabel, text_label
from segmind_studio.ui.parts.layouts import FlowLayout, ScrollPage, page_title
from segmind_studio.ui.parts.question import Question
from segmind_studio.ui.parts.toast import ToastHost

__all__ = [
    "ActionButton", "Banner", "CardButton", "Chip", "ElidedLabel", "EmptyState", "ErrorBanner", "FlowLayout",
    "IconLabel", "Question", "ScrollPage", "StatusChip", "ToastHost",
    "page_title", "text_label",
]
