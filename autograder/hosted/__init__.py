"""Verdicts where students hand in: what is uploaded there, and what runs there."""
