"""The domain model: values and pure functions, no I/O, no Qt, no library."""
