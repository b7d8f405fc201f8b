"""Versions of a dataset side by side: what two runs, or a run and the dataset now, differ in."""
