"""Slots of time that nobody can take twice: offered, booked, moved, reminded, in a calendar."""
