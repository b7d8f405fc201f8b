"""The right side of Runs: everything about one run."""
