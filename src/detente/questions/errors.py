"""Errors of understanding a question."""

from collections.abc import Sequence

from detente.core.errors import DetenteError


class UnknownConflict(DetenteError):
    """A question is about a conflict that no case holds."""

    exit_code = 3

    def __init__(self, elsewhere: Sequence[str], own: Sequence[str], known: Sequence[tuple[str, str]]) -> None:
        self.elsewhere, self.own, self.known = list(elsewhere), list(own), [k for k, _ in known]
        names = ", ".join([*own, *elsewhere])
        told = "; ".join(f"{key} ({title})" for key, title in known) or "none"
        super().__init__(
            f"The question names {names}: no case is about {'that' if len(names.split(', ')) == 1 else 'these together'}. "
            f"Cases: {told}. Ask about one of these, or write a case file and name it with --case."
        )


class AmbiguousConflict(DetenteError):
    """A question names no party, crossing or place of any case."""

    exit_code = 3

    def __init__(self, known: Sequence[tuple[str, str]]) -> None:
        self.known = [k for k, _ in known]
        told = "; ".join(f"{key} ({title})" for key, title in known) or "none"
        example = self.known[0] if known else "CASE"
        super().__init__(
            "The question names no party, crossing or place of any case, so it is not known which conflict is meant. "
            f"Cases: {told}. Name the parties in the question, or add --case {example}."
        )


class UnreadableQuestion(DetenteError):
    """A question cannot be read as English text: empty, in another script, with control characters, too long."""

    exit_code = 9

    def __init__(self, question: str, why: str, remedy: str) -> None:
        self.question, self.why, self.remedy = question, why, remedy
        shown = question if len(question) <= 60 else question[:57] + "..."
        super().__init__(f"The question {shown!r} cannot be answered: {why}. {remedy}")


class NoDemandFound(DetenteError):
    """A question asks for nothing that can be told apart."""

    exit_code = 9

    def __init__(self, question: str, case: str, answered: Sequence[str]) -> None:
        self.question, self.case, self.answered = question, case, list(answered)
        about = f" It is about {case}, but" if case else ""
        super().__init__(
            f"No demand was found in {question!r}.{about} {'i' if about else 'I'}t does not say what is asked. Answered can be: "
            f"{'; '.join(answered)}. Ask in English how, why or to what extent, for example: "
            '"How do the clashes hurt trade, and has mediation held?"'
        )


class NoAnswerableDemand(DetenteError):
    """A question was understood, and none of its demands can be answered."""

    exit_code = 6

    def __init__(self, refused: Sequence[tuple[str, str]], answered: Sequence[str]) -> None:
        self.refused, self.answered = list(refused), list(answered)
        told = " ".join(f"{asked!r}: {why}." for asked, why in refused)
        super().__init__(
            f"Nothing of this can be answered. {told} Answered can be: {'; '.join(answered)}. Ask for one of these."
        )
