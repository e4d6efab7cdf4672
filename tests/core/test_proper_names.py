"""Names with digits."""

from detente.core.proper_names import declare_names, split_names


def test_split_names_keeps_numbers_apart() -> None:
    """A declared name is a name also before an apostrophe; a number, and part of a longer word, is not."""
    declare_names(["M23", "the 17 November group", "2024"])
    assert split_names("M23's force") == [("M23", True), ("'s force", False)]
    assert split_names("by the 17 November group") == [("by ", False), ("the 17 November group", True)]
    assert split_names("M234 and 23") == [("M234 and 23", False)]
    assert not any(is_name for _, is_name in split_names("in 2024"))
