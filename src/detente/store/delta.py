"""What the store uses of delta-rs, the package `deltalake`. Needs the extra `store`."""

from detente.core.extras import MissingExtra

try:
    from deltalake import CommitProperties, DeltaTable, Schema
    from deltalake.exceptions import CommitFailedError, DeltaError, DeltaProtocolError, TableNotFoundError
    from deltalake.transaction import AddAction
except ModuleNotFoundError as e:
    raise MissingExtra("store", "deltalake") from e

__all__ = [
    "AddAction",
    "CommitFailedError",
    "CommitProperties",
    "DeltaError",
    "DeltaProtocolError",
    "DeltaTable",
    "Schema",
    "TableNotFoundError",
]
