"""How fast a class is graded, beside nbgrader: ``autograder bench``."""
