"""Unit 08: one step of an LSTM, the whole sequence, a matrix per gate, gates set by hand."""
