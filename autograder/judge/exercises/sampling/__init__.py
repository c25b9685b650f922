"""Unit 04: softmax with a temperature, and sampling, judged by frequencies."""
