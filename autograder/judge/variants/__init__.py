"""Right implementations written in other ways, one module a unit.

A check that refuses one of them is wrong. Each stands by itself (NumPy alone), so that the demo
class can be made from the same code.
"""
