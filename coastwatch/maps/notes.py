"""What a page says of itself at its foot, in the languages that it speaks."""

from __future__ import annotations

from collections.abc import Mapping

Note = Mapping[str, str]
LANGUAGES = ("en", "fr")


def note(en: str, fr: str) -> Note:
    """One remark in every language."""
    return {"en": en, "fr": fr}
