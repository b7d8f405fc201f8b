"""Crop, turn, mirror and straighten photos."""
