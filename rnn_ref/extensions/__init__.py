"""Beyond the units, ungraded: other cells, and networks made of several.

``gru`` and ``mingru`` hold two further cells, ``wrappers`` deep and bidirectional networks over
any cell of the course. Plain NumPy, with signatures like those of units 01, 05, 08 and 09. Units
never import from here.
"""

from rnn_ref.extensions.gru import gru_backward, gru_forward, gru_step_backward, gru_step_forward
from rnn_ref.extensions.mingru import linear_loop, linear_scan, mingru_backward, mingru_forward
from rnn_ref.extensions.wrappers import (
    bidirectional_backward,
    bidirectional_forward,
    deep_backward,
    deep_forward,
)

__all__ = [
    "bidirectional_backward",
    "bidirectional_forward",
    "deep_backward",
    "deep_forward",
    "gru_backward",
    "gru_forward",
    "gru_step_backward",
    "gru_step_forward",
    "linear_loop",
    "linear_scan",
    "mingru_backward",
    "mingru_forward",
]
