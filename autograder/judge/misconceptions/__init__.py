"""Wrong implementations that learners really write, one module a unit.

Each stands by itself (NumPy alone), so that the check, the feedback and the demo class can all be
made from the same code. They are wrong on purpose.
"""
