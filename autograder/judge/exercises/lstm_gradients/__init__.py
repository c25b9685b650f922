"""Unit 09: back through one LSTM step, back through a sequence, and along the cells alone."""
