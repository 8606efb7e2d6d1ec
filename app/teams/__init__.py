"""People who act together: invited, balanced by skills, led, with dated membership."""
