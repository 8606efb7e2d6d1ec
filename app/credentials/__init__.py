"""Achievements and their rules, signed credentials, and the page that verifies them."""
