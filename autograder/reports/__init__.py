"""Pages for people: feedback for each student, the report on a class. They run nothing."""
