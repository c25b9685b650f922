"""Unit 05: one step back, the whole sequence, the losses one by one, chunks."""
