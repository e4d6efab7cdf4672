"""Rule of the channel table, and the words that it may use."""

import re

from pydantic import field_validator

from detente.cases.base_model import CaseFileModel
from detente.core.errors import nearest, quoted_choices
from detente.events.plover import event_types
from detente.sources.chronology_schema import MODES

CHANNELS = (
    "attack", "operation", "strike", "clash", "pressure", "defiance", "dialogue", "concession",
    "truce", "outside",
)  # fmt: skip

# Counted and listed, but not part of the fitted model.
COUNTED_CHANNELS = (*CHANNELS, "restraint")

FORCE_CHANNELS = ("attack", "operation", "strike", "clash")

# As `actors.role_on` returns them: civilians with their country.
ROLES = (
    "target", "host", "group", "rival", "mediator", "outsider", "other", "unknown", "target-civilians",
    "host-civilians",
)  # fmt: skip


def check_channels(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return keys of channels as they are.

    Raises:
        ValueError: one of them is no channel.
    """
    for key in keys:
        if key not in COUNTED_CHANNELS:
            raise ValueError(f"unknown channel {key!r}. Use: {' '.join(COUNTED_CHANNELS)}")
    return keys


class ChannelRule(CaseFileModel):
    """One row of the channel table; `channels` explains the words, `channels.tsv` has examples.

    `places` limits the rule to places, as paths from the country down: `PAK/Khyber Pakhtunkhwa` or
    `PAK/Balochistan/Zhob`; each matches the places within. Empty: anywhere.
    """

    channel: str
    initiators: str = "*"
    recipients: str = "*"
    types: str = "*"
    modes: str = "*"
    soil: str = "*"
    places: tuple[str, ...] = ()
    why: str

    @field_validator("channel")
    @classmethod
    def _check_channel(cls, text: str) -> str:
        return _check_words(text, [text], (*COUNTED_CHANNELS, "-"), "channel")

    @field_validator("types")
    @classmethod
    def _check_types(cls, text: str) -> str:
        return _check_words(text, text.split(), (*event_types(), "*"), "PLOVER type")

    @field_validator("modes")
    @classmethod
    def _check_modes(cls, text: str) -> str:
        return _check_words(text, text.split(), (*(m for words in MODES.values() for m in words.split()), "*"), "mode")

    @field_validator("soil")
    @classmethod
    def _check_soil(cls, text: str) -> str:
        return _check_words(text, [text], ("*", "target", "host"), "soil")

    @field_validator("places")
    @classmethod
    def _check_places(cls, places: tuple[str, ...]) -> tuple[str, ...]:
        for place in places:
            parts = place.split("/")
            if not 1 <= len(parts) <= 3 or not re.fullmatch("[A-Z]{3}", parts[0]) or any(not p.strip() for p in parts):
                raise ValueError(f"{place!r} is not a place such as PAK, PAK/Balochistan or PAK/Balochistan/Zhob")
        return places

    @field_validator("initiators", "recipients")
    @classmethod
    def _check_roles(cls, text: str) -> str:
        words = [w for word in text.split() for w in word.removeprefix("!").split("+")]
        return _check_words(text, words, (*ROLES, "*", "-"), "role")


def _check_words(text: str, words: list[str], known: tuple[str, ...], what: str) -> str:
    if not words:
        raise ValueError(f"the {what} is missing; write * for any")
    for word in words:
        if word not in known:
            near = nearest(word, known)
            choice = f"Nearest: {quoted_choices(near)}" if near else f"Use: {' '.join(dict.fromkeys(known))}"
            raise ValueError(f"unknown {what} {word!r}. {choice}")
    return text
