"""Help in the app: the pages, the tour over the real controls, and the log."""
