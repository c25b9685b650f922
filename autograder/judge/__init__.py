"""The judge: trusted, and never beside student code when it is graded."""
