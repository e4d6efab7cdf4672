"""One thread for linear algebra on small matrices, which are slower where several threads share them."""

from contextlib import AbstractContextManager
from typing import Any


def one_blas_thread() -> AbstractContextManager[Any]:
    """Limit linear algebra to one thread within the context.

    numpy and scipy each bring their own library. Only a library that is loaded is limited, and scipy's functions are imported at
    their first call, so that scipy is imported here.
    """
    import scipy.linalg  # noqa: F401
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[Any] = threadpool_limits(1, user_api="blas")
    return limits
