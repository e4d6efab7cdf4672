"""Cached results are bound to the model's version: code that makes them must not change without it."""

import ast
import hashlib
import sys
from pathlib import Path

from detente.model.version import MODEL_VERSION

PACKAGE = Path(__file__).parents[2] / "src/detente"
RECORDED = Path(__file__).with_name("model_code.txt")


def digest_model_code() -> str:
    """A digest of the code of `model/` without docstrings and comments."""
    h = hashlib.sha256()
    for path in sorted((PACKAGE / "model").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if (
                isinstance(body, list)
                and body
                and isinstance(body[0], ast.Expr)
                and isinstance(body[0].value, ast.Constant)
            ):
                body[0].value.value = ""
        h.update(f"{path.name} {ast.dump(tree)}".encode())
    return h.hexdigest()


def test_model_code_changes_with_its_version() -> None:
    """If this fails: raise MODEL_VERSION if any result can change, then run `python tests/model/test_version.py`."""
    assert RECORDED.read_text(encoding="utf-8").split() == [str(MODEL_VERSION), digest_model_code()]


if __name__ == "__main__":
    RECORDED.write_text(f"{MODEL_VERSION} {digest_model_code()}\n", encoding="utf-8")
    sys.exit(0)
