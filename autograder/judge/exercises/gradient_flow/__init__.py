"""Unit 06: gradients through many steps, and the matrices that decide what becomes of them."""
