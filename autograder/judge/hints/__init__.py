"""Three hints an exercise, one module a unit: where to look, which equation, a sketch in words."""
