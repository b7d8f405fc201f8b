"""Datasets: intake, edits, full decoding checks of the photos, package and export."""
