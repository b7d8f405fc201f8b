"""What serves the whole app: settings, tasks, network, work under way, breakdowns."""
