"""Find sentences that define a term."""

from __future__ import annotations

import re

from surveygen.summarize._english import phrases

_JUDGED = rf"(?!{phrases('definition_judges')}\b|of\b)[\w-]+,?"
_TERM = re.compile(
    rf"(?!{phrases('definition_no_start')}\b)(?:an? )?"
    rf"(?P<term>\w[\w/'’-]*(?: (?!{phrases('definition_no_word')}\b)[\w/'’-]+){{0,5}})(?: \([^)]{{1,40}}\))?,? "
    rf"(?:(?:is|are) (?:(?:typically|commonly|usually|generally|often) )?(?:an?|the) (?:{_JUDGED} ){{0,4}}"
    rf"(?!{phrases('definition_judges')}\b){phrases('definition_genus')},? {phrases('definition_rest')}\b"
    r"|refers? to |(?:is|are|can be) (?:\w+ly )?defined as |(?:is|are) concerned with |aims? (?:to|at) )",
    re.IGNORECASE,
)
_TURN = re.compile(phrases("definition_turns"), re.IGNORECASE)
_MIN_WORDS, _MAX_WORDS = 8, 40


def defined_term(text: str) -> str:
    """Return the term that a sentence without citation marks defines, without its article; "" if it defines none.

    What a thing is, refers to or aims at is a definition; that it matters, is hard or popular is none.

    >>> defined_term("Feature selection (FS) is the process of finding the features that tell most.")
    'Feature selection'
    >>> defined_term("Feature selection is a challenging problem of great importance.")
    ''
    """
    match = _TERM.match(text)
    if match is None or _TURN.search(text) or not _MIN_WORDS <= len(text.split()) <= _MAX_WORDS:
        return ""
    return match["term"]
