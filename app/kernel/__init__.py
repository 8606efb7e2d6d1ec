"""What every room stands on: database, clock, events, transaction, jobs. Knows no HTTP."""
