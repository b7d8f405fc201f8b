"""The Data place: the photos of a dataset, their captions, what the checks say, and the package."""
