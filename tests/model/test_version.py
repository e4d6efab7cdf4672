"""Cached results are bound to the model's version: code that makes them must not change without it."""

import ast
import hashlib
import io
import sys
import tokenize
from pathlib import Path

from detente.model.version import MODEL_VERSION

PACKAGE = Path(__file__).parents[2] / "src/detente"
RECORDED = Path(__file__).with_name("model_code.txt")


def digest_model_code() -> str:
    """A digest of the code of `model/` without docstrings, comments and white space, the same on every Python."""
    h = hashlib.sha256()
    for path in sorted((PACKAGE / "model").glob("*.py")):
        source = path.read_text(encoding="utf-8")
        lines = source.splitlines()
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                lines[token.start[0] - 1] = lines[token.start[0] - 1][: token.start[1]]
        for node in ast.walk(ast.parse(source)):
            if (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                lines[node.lineno - 1 : node.end_lineno] = [""] * ((node.end_lineno or 0) - node.lineno + 1)
        h.update(f"{path.name} {''.join(''.join(lines).split())}".encode())
    return h.hexdigest()


def test_model_code_changes_with_its_version() -> None:
    """If this fails: raise MODEL_VERSION if any result can change, then run `python tests/model/test_version.py`."""
    assert RECORDED.read_text(encoding="utf-8").split() == [str(MODEL_VERSION), digest_model_code()]


if __name__ == "__main__":
    RECORDED.write_text(f"{MODEL_VERSION} {digest_model_code()}\n", encoding="utf-8")
    sys.exit(0)
