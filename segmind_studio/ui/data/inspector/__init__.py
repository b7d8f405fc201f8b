"""The right side of Data: one photo, many, or the dataset."""
