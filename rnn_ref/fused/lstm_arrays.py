"""The memory of the fused LSTM: all that is as large as a sequence, and views of it by step."""

import math
from typing import Any, NamedTuple

import numpy as np

from rnn_ref.fused.buffers import aligned_memory
from rnn_ref.fused.sequences import FloatArray, block_steps, blocks

BYTES_OF_VIEWS = 2700
"""A step's views and the tuples that hold them."""
ALIGNMENT = 16
"""Numbers: what is a multiple of this apart begins at the edge of a cache line."""
TO_UPSTREAM = np.array(
    [(0, 0.25, 0.5), (0, 0.125, 0.25), (0, 0.125, 0.25), (0.25, 0, 0), (0, 0.25, 0.5)]
)
"""From dh, dc through h, dc: what derivatives are multiplied by for the next dc, i, f, o and g.

That is dh for o, else the sum of the other two, less the factors that derivatives have too much. In
one product, for in short steps a call takes longer than its work.
"""


class Layout(NamedTuple):
    """What arrays a sequence needs: its sizes, and how its steps are computed."""

    T: int
    N: int
    H: int
    inputs: int
    """Numbers that stand beside each state, so that one product takes both: D and 1, or 0."""
    apart: bool
    """Whether what goes into a step's gates has a piece for each gate, or for each example."""
    copies: bool
    """Whether there is room for copies of W_hh."""
    dtype: np.dtype[Any]


class LSTMArrays:
    """Arrays of one sequence, time first, and views of them for each step.

    To make the views takes as long as a tenth of short steps; so arrays and views are used again by
    the next sequence of the same layout.

    Parameters
    ----------
    layout : Layout
    """

    def __init__(self, layout: Layout) -> None:
        T, N, H, inputs, apart, copies, dtype = layout
        B = block_steps(T, N)
        columns = H + inputs
        row = -(-columns // ALIGNMENT) * ALIGNMENT if inputs else H
        shapes = {
            # Twice h_0, and twice the state after each step; and inputs.
            "rows": (T + 1, N, row),
            # Twice i, f, o; then what goes with them: g, the c that the step started from, and the
            # tanh of the c that it came to.
            "slabs": (T + 1, 6, N, H),
            "da": (1 + T * N * 4, H),  # a gate's rows side by side, as products need them
            # W_hh, as steps take it and as it is: one row is multiplied by a matrix the faster, the
            # better that lies in memory.
            "weights": (2, H if copies else 0, 4 * H),
            # Of one block of steps: what goes into the gates from x, if inputs are not beside the
            # states; derivatives: of c by h, of the next c by c, and of i, f, o, g; products on the
            # way to them; and the upstream gradient.
            "from_x": (0 if inputs else B, N, 4, H),
            "local": (B, 6, N, H),
            "products": (B, 3, N, H),
            "dh": (B, N, H),
            # Of one step: what goes into the gates, h, and both terms of the next c; going back,
            # dh, dc through h, dc, and the gradients of i, f, o, g, and what derivatives multiply.
            "z": (4, N, H),
            "h_twice": (N, H),
            "terms": (2, N, H),
            "gradients": (7, N, H),
            "upstream": (5, N * H),
        }
        self._places: dict[str, tuple[slice, tuple[int, ...]]] = {}
        end = 0
        for name, shape in shapes.items():
            self._places[name] = slice(end, end + math.prod(shape)), shape
            end += -(-math.prod(shape) // ALIGNMENT) * ALIGNMENT
        self.memory = aligned_memory(end * dtype.itemsize)
        self.nbytes = self.memory.nbytes + T * BYTES_OF_VIEWS
        mine = np.frombuffer(self.memory, dtype)
        rows, self.slabs, self.da_rows, *others = (self.seen_in(mine, name) for name in shapes)
        self.weights, *small = others
        from_x, self.local, self.products, self.dh, z, self.h_twice, *of_step = small
        self.terms, self.gradients, self.upstream = of_step
        self.from_x = from_x.reshape(len(from_x), N, 4 * H)
        self.left = rows[..., :columns]
        """What is multiplied by the weights, shape (T + 1, N, columns)."""
        self.states = rows[..., :H]
        self.beside = inputs > 0
        if self.beside:
            self.left[..., -1] = 1
        self.da = self.da_rows[1:].reshape(T, N, 4 * H)
        self.z = z if apart else z.reshape(N, 4, H).swapaxes(0, 1)
        # Numbers that steps compute with. NumPy adds arrays of one shape the most quickly; to large
        # ones, a single number.
        self.scale = np.repeat(np.array([0.5, 0.5, 0.5, 1], dtype), H)
        self.one = np.ones((3, 1, H) if N == 1 else (), dtype)
        self.halves = np.full(2, 0.5, dtype)
        self.to_upstream = TO_UPSTREAM.astype(dtype)
        self.blocks = blocks(T, N)
        self.forward = [self._forward_steps(block) for block in self.blocks]
        self.backward = [self._backward_steps(block) for block in self.blocks]

    def seen_in(self, memory: FloatArray, name: str) -> FloatArray:
        """Return one of the arrays as a view of this memory."""
        place, shape = self._places[name]
        return memory[place].reshape(shape)

    def _forward_steps(self, block: slice) -> list[tuple[FloatArray, ...]]:
        """By step: the row that weights multiply; i, f, o, g; i, f, o; i, f; g, c; o; next c; h.

        What comes from x is the second, or None. The next c is there as one row, as (N, H), and as
        its tanh. If h stands beside inputs, its place comes last: it is made elsewhere and copied,
        for NumPy computes at half the speed where rows have gaps between them.
        """
        now, after = self.slabs[:-1][block], self.slabs[1:][block]
        N, H = self.states.shape[1:]
        from_x = self.from_x.reshape(len(self.from_x), N, 4, H)[: len(now)].swapaxes(1, 2)
        gates = now[:, :4], now[:, :3], now[:, :2], now[:, 3:5], now[:, 2]
        c, h = after[:, 4], self.states[1:][block]
        of_c = c.reshape(len(c), N * H), c, now[:, 5]
        nothing = [None] * len(now)
        views: list[Any] = [self.left[:-1][block], from_x, *gates, *of_c, h, nothing]
        if self.beside:
            views[1], views[-2:] = nothing, ([self.h_twice] * len(now), h)
        return list(zip(*views, strict=True))

    def _backward_steps(self, block: slice) -> list[tuple[FloatArray, ...]]:
        """By step, the last first.

        The upstream gradient; the derivative of c by h; all others; dh; dc through h; these two and
        dc; the next dc and the gradients of i, f, o, g; of these the place in da; and the step's
        da.

        Of one example, a step's gradients lie in one piece in da, and are written there at once: dh
        and dc wait in those rows, which nothing else needs yet, and the next dc in one before them.
        """
        T, N, H = len(self.states) - 1, *self.states.shape[1:]
        da = self.da[block]
        da_gates = da.reshape(len(da), N, 4, H).swapaxes(1, 2)
        steps: list[tuple[FloatArray, ...]] = []
        of_step = zip(range(T)[block], self.dh, self.local, da, da_gates, strict=False)
        for t, given, local, da_t, place in of_step:
            if N == 1:
                known, found = self.da_rows[4 * t + 2 : 4 * t + 5], self.da_rows[4 * t : 4 * t + 5]
            else:
                rows = self.gradients.reshape(7, N * H)
                known, found = rows[:3], rows[2:]
            dh, through_h = (row.reshape(N, H) for row in known[:2])
            others = local[1:].reshape(5, N * H)
            steps.append((given, local[0], others, dh, through_h, known, found, place, da_t))
        return steps[::-1]
