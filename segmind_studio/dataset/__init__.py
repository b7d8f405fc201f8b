"""Datasets on disk: scan, check, caption, strip, archive. No Qt, no network."""
