"""Money and time: the charts of the runs, as a page over the window and as a line on Start."""
