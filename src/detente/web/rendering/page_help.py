"""The help of each page: what it shows and how to read it, in a few sentences, and where more is explained."""

from dataclasses import dataclass

HOW_TO_READ = "/how-to-read"


@dataclass(frozen=True, slots=True)
class PageHelp:
    """The help of a page.

    Fields:
        sentences: at most four; they may hold names of the case, such as {group}. more: the section of "How to read these
            pages" that goes further, by its anchor; empty for the whole page.
    """

    sentences: tuple[str, ...]
    more: str = ""

    @property
    def address(self) -> str:
        """Where more is explained."""
        return f"{HOW_TO_READ}#{self.more}" if self.more else HOW_TO_READ


def _help(*sentences: str, more: str = "") -> PageHelp:
    return PageHelp(sentences, more)


_ACCOUNT = _help(
    "An account is for comments, files and editing; reading needs one only on a private workbench.",
    "Nobody sees your password, and a new password ends all other sessions.",
    "A role says what an account may do. Administrators give roles.",
)
_COMMENTS = _help(
    "Readers comment on the brief, on a claim, on a point or on an event.",
    "Comments are opinions of their authors and change no number of this workbench.",
    "A moderator can hide a comment; the reason then stands in its place.",
)
_MODERATION = _help(
    "Moderators see reported comments here, the longest waiting first.",
    "Hide a comment or let it stand, and give the reason; readers see the reason of a hidden one.",
    "Every action is kept in the log, which nobody can change.",
)
_CASES = _help(
    "A case is a text that names the actors, countries, days and questions of one conflict.",
    "Editors begin a case from the template or copy one, check it, and save it; readers see it at once.",
    "Every version is kept with its author and time. Cases that come with the server can be copied, not changed.",
)
_UPLOAD = _help(
    "This page shows how far your file has been read, then what it holds.",
    "Each row became an event, was merged with one, or was rejected with a reason.",
    "Nothing is added until a moderator confirms.",
)

_RECORD = _help(
    "Editors add events, correct them and take them out; the source's own file is never changed.",
    "A preview says what a change would do before anything is saved.",
    "Every change stays in the list of changes, with its author, time and reason. Every reader can see it.",
    "Leave a value empty that nobody reported: empty means unknown.",
)
_DIGEST = _help(
    "A digest says what one month held, and whether it was better or worse than the twelve covered months before.",
    "The verdict follows a stated rule; how often the rule errs without any change was measured.",
    "A month without systematic coverage is not known, whatever single reports say.",
    more="how-coverage",
)

