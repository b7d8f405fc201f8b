"""Services for the whole app: settings, tasks, network, running work, unexpected errors."""
