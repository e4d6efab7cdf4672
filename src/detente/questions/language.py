"""Whether a question in Latin letters is English: function words of some languages are counted.

A question is refused only where at least two words of another language stand in it, and more of them than English ones.
"""

import re
from functools import cache

from detente.questions.catalogue import load_catalogue
from detente.questions.errors import UnreadableQuestion
from detente.questions.tokenize import fold_text

_WORDS = {
    "German": "warum wieso wann wer was wie viele wieviele ist sind war waren hat haben die der das den dem ein eine und oder nicht zwischen von mit fuer fur gegen uber auf an im am zum greift gibt es wird werden welche sich nach seit",
    "French": "pourquoi quand qui que quoi combien comment est sont etait ont la le les des du de une et ou ne pas entre par pour dans sur avec il elle y a t l attaque quel quelle depuis contre au aux",
    "Spanish": "por que cuando quien quienes cuantos cuantas cuanto como es son fue fueron han el la los las de del una y o no entre para en con contra desde ataca hay se",
    "Italian": "perche quando chi quanti quante come sono era hanno il la lo gli le di del della una e non tra per con contro dal che attacca",
    "Portuguese": "por que porque quando quem quantos quantas como sao foi foram o a os as de do da uma e nao entre para em com contra desde ataca",
    "Turkish": "neden nicin ne zaman kim kac nasil ve ile icin bir bu mi mu arasinda neler oldu kadar",
    "Urdu in Latin letters": "kyun kyu kya kab kaun kitne kitni kaise hai hain tha thi ne ko ka ki ke par mein main aur nahi nahin se karta kar raha rahe kiya gaye hua hue kaha",
    "Indonesian or Malay": "mengapa kenapa kapan siapa berapa bagaimana adalah dan yang di ke dari dengan untuk antara apakah tidak menyerang",
    "Dutch": "waarom wanneer wie wat hoeveel hoe zijn het een en niet tussen van met tegen sinds valt",
}
_ENGLISH = set(
    "the of and in to is are was were did do does has have had how what when where who which why with between from for by on at since "
    "many will would there after before not this that now any their its it be been can could should if about".split()
)


@cache
def _other_words() -> dict[str, frozenset[str]]:
    known = _ENGLISH | set(load_catalogue().words.empty)
    return {name: frozenset(words.split()) - known for name, words in _WORDS.items()}


def check_english(text: str) -> None:
    """Refuse a question that is written in another language.

    Raises:
        UnreadableQuestion: it is not in English.

    Example:
        >>> check_english("Why does Pakistan strike Afghanistan?")
    """
    words = re.findall(r"[^\W\d_]+", fold_text(text).replace("ß", "ss"))
    english = sum(w in _ENGLISH for w in words)
    name, found = max(((n, sum(w in ws for w in words)) for n, ws in _other_words().items()), key=lambda x: x[1])
    if found >= 2 and found > english:
        raise UnreadableQuestion(
            text, f"it seems to be written in {name}, and only English is understood so far",
            "Please ask in English; names may be spelt in any usual way.",
        )  # fmt: skip
