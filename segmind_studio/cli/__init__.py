"""The command line, for those who script: it imports no Qt and opens no window."""
