"""Under which name a source has an actor: always, for a time, in one country, or by how it begins."""

from datetime import date

from pydantic import Field

from detente.cases.base_model import CaseFileModel, TomlDate


class Alias(CaseFileModel):
    """A name that a source uses for an actor: from a day, to a day, or for what happened in one country only.

    A name that ends in `*` stands for all that begin so. A name of digits is the source's own number for the actor.
    """

    name: str
    first: TomlDate | None = Field(default=None, alias="from")
    last: TomlDate | None = Field(default=None, alias="to")
    soil: str = Field(default="", alias="in")

    def fits(self, name: str, day: date | None, country: str) -> bool:
        """Is this name, on this day, in this country, the actor's?"""
        told = name.startswith(self.name[:-1]) if self.name.endswith("*") else name == self.name
        return (
            told
            and (day is None or ((self.first is None or self.first <= day) and (self.last is None or day <= self.last)))
            and (not self.soil or not country or self.soil == country)
        )

    def clashes(self, other: "Alias") -> bool:
        """Could one name, on one day, in one country, be both?"""
        apart = (self.last and other.first and self.last < other.first) or (
            other.last and self.first and other.last < self.first
        )
        return self.name == other.name and not apart and not (self.soil and other.soil and self.soil != other.soil)
