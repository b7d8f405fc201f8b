"""Datasets: intake, edits, full looks at the photos, package and export."""
