"""The report's words in each language; a test holds the languages to the same keys."""

import re
from collections.abc import Mapping

from coastwatch.reports.words_en import ENGLISH
from coastwatch.reports.words_fr import FRENCH

WORDS = {"en": ENGLISH, "fr": FRENCH}
DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "fr": ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."),
}
# Where there is little room.
WEEK_NAMES = {"en": "{year}-W{number}", "fr": "S{number} {year}"}
MONTHS = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December"),
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
           "octobre", "novembre", "décembre"),
}  # fmt: skip
# "{n} [n?operation|operations]": the first for one, the second for more.
CHOICE = re.compile(r"\[(\w+)\?([^|\]]*)\|([^\]]*)\]")


def agreed(told: str, lang: str, values: Mapping[str, object]) -> str:
    """The text with each choice made by its number; French has the singular below two."""

    def choice(found: re.Match[str]) -> str:
        shown = re.sub(r"\s", "", str(values.get(found[1], ""))).replace(
            ",", "." if lang == "fr" else ""
        )
        try:
            one = abs(float(shown)) < 2 if lang == "fr" else float(shown) == 1
        except ValueError:  # "<5"
            one = False
        return found[2] if one else found[3]

    return CHOICE.sub(choice, told)
