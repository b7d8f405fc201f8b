"""Long-lived objects that leave the GUI thread: signals in, signals out, no widgets."""
