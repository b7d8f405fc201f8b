"""The Data place: the photos of a dataset, their captions, the findings of the checks, and the package."""
