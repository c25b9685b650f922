"""Unit 03: vocabulary, encoding, one-hot vectors, batches."""
