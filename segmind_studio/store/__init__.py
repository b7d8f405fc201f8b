"""Disk and keyring: paths, settings, secrets, the datasets, the journal of runs, the store of generated images."""
