"""Rules of questions: pure functions over JSON; no database, no clock, no request."""
