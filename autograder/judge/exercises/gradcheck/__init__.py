"""Unit 00: measuring a gradient, and telling how far two gradients differ."""
