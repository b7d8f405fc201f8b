"""Captions from a model: what is asked, the proposals, and their dialog."""
