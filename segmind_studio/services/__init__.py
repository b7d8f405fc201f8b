"""Long-lived objects that do their work outside the GUI thread; calls and answers are signals. No widgets."""
