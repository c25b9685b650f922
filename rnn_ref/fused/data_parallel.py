"""Data-parallel training: two processes, each with half of the batch.

Two threads would be of no use here. A step is made of hundreds of short NumPy calls, at each of
which Python's lock may change hands, and the products are too small for BLAS to share out.
"""

import pickle
import warnings
from operator import is_
from types import TracebackType
from typing import Self

import numpy as np

from rnn_ref.errors import InputError
from rnn_ref.fused import blas
from rnn_ref.fused.buffers import buffer
from rnn_ref.fused.other_process import Arrays, Results, SharedArrays, Step, Worker, shapes


class DataParallel:
    """Takes a training step on two halves of a batch at once, the second in a process of its own.

    The process starts during the first call and is at work as soon as it has imported what it
    needs; until then, and whenever it cannot be had, both halves are computed here, one after the
    other, with the same results. Used in a ``with`` statement, or until ``close``.

    Parameters
    ----------
    step : function of weights, batch
        Both are tuples of arrays; those of the batch have examples along axis 0. It returns two
        tuples of arrays: those with examples along axis 0, and sums over the examples, such as
        gradients. It must be found by its name when its module is imported, for that is how the
        other process gets it; and like every program that starts processes, a script needs
        ``if __name__ == "__main__":`` around what it does.

    Raises
    ------
    InputError
        If step is a lambda or a function inside another.
    """

    def __init__(self, step: Step) -> None:
        try:
            pickle.dumps(step)
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise InputError(
                f"step is {step!r}; expected a function of a module, which another process can "
                "import by its name."
            ) from error
        self._step = step
        self._worker: Worker | None = None
        self._shared: SharedArrays | None = None
        self._alone = False

    def __call__(self, weights: Arrays, batch: Arrays) -> Results:
        """Take a step on the whole batch.

        Parameters
        ----------
        weights : tuple of arrays
            Of any shapes. When these or the batch's change, another process is started.
        batch : tuple of arrays, shapes (N, ...)
            The larger half of an odd N is computed here; all of it, if N is 1.

        Returns
        -------
        of_examples : tuple of arrays, shapes (N, ...)
        sums : tuple of arrays
            The halves' results, joined and added; new arrays.

        Warns
        -----
        RuntimeWarning
            Once, if there is no second process any more; then all is computed here.
        """
        N = len(batch[0])
        if N < 2:
            return self._step(weights, batch)
        own, others = (tuple(array[half] for array in batch) for half in _halves(N))
        # In nobody's hands: whatever interrupts this call, no later one meets a late answer.
        worker, self._worker = self._worker, None
        try:
            shared = self._shared if self._are_shared(weights) else None
            if worker and (
                worker.shapes != shapes(weights, others)
                or (worker.weights is self._shared) != (shared is not None)
            ):
                worker.end()
                worker = None
            with blas.one_thread():
                asked = worker is not None and worker.ask(weights, others)
                results = self._step(weights, own)
                others_results = worker.answer() if worker and asked else None
                if others_results is None:
                    others_results = self._step(weights, others)
            joined = _joined(results, others_results)
            if worker is None and not self._alone:
                worker = Worker(
                    self._step, shared or SharedArrays(weights), others, *others_results
                )
            if worker and worker.failure:
                self._go_on_alone(worker)
                worker = None
        except BaseException:
            if worker:
                worker.end()
            raise
        self._worker = worker
        return joined

    def share(self, weights: Arrays) -> Arrays:
        """Return copies of weights in memory that both processes see.

        Whoever passes these to each call, and between calls changes them in place, spares the copy
        that others cost at each step.

        Parameters
        ----------
        weights : tuple of arrays
        """
        self.close()  # or others would be written into the weights that were shared before
        shared = SharedArrays(weights)
        (copies,) = shared.groups
        for copy, array in zip(copies, weights, strict=True):
            copy[...] = array
        self._shared = shared
        return copies

    def _are_shared(self, weights: Arrays) -> bool:
        if self._shared is None:
            return False
        (copies,) = self._shared.groups
        return len(weights) == len(copies) and all(map(is_, weights, copies))

    def _go_on_alone(self, worker: Worker) -> None:
        self._alone = True
        worker.end()
        warnings.warn(
            f"Training goes on in one process: the second {worker.failure}.",
            RuntimeWarning,
            stacklevel=3,
        )

    def ready(self, timeout_s: float = 0.0) -> bool:
        """Wait for the process that the last call started; tell whether it can take its half."""
        return self._worker is not None and self._worker.ready(timeout_s)

    def close(self) -> None:
        """End the other process. A later call would start one again."""
        worker, self._worker = self._worker, None
        if worker:
            worker.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.close()


def _halves(N: int) -> tuple[slice, slice]:
    middle = (N + 1) // 2
    return slice(0, middle), slice(middle, N)


def _joined(own: Results, others: Results) -> Results:
    of_examples = tuple(
        np.concatenate((a, b), out=buffer((len(a) + len(b), *a.shape[1:]), a.dtype))
        for a, b in zip(own[0], others[0], strict=True)
    )
    pairs = zip(own[1], others[1], strict=True)
    return of_examples, tuple(np.add(a, b, buffer(a.shape, a.dtype)) for a, b in pairs)
