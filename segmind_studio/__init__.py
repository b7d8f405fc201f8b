"""Segmind Studio: a desktop app that trains Flux Pro on a person's own photos."""

__version__ = "0.2.0"
