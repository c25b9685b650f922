"""Unit 02: scores, their backward, the masked loss, the five patterns, ragged batches."""
