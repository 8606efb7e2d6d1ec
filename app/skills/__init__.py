"""Competency frameworks in versions, and which of their skills labs give evidence of."""
