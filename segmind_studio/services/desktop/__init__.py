"""Requests to the desktop: stay awake, show progress at the launcher."""
