"""Unit 01: one step of the recurrence, the unrolled network, the stacked form."""
