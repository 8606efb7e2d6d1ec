"""What every page shares: doors, layout and its slots, errors, languages, security headers."""
