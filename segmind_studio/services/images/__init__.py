"""Pictures for the screen, and pictures made by a model."""