PAGE_HELP = {
    "home.html": _help(
        "This page lists the cases of this workbench, each with its present state.",
        "Open a case for its answer, or ask a question in plain words.",
        "Each case says how old its record is: few recent events need not mean calm.",
        more="how-coverage",
    ),
    "overview.html": _help(
        "This page answers the question of the case in short, then shows the present state, what changed, and what may come.",
        "The mark before a sentence is its verdict: how far the record supports it.",
        "Each dotted number leads to how it was made and to the events behind it.",
        more="how-verdicts",
    ),
    "brief.html": _help(
        "The brief answers the question in full: one section for each part of it, then the outlook, policy options and limits.",
        "The large text is the finding. The small line under it holds verdict, interval, checks and events; you can skip it.",
        "Download it as PDF, Word or Markdown, and cite it with BibTeX or RIS.",
        more="how-registers",
    ),
    "claims.html": _help(
        "Each claim that is made about this conflict was stated so that it could be proved wrong, then tested.",
        "The mark and the word are its verdict, chosen by a fixed rule.",
        "Open a claim for its evidence, its checks and its events.",
        more="how-verdicts",
    ),
    "claim.html": _help(
        "This page shows one claim: who argues it, what was measured, and what speaks against it.",
        "The checks could each have failed; those that did are named.",
        "A verdict is about what was recorded. It does not prove that one act caused another.",
        more="how-verdicts",
    ),
    "events.html": _help(
        "This page lists the events of the record, newest first or as you sort them.",
        "Filter by kind, actor, place, day or words; the address keeps your choice, so you can send it on.",
        "“No toll reported” is not zero. The choice can be downloaded as CSV, Parquet, GeoJSON or JSON.",
        more="how-numbers",
    ),
    "event.html": _help(
        "This page shows one event: what was reported, by whom, and when it became known.",
        "Sources are quoted as what they claim. A disputed toll is a range.",
        "Below stand the acts that sources present as its cause or reaction, and what other data sources say of it.",
        more="stated",
    ),
    "map.html": _help(
        "The map shows the events of a chosen period, one sign for each place and kind of event.",
        "A larger sign means more reported deaths. Squares on the border are crossings.",
        "Events known only to a province or country are listed under the map.",
        more="how-map",
    ),
    "responses.html": _help(
        "The table shows which kind of event is followed by more, or fewer, events of another kind.",
        "Each cell is the number of extra events within the chosen days; an interval across 0 leaves the direction open.",
        "One kind following another does not show that it was provoked: a crisis can drive both.",
        more="stated",
    ),
    "response.html": _help(
        "The curve shows how many more events of one kind followed an event of the other, day by day.",
        "The band holds the true value with a probability of 90 %; where it covers 0, the direction is open.",
        "Sources seldom name a motive, so what they state is shown beside the counts.",
        more="stated",
    ),
    "forecast.html": _help(
        "The forecast says what this record may show within the next days, if present patterns continue.",
        "A probability is about the events that the record collects, not about all violence.",
        "Past forecasts are scored against what came, beside simple baselines.",
        more="how-numbers",
    ),
    "whatif.html": _help(
        "Choose a policy option, and the fitted model simulates the days ahead with and without it.",
        "What you assumed and what the model estimated are listed apart.",
        "The model treats associations as effects, which the data cannot show.",
        more="how-limits",
    ),
    "ask.html": _help(
        "Write a question in plain words: how many, when, who, where, why, or what may come.",
        "The answer begins with what was understood and names the words that were not used; you can correct both.",
        "What the record cannot answer is refused, with the nearest page.",
        more="how-limits",
    ),
    "number.html": _help(
        "This page shows how one printed number was made: from which events, with what interval.",
        "The quotation below holds the sentence, the source, the day of knowledge and the address.",
        "Copy it, or take the reference as BibTeX or RIS.",
        more="how-numbers",
    ),
    "data.html": _help(
        "This page lists the data behind the cases: their records, and the releases that were added.",
        "Every row of a file became an event, was merged with one, or was rejected with a reason.",
        "With an account you can send a file; it is read and shown to you before anything is added.",
        more="how-coverage",
    ),
    "set_aside.html": _help(
        "Each row that could not be read stands here, with its place in the file and the value at fault.",
        "The last columns say what to do and show the row as it was.",
        "A rejected row counts nowhere; it is never taken as zero.",
    ),
    "verify.html": _help(
        "Every file of the added releases was compared with the checksum and the number of rows that were noted when it was added.",
        "A damaged file is named with its release.",
        "Add the release again to mend it; earlier versions stay readable.",
    ),
    "glossary.html": _help(
        "Every word that these pages use in a special sense stands here, by group.",
        "A dotted underline on a page leads to its entry.",
        "The kinds of event have an inclusion rule: what the record collects of each.",
    ),
    "upload.html": _UPLOAD,
    "digest.html": _DIGEST, "digest_archive.html": _DIGEST,
    "forecast_archive.html": _help(
        "This page lists past forecasts beside what the record shows for their days.",
        "Each used only what was known on its day, but all were computed afterwards.",
        "About nine in ten outcomes should lie in a range of 90 %; forecasts of overlapping days err together.",
        more="how-numbers",
    ),
    "release.html": _help(
        "This page lists the events of one release in the store, as its source wrote them.",
        "Actors are the source's own names; no kind of event is assigned here.",
        "Rejected rows are on the Data page, each with its reason.",
    ),
    "record/form.html": _RECORD, "record/changes.html": _RECORD, "record/import.html": _RECORD,
    "record/retract.html": _RECORD, "record/retracted.html": _RECORD,
    "cases/list.html": _CASES, "cases/new.html": _CASES, "cases/edit.html": _CASES, "cases/state.html": _CASES,
    "cases/version.html": _CASES,
    "account/login.html": _ACCOUNT, "account/own.html": _ACCOUNT, "account/invitation.html": _ACCOUNT,
    "account/sign_up.html": _ACCOUNT,
    "account/all.html": _help(
        "Moderators decide here about requests for an account and invite readers.",
        "Administrators also choose who can sign up, give roles, and disable accounts.",
        "Every decision is kept in the log. The last administrator cannot be removed.",
    ),
    "comments/latest.html": _COMMENTS, "comments/permalink.html": _COMMENTS, "comments/form.html": _COMMENTS,
    "comments/moderation.html": _MODERATION, "comments/log.html": _MODERATION,
}  # fmt: skip


MAP_WITHOUT_CROSSINGS = _help(
    "The map shows the events of a chosen period, one sign for each place and kind of event.",
    "A larger sign means more reported deaths.",
    "Events known only to a province or country are listed under the map.",
    more="how-map",
)
MONTHS_WITHOUT_MAP = _help(
    "The chart shows the events of each kind by month; where its top row is empty, nothing was collected.",
    "This case has no map. The events are listed with their places.",
    more="how-coverage",
)


def find_page_help(template: str) -> PageHelp:
    """Return the help of the page of a template; without a text of its own, one that leads to the general help.

    Example:
        >>> find_page_help("map.html").address
        '/how-to-read#how-map'
    """
    return PAGE_HELP.get(template, PageHelp(()))
