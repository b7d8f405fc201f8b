"""The user interface: one subpackage for each place, one for the shell, the theme and shared parts."""
