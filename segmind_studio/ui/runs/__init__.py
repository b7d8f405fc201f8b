"""The Runs place: the table of runs, what can be done with them, and all that is known of one."""
