"""Aliases: the names that a source uses for an actor, perhaps limited to a period, a country or a prefix."""

from datetime import date

from pydantic import Field

from detente.cases.base_model import CaseFileModel, TomlDate


class Alias(CaseFileModel):
    """A name that a source uses for an actor, perhaps from a day, to a day, or for events in one country only.

    A name that ends in `*` matches all names with that prefix. A name of digits is the source's code for the actor.
    """

    name: str
    first: TomlDate | None = Field(default=None, alias="from")
    last: TomlDate | None = Field(default=None, alias="to")
    soil: str = Field(default="", alias="in")

    def fits(self, name: str, day: date | None, country: str) -> bool:
        """Return whether this name means the actor on this day in this country."""
        matches = name.startswith(self.name[:-1]) if self.name.endswith("*") else name == self.name
        return (
            matches
            and (day is None or ((self.first is None or self.first <= day) and (self.last is None or day <= self.last)))
            and (not self.soil or not country or self.soil == country)
        )

    def clashes(self, other: "Alias") -> bool:
        """Return whether both aliases could match one name on one day in one country."""
        disjoint = (self.last and other.first and self.last < other.first) or (
            other.last and self.first and other.last < self.first
        )
        return self.name == other.name and not disjoint and not (self.soil and other.soil and self.soil != other.soil)
