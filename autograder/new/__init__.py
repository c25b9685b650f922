"""Skeletons of new units and exercises, written into every room of the course."""
