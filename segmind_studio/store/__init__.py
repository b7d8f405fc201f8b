"""Disk and keyring: paths, settings, secrets, the library of datasets and the journal of runs."""
