"""Consent per purpose, who looked at whom, and people's own data: seen, exported, erased."""
