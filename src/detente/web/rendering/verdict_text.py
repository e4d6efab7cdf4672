"""Verdicts in the words of a newcomer."""

from collections.abc import Mapping

VERDICT_TEXT: Mapping[str, str] = {
    "supported": "supported: the tests show it",
    "leaning": "leaning: probable, not settled",
    "not supported": "not supported: the tests do not show it, and it may still be true",
    "contradicted": "contradicted: the evidence is against it",
    "too little data": "too little data to say",
    "not applicable": "not recorded by these sources",
}
"""Each verdict, and what it means."""
