"""The set at a glance: plots of the photos of a dataset."""
