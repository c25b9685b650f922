"""Pictures that the reader can touch, one module a unit; imported in demo cells only.

``stage`` is what they share: a figure that is drawn once and then only updated, and a still
picture for where no kernel runs.
"""
