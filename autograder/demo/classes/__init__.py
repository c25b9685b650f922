"""The mistakes of the demo class, one module a unit."""
