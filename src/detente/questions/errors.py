"""Errors of questions."""

from collections.abc import Sequence

from detente.core.errors import DetenteError, quoted_choices


class UnknownConflict(DetenteError):
    """A question is about a conflict that no case covers."""

    exit_code = 3

    def __init__(self, elsewhere: Sequence[str], own: Sequence[str], known: Sequence[tuple[str, str]]) -> None:
        self.elsewhere, self.own, self.known = list(elsewhere), list(own), [k for k, _ in known]
        names = ", ".join([*own, *elsewhere])
        super().__init__(
            f"The question names {names}: no case is about {'that' if len(names.split(', ')) == 1 else 'these together'}. "
            f"Ask about one of these cases, or pass a case file with --case: {_list_cases(known)}."
        )


class AmbiguousConflict(DetenteError):
    """A question names no party, crossing or place of any case."""

    exit_code = 3

    def __init__(self, known: Sequence[tuple[str, str]]) -> None:
        self.known = [k for k, _ in known]
        super().__init__(
            f"The question names no party, crossing or place of any case: {_list_cases(known)}. "
            f"Name the parties in the question, or add --case {self.known[0] if known else 'CASE'}."
        )


def _list_cases(known: Sequence[tuple[str, str]]) -> str:
    return "; ".join(f"{key} ({title})" for key, title in known) or "none"


class UnreadableQuestion(DetenteError):
    """A question cannot be read as English text: empty, in another script, with control characters, too long."""

    exit_code = 9

    def __init__(self, question: str, why: str, remedy: str) -> None:
        self.question, self.why, self.remedy = question, why, remedy
        shown = question if len(question) <= 60 else question[:57] + "..."
        super().__init__(f"The question {shown!r} cannot be answered: {why}. {remedy}")


class NoDemandFound(DetenteError):
    """A question names a case or nothing, and contains no demand."""

    exit_code = 9

    def __init__(self, question: str, case: str, answered: Sequence[str], example: str = "") -> None:
        self.question, self.case, self.answered, self.example = question, case, list(answered), example
        known = f"You can ask this case about: {'; '.join(answered)}" + (
            f'; for example: "{example}"' if example else "."
        )
        super().__init__(
            f"{question!r} {f'is about {case}, but ' if case else ''}does not say what is asked. "
            f"{known if answered else 'Ask how many, when, where, who, or what something is.'}"
        )


class NoAnswerableDemand(DetenteError):
    """None of the demands of a question can be answered."""

    exit_code = 6

    def __init__(self, refused: Sequence[tuple[str, str]], answered: Sequence[str]) -> None:
        self.refused, self.answered = list(refused), list(answered)
        reasons = "; ".join(f"{asked!r}: {why}" for asked, why in refused)
        super().__init__(f"No part can be answered: {reasons}. You can ask this case about: {'; '.join(answered)}.")


class UnknownChange(DetenteError):
    """A change to how a question was understood names what does not exist."""

    exit_code = 2

    def __init__(self, what: str, value: str, near: Sequence[str]) -> None:
        self.what, self.value, self.nearest = what, value, list(near)
        known = f" Nearest: {quoted_choices(self.nearest)}." if self.nearest else ""
        super().__init__(f"There is no {what} {value[:60]!r} to choose.{known}")
