"""Linear algebra that adds in one order, however many threads a machine offers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

# Both bring a BLAS of their own; loaded here, the one look at what is loaded sees them.
import numpy as np  # noqa: F401
import scipy.linalg  # noqa: F401
from threadpoolctl import ThreadpoolController


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """One BLAS thread within the block: a split sum differs in its last bit.

    Notes
    -----
    What a fit or a score comes to must not depend on the process it runs in: audits hold both to
    the last bit against a process of their own, which may be given other threads.

    Examples
    --------
    >>> import numpy as np
    >>> with one_blas_thread():
    ...     float(np.ones(3) @ np.ones(3))
    3.0
    """
    with _loaded().limit(limits=1, user_api="blas"):
        yield


@cache
def _loaded() -> ThreadpoolController:
    # A look takes 3 ms, and an audit fits a thousand times.
    return ThreadpoolController()
