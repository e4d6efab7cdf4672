"""`detente.open`: a case held in memory, or one over a large store that an engine counts."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

from detente.api.case import DEFAULT_CASE, OWN_STORE, Case, open_case

if TYPE_CHECKING:
    from detente.api.counted_case import CountedCase


@overload
def open(
    name: str = ..., *, as_of: str | date | None = ..., store: str | Path | None = ..., cache: bool = ..., seed: int = ...,
    engine: None = ..., master: None = ..., spark: None = ...,
) -> Case: ...  # fmt: skip
@overload
def open(
    name: str = ..., *, as_of: str | date | None = ..., store: str | Path | None = ..., cache: bool = ..., seed: int = ...,
    engine: Literal["duckdb", "spark"], master: str | None = ..., spark: Mapping[str, str] | None = ...,
) -> "CountedCase": ...  # fmt: skip
def open(
    name: str = DEFAULT_CASE, *, as_of: str | date | None = None, store: str | Path | None = OWN_STORE, cache: bool = True,
    seed: int = 0, engine: str | None = None, master: str | None = None, spark: Mapping[str, str] | None = None,
) -> "Case | CountedCase":  # fmt: skip
    """Open a case. Only its record is read; results are computed when asked for, and kept in the user's cache folder.

    Args:
        name: a shipped case (`detente.list_cases`) or the path of a case file.
        as_of: use only what was known on this day; the latest day on which an event became known if not given.
        store: folder of releases: those of a case that brings its own, and other sources for comparison; the user's own
            if there is one; None reads none.
        cache: False computes everything anew and keeps nothing. seed: of all draws and simulations.
        engine: `duckdb` or `spark` opens the case from counts made in the store, without holding its events: for tens of
            millions of rows. master: of Spark, such as `spark://host:7077`; the session that already runs in this process
            if not given, else `local[*]`. spark: Spark settings, such as `{"spark.executor.memory": "4g"}`.

    Returns:
        Case; with `engine` a `CountedCase`, which has counts, fit and responses, and fetches events to show them.

    Raises:
        UnknownCase, BadCase: the case cannot be used. AsOfOutOfRange: `as_of` is before the case begins, or in the future.
        MissingUserData: the case needs releases that are missing. NoStore, NoEngine: the store or engine cannot be used.

    Example:
        >>> import detente
        >>> case = detente.open("pakistan-afghanistan", as_of="2025-10-08")
        >>> case.counts(every="year").to_dict()["format"]
        'detente counts 1'
    """
    if engine is None:
        return open_case(name, as_of=as_of, store=store, cache=cache, seed=seed)
    from detente.api.counted_case import open_counted_case

    day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    folder = None if store in (None, OWN_STORE) else Path(str(store))
    return open_counted_case(
        name, as_of=day, store=folder, engine=engine, master=master, seed=seed, cache=cache, spark=spark
    )
