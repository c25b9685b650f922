"""Unit 07: the norm of a gradient, clipping, two optimisers, a training step."""
