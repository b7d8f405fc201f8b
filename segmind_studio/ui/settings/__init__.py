"""The Settings place: one section for each matter, each with its own small service."""
