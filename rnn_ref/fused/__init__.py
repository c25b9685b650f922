"""Sequence kernels for long training runs: the units' functions, faster and with equal results.

``rnn_forward``, ``rnn_backward``, ``lstm_forward`` and ``lstm_backward`` take the arguments of the
functions of the same names in units 01, 05, 08 and 09 and return the same arrays, up to rounding.
Read those first: they say what is computed, and these only how it is done with little time.

- The inputs of all steps go through W_xh in one product, or stand beside the states and share
  theirs, whichever is quicker; every weight gradient is one product.
- Inside, time is the first axis, so that one step's numbers lie side by side in memory.
- A step's product is cut into parts so small that BLAS multiplies them as they lie in memory.
- The states' rows stay batch, but gates are kept apart: i, f, o, g and c are blocks of their own.
- A step writes into arrays that are there already; the LSTM keeps them, and their views, for more.
- Going back, all that does not depend on the carried gradient is computed for many steps at once.
- ``DataParallel`` takes a step on two cores: half of the batch in a process of its own.
- ``Adam`` clips gradients and changes weights in place.

A cache of one module is no use to another. What a forward returns may be a view of its cache:
change a copy, not the states. ``x`` may also be whole numbers, shape (N, T): class ids that stand
for their one-hot rows. Then rows of W_xh are picked instead of multiplied, and dx is None.
"""

from rnn_ref.fused.adam import Adam
from rnn_ref.fused.data_parallel import DataParallel
from rnn_ref.fused.lstm import LSTMSequence, lstm_backward, lstm_forward
from rnn_ref.fused.rnn import RNNSequence, rnn_backward, rnn_forward

__all__ = [
    "Adam",
    "DataParallel",
    "LSTMSequence",
    "RNNSequence",
    "lstm_backward",
    "lstm_forward",
    "rnn_backward",
    "rnn_forward",
]
