"""The Runs place: the table of runs, their actions, and the details of one."""
