"""Names of publishers: the site of an address, who publishes it, and whether it is a news agency.

The table `publisher_names.tsv` names the sites that occur most. A site that it lacks is named by its domain, so two of
its owner's sites may be counted as two publishers.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from detente.core.publishers import publisher_name

# Second labels under which a country registers names, as in dawn.com.pk.
_SECOND_LABELS = frozenset({"com", "co", "org", "net", "gov", "gob", "edu", "ac", "mil"})
# Each name under these is another publisher's.
_HOSTING_SITES = frozenset({"wordpress.com", "blogspot.com", "substack.com", "medium.com", "github.io", "weebly.com"})


@dataclass(frozen=True, slots=True)
class Publisher:
    """A publisher's site.

    `domain` is the registered name, `name` the publication's, equal to the domain if the table lacks it. `owner` is the company
    where several publications share one. `kind`: agency, aggregator (republishes others), reference, or empty.
    """

    domain: str
    name: str
    owner: str = ""
    kind: str = ""

    @property
    def house(self) -> str:
        """The owner, else the name: equal for two sites of one publisher."""
        return self.owner or self.name


def registered_domain(host: str) -> str:
    """Return the registered name of a host; a site on a hosting service keeps its own label.

    Example:
        >>> [registered_domain(h) for h in ("profit.pakistantoday.com.pk", "adminpanel.samaa.tv", "x.substack.com", "localhost")]
        ['pakistantoday.com.pk', 'samaa.tv', 'x.substack.com', 'localhost']
    """
    labels = host.split(".")
    if len(labels) <= 2 or host.replace(".", "").isdigit():
        return host
    suffix = 3 if len(labels[-1]) == 2 and labels[-2] in _SECOND_LABELS else 2
    found = ".".join(labels[-suffix:])
    return ".".join(labels[-3:]) if found in _HOSTING_SITES else found


def find_publisher(address: str) -> Publisher:
    """Return the publisher of a web address.

    Example:
        >>> find_publisher("https://www.geo.tv/latest/1").house, find_publisher("https://news.example.org/x")
        ('Jang Group', Publisher(domain='example.org', name='example.org', owner='', kind=''))
    """
    domain = registered_domain(publisher_name(address))
    return _load_publishers().get(domain, Publisher(domain, domain))


@cache
def _load_publishers() -> Mapping[str, Publisher]:
    text = files("detente.core").joinpath("publisher_names.tsv").read_text(encoding="utf-8")
    return {r["domain"]: Publisher(**r) for r in csv.DictReader(text.splitlines(), delimiter="\t")}
