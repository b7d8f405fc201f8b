"""The window around the places: rail, strip, menus, drops, toasts, and its stored state."""
