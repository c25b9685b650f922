"""The kit: the course for students, without its answers. ``own`` alone is a part of it."""
