"""Several runs side by side, over the whole place."""
