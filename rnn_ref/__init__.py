"""The reference: every function of the course in plain NumPy, one module a unit.

Nothing is imported here. Ask for what you need: ``from rnn_ref.recurrence import rnn_forward``.
"""
