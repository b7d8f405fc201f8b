"""Fit to size: the dialog, and its command."""
