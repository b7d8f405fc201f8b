"""The grid of Try: prompts, strengths, models and seeds, each with each."""
