"""Linear algebra on small matrices runs on one thread."""

import os
import subprocess
import sys


def test_one_blas_thread_limits_scipy_too() -> None:
    """The limit holds for scipy's own library, although scipy is imported at the first call of a function."""
    code = (
        "from detente.core.blas_threads import one_blas_thread\n"
        "from detente.core.scipy_functions import cho_factor\n"
        "import numpy, sys\n"
        "assert 'scipy' not in sys.modules\n"
        "with one_blas_thread():\n"
        "    cho_factor(numpy.eye(2))\n"
        "    from threadpoolctl import threadpool_info\n"
        "    print([i['num_threads'] for i in threadpool_info() if i['user_api'] == 'blas'])\n"
    )
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "2"}
    out = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert set(out.strip("[]\n").split(", ")) == {"1"}
