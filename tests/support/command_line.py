"""The command line, called within the test's process: a new process would import the package again for every command."""

import io
import sys
import warnings
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest.mock import patch

from detente.cli.main import main


@dataclass(frozen=True)
class Finished:
    """How a command ended: its exit code, and what it wrote."""

    code: int
    stdout: str
    stderr: str


def run_main(*words: str) -> Finished:
    """Run `detente` with these words as the installed program does, errors and exit code included."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    code: object = 0
    argv = patch.object(sys, "argv", ["detente", *words])
    # `main` chooses how warnings are shown; that choice ends with the command.
    with redirect_stdout(out), redirect_stderr(err), argv, warnings.catch_warnings():
        try:
            main()
        except SystemExit as e:
            code = e.code
    assert isinstance(code, int), code
    return Finished(code, *(x.buffer.getvalue().decode() for x in (out, err)))
