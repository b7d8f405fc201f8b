"""The Start place: what is still to do, what waits for a decision, what runs, and what was last worked on."""
