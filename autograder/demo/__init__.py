"""A made-up class whose every mark is known beforehand, to see the whole course at work."""
