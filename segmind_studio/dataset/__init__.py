"""Datasets on disk: scan, check, captions, metadata, archive. No Qt, no network."""
