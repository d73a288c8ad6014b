"""Remove keys and passwords from text of servers and from messages."""

from __future__ import annotations

import base64
import html
import os
import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

MARK = "[removed]"
_MIN_LENGTH = 8  # characters: a shorter value is a word that also occurs by chance
_NAMES = re.compile(r"(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD)\Z", re.IGNORECASE)  # of environment variables
_ADDRESSES = re.compile(r"(?:PROXY|URL|ENDPOINT|BASE)\Z", re.IGNORECASE)
_USERINFO = re.compile(r"(?<=://)[^\s/?#@\"'<>\\]+@")
# Blanks and characters without a width, which cleaning the text of a server would remove from within a key.
_GAP = "[\\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]"
_GAPS = re.compile(_GAP)
_ESCAPE = re.compile(r"\\(?:u00|x)([0-9a-f]{2})", re.IGNORECASE)
_LAYERS = 3  # escapes within escapes that are undone to look for a key


def redact(text: str, *secrets: str) -> str:
    """Remove the keys of the environment, passwords in addresses and further `secrets` from a text.

    A key is found in upper and lower case, as base64 and hexadecimal, and with characters escaped as in URLs, JSON and
    HTML. A text from which it cannot be cut out is removed whole.

    >>> redact("https://me:pass@host/ refused sk-12345678", "sk-12345678")
    'https://[removed]@host/ refused [removed]'
    """
    text = _USERINFO.sub(f"{MARK}@", text)
    values = tuple(sorted({*_environment_secrets(), *(word for word in secrets if len(word) >= _MIN_LENGTH)}))
    if not values or not _contains(text, values):
        return text
    struck = _pattern(values).sub(MARK, text)
    return MARK if _contains(struck, values) else struck


def redact_bytes(data: bytes, *secrets: str) -> bytes:
    """Remove the same from the body of a response."""
    return redact(data.decode("utf-8", "surrogateescape"), *secrets).encode("utf-8", "surrogateescape")


def userinfo(url: str) -> tuple[str, ...]:
    """Return user name and password of an address, as they are written and decoded; nothing if it has none."""
    try:
        parts = urlsplit(url)
        words = (parts.username or "", parts.password or "")
    except ValueError:
        return ()
    return tuple({form for word in words for form in (word, unquote(word)) if form})


def is_secret(variable: str) -> bool:
    """Whether a variable of the environment is named as a key, a token or a password."""
    return _NAMES.search(variable) is not None


def _environment_secrets() -> set[str]:
    """Return the values of variables that are named as keys, and the passwords in those that are addresses."""
    found: set[str] = set()
    for name, value in os.environ.items():
        if is_secret(name):
            found.add(value.strip())
        elif "@" in value and _ADDRESSES.search(name):
            found.update(userinfo(value))
    return {value for value in found if len(value) >= _MIN_LENGTH}


def _contains(text: str, secrets: tuple[str, ...]) -> bool:
    """Whether a text holds a secret in any form, once its escapes are undone."""
    needles = _needles(secrets)
    for _ in range(_LAYERS):
        plain = "".join(text.split()) if text.isascii() else _GAPS.sub("", text)
        plain = plain.replace("\\", "").lower()
        if any(needle in plain for needle in needles):
            return True
        decoded = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "\\" in text else text
        decoded = unquote(html.unescape(decoded), errors="replace")
        if decoded == text:
            return False
        text = decoded
    return False


@lru_cache(maxsize=64)
def _needles(secrets: tuple[str, ...]) -> tuple[str, ...]:
    forms = (form for secret in secrets for form in _forms(secret))
    return tuple(sorted({alike.lower() for form in forms for alike in (form, form.translate(_URL_SAFE))}))


_URL_SAFE = str.maketrans("+/", "-_")


@lru_cache(maxsize=64)
def _pattern(secrets: tuple[str, ...]) -> re.Pattern[str]:
    """Match any form of the secrets, longest first, each character plain or escaped."""
    forms = {form for secret in secrets for form in _forms(secret)}
    gap = f"{_GAP}{{0,4}}"
    words = (gap.join(map(_character, form)) for form in sorted(forms, key=lambda form: (-len(form), form)))
    return re.compile("|".join(words), re.IGNORECASE)


def _forms(secret: str) -> set[str]:
    """Return a secret, its hexadecimal form, and its base64 within any longer text."""
    forms = {secret}
    for data in {form.encode() for form in (secret, secret.lower(), secret.upper())}:
        forms.add(data.hex())
        for shift in range(3):  # bytes before it in the text that was encoded
            encoded = base64.b64encode(bytes(shift) + data).decode()
            forms.add(encoded[-(-8 * shift // 6) : 8 * (shift + len(data)) // 6])
    return forms


def _character(char: str) -> str:
    """Match a character as it is, or escaped as in URLs (also twice), JSON, Python and HTML."""
    alike = {"+": "[+-]", "/": "[/_]"}.get(char, re.escape(char))
    number = ord(char)
    if number > 127:
        return alike
    codes = rf"%(?:25)*{number:02x}|\\{{1,4}}(?:u00|x){number:02x}|&(?:amp;)?#(?:0*{number}|x0*{number:x});"
    return rf"(?:\\{{0,4}}{alike}|{codes})"
