"""The base of every part of a case file: frozen, and no key that is not meant."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

# TOML has days of its own; a bare number would be taken for seconds since 1970.
TomlDate = Annotated[date, Field(strict=True)]


class CaseFileModel(BaseModel):
    """Nothing is guessed: a key that is not known is a fault, not an extra."""

    model_config = ConfigDict(extra="forbid", frozen=True)
