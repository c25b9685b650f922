"""Modules whose branches guide the fuzzing of each target; read before any of them is imported."""

INSTRUMENTED = {
    "wire": ("autograder.student.wire",),
    "answers": ("autograder.student.wire", "autograder.judge.parse"),
    "transcript": ("autograder.sandbox", "autograder.student.wire"),
    "judge": ("autograder.judge", "autograder.student.wire"),
    "submission": ("autograder.grading", "nbformat"),
    "workers": ("autograder.workers",),  # what runs in them is not seen from here
    "pages": ("autograder.reports", "autograder.grading", "markdown_it"),
}
