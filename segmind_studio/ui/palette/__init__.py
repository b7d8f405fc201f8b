"""The command palette: every command of the app in one list that is searched as one types."""
