"""The window round the places: rail, strip, menus, drops, toasts, and what is remembered of it."""
