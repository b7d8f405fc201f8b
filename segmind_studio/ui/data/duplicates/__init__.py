"""The near duplicates of a dataset, side by side in groups."""
