"""Runs: submission, polling, downloads and run sheets."""
