"""Focus mode: the captions of the shown photos, one large picture at a time."""
