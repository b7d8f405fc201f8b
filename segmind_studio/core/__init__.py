"""The words of the domain: values and pure functions, no I/O, no Qt, no library."""
