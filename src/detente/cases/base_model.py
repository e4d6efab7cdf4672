"""Base model of every part of a case file: frozen, without unknown keys."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

# TOML has a date type. Without strict, Pydantic would read a bare number as seconds since 1970.
TomlDate = Annotated[date, Field(strict=True)]


class CaseFileModel(BaseModel):
    """Base model of case files; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)
