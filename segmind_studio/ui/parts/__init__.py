"""Small widgets and words that several places share. No place and no service lives here."""

from __future__ import annotations

from segmind_studio.ui.parts.action_button import ActionButton
from segmind_studio.ui.parts.banner import Banner
from segmind_studio.ui.parts.card_button import CardButton
from segmind_studio.ui.parts.chip import Chip, StatusChip
from segmind_studio.ui.parts.empty_state import EmptyState
from segmind_studio.ui.parts.error_banner import ErrorBanner
from segmind_studio.ui.parts.flow_layout import FlowLayout
from segmind_studio.ui.parts.labels import ElidedLabel, IconLabel, text_label
from segmind_studio.ui.parts.page import ScrollPage
from segmind_studio.ui.parts.question import Question
from segmind_studio.ui.parts.toast import ToastHost
from segmind_studio.ui.parts.words import bytes_text, clock_text, exact_time, relative_time

__all__ = [
    "ActionButton", "Banner", "CardButton", "Chip", "ElidedLabel", "EmptyState", "ErrorBanner", "FlowLayout",
    "IconLabel", "Question", "ScrollPage", "StatusChip", "ToastHost", "bytes_text", "clock_text", "exact_time",
    "relative_time", "text_label",
]
