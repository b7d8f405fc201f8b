"""Pictures for the screen, and images made by a model."""
