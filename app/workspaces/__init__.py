"""People's servers on the Hub: start, progress, stop."""
