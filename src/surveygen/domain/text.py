"""Cleaning, tokens, stems, slugs and hashes of text."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from functools import cache, lru_cache
from html.entities import html5

MAX_TITLE = 500
MAX_TEXT = 10_000
_MAX_COMBINING = 4
# Bidi overrides and marks, which can reorder the text around them, and characters without a width or a shape, in which
# text can be hidden from a reader.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e01ef]"
)
# Joiners stay where they have a use: after letters from Arabic to Mongolian, and within an emoji.
_JOINERS = "\u200c\u200d"
_JOINED = re.compile("[\u0600-\u18af\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]")
_CONTROLS = {code: None for code in range(128) if unicodedata.category(chr(code)) == "Cc" and not chr(code).isspace()}
_LETTERS = re.compile(r"[^\W\d_]+")
_MAX_MARKUP = 8  # levels of markup that was escaped more than once
_AMPERSANDS = re.compile(r"&(?:amp;)+")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_VOID = frozenset({"br", "hr"})
_BLOCKS = _VOID | {
    *("p", "div", "sec", "title", "abstract", "trans-abstract", "list", "list-item", "ul", "ol", "li", "blockquote"),
    *("disp-quote", "disp-formula", "h1", "h2", "h3", "h4", "h5", "h6", "label", "table", "tr", "td", "th"),
}
_INLINE = frozenset(
    {
        *(
            "a",
            "abbr",
            "b",
            "big",
            "bold",
            "cite",
            "code",
            "em",
            "ext-link",
            "fixed-case",
            "font",
            "i",
            "inline-formula",
        ),
        *(
            "italic",
            "kbd",
            "mark",
            "monospace",
            "overline",
            "q",
            "roman",
            "s",
            "sans-serif",
            "sc",
            "small",
            "span",
            "strike",
        ),
        *("strong", "styled-content", "sub", "sup", "tex-math", "tt", "u", "underline", "uri", "xref", "scp", "strike"),
        *("math", "mi", "mn", "mo", "mrow", "mtext", "msub", "msup", "msubsup", "mfrac", "msqrt", "mover", "munder"),
        *("mstyle", "semantics", "annotation", "mspace", "named-content", "alternatives"),
    }
)
# A prefix of XML marks up whatever it stands before; attributes are name="value", so that "a<b and c>d" is text.
_ELEMENT = re.compile(
    r"</?(?P<prefix>(?:jats|mml|xhtml):)?(?P<name>[A-Za-z][A-Za-z0-9-]{0,20})"
    r"(?:\s{1,9}[\w:-]{1,40}\s?=\s?(?:\"[^\"<>]{0,500}\"|'[^'<>]{0,500}'|[^\s\"'<>]{1,200}))*\s{0,9}/?>"
)
_CLOSING = re.compile(r"</(?:\w{1,9}:)?([A-Za-z][A-Za-z0-9-]{0,20})\s{0,9}>")
_HEADING = re.compile(
    r"<(?P<tag>(?:jats:)?(?:title|h[1-6]|label))>\s{0,9}(?:abstract|summary)[.:]?\s{0,9}</(?P=tag)>", re.IGNORECASE
)
_COMMENT = re.compile(r"<!--[^<>]{0,500}-->")
_EXPONENT = re.compile(r"<(?:jats:)?sup>\s{0,9}([-+−]?[0-9]{1,9})\s{0,9}</(?:jats:)?sup>", re.IGNORECASE)
_SUPERSCRIPTS = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_SUFFIX = re.compile(r"(?<=\w{4})(?:ations?|ments?|ings?|ions?|ies|ed|es|ly|s|e|y)\Z")


def clean(text: str, limit: int = MAX_TEXT) -> str:
    r"""Normalize untrusted text to one line of NFC without control, bidi or invisible characters.

    Unassigned, private and surrogate code points are dropped, at most four combining marks stay on a letter, and text
    longer than `limit` code points is cut at a word and gets an ellipsis. Idempotent.

    >>> clean("Go\u0308del\n  sets")
    'Gödel sets'
    """
    if text.isascii():  # the fast path, for most texts
        line = " ".join((text if text.isprintable() else text.translate(_CONTROLS)).split())
    else:
        line = unicodedata.normalize("NFC", " ".join(_safe(text).split()))
    if len(line) <= limit:
        return line
    return line[: limit - 1].rsplit(" ", 1)[0] + "…"


def _safe(text: str) -> str:
    safe: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", _INVISIBLE.sub("", text)):
        category = unicodedata.category(char)
        if category in {"Cs", "Co", "Cn"} or (category == "Cc" and not char.isspace()):
            continue
        if char in _JOINERS and not (safe and _JOINED.match(safe[-1])):
            continue
        marks = marks + 1 if category == "Mn" else 0
        if marks <= _MAX_COMBINING:
            safe.append(char)
    return "".join(safe)


def without_markup(text: str) -> str:
    r"""Decode character references, and remove elements of HTML, JATS and MathML that mark up words.

    A name in angle brackets that is no such element, or that is never closed, is text. A heading "Abstract" is dropped,
    an exponent of digits is written with superscript characters. Idempotent.

    >>> without_markup("R&amp;D of <i>E. coli</i> in H<sub>2</sub>O for 10<sup>6</sup> s: a<b and <script>")
    'R&D of E. coli in H2O for 10⁶ s: a<b and <script>'
    """
    for _ in range(_MAX_MARKUP):
        decoded = _REFERENCE.sub(_character, _AMPERSANDS.sub("&", text)) if "&" in text else text
        bare = _without_elements(decoded) if "<" in decoded else decoded
        if bare == text:
            break
        text = bare
    return text


def _character(reference: re.Match[str]) -> str:
    name = reference[0][1:]
    return html.unescape(reference[0]) if name[0] == "#" else html5.get(name, reference[0])


def _without_elements(text: str) -> str:
    text = _EXPONENT.sub(lambda found: found[1].translate(_SUPERSCRIPTS), _HEADING.sub(" ", _COMMENT.sub(" ", text)))
    closed = {name.lower() for name in _CLOSING.findall(text)}

    def replacement(found: re.Match[str]) -> str:
        prefix, name = found["prefix"], found["name"].lower()
        if name in _BLOCKS:
            return " " if prefix or name in closed or name in _VOID else found[0]
        return "" if prefix or (name in _INLINE and name in closed) else found[0]

    return _ELEMENT.sub(replacement, text)


def slugify(text: str) -> str:
    """Return a folder name of lower-case ASCII letters, digits and hyphens; "survey" if nothing is left.

    >>> slugify("Large Language Model Alignment")
    'large-language-model-alignment'
    """
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")[:80].strip("-") or "survey"


def text_sha256(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, hexadecimal; halves of surrogate pairs are allowed.

    >>> text_sha256("")[:16]
    'e3b0c44298fc1c14'
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def tokenize(text: str, joiners: str = "") -> list[str]:
    """Return the words of a text in their order, in lower case: runs of letters and digits of any script.

    Args:
        text: any text; punctuation, underscores and combining marks part words.
        joiners: characters that join two runs to one word, such as "-" to keep "well-known" whole.

    >>> tokenize("Casper's GPT-4 isn't well-known."), tokenize("GPT-4 isn't", "-'")
    (['casper', 's', 'gpt', '4', 'isn', 't', 'well', 'known'], ['gpt-4', "isn't"])
    """
    return [word.lower() for word in _word(joiners).findall(text)]


def letter_words(text: str) -> list[str]:
    """Return the runs of letters of a text as they are written, without digits.

    >>> letter_words("GPT4 wins 3 Tests")
    ['GPT', 'wins', 'Tests']
    """
    return _LETTERS.findall(text)


def singular(word: str) -> str:
    """Cut the plural ending of an English noun in lower case.

    >>> singular("attacks"), singular("policies"), singular("bus"), singular("analysis")
    ('attack', 'policy', 'bus', 'analysis')
    """
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word


@lru_cache(maxsize=65_536)
def fold_name(name: str) -> str:
    """Drop case, spaces, hyphens and plurals of a name or phrase, so that its spellings are equal.

    >>> fold_name("Truthful-QA") == fold_name("truthful QA"), fold_name("Fine-tuned Models")
    (True, 'finetunedmodel')
    """
    return "".join(fold_words(name))


def fold_words(text: str) -> list[str]:
    """Return the words of a text in their order, without case and plurals; joined, they are its `fold_name`.

    >>> fold_words("Fine-tuned Models")
    ['fine', 'tuned', 'model']
    """
    return [singular(word) for word in tokenize(text.casefold())]


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Cut up to two English suffixes and a doubled consonant of a word in lower case.

    >>> stem("improvements"), stem("improving"), stem("stopped"), stem("stops")
    ('improv', 'improv', 'stop', 'stop')
    """
    cut = _SUFFIX.sub("", _SUFFIX.sub("", word))
    return cut[:-1] if len(cut) > 4 and cut[-1] == cut[-2] and cut[-1] not in "aeiouls" else cut


@cache
def _word(joiners: str) -> re.Pattern[str]:
    return re.compile(rf"[^\W_]+(?:[{re.escape(joiners)}][^\W_]+)*" if joiners else r"[^\W_]+")
