"""Keys and passwords stand in no output, whatever a server repeats."""

from __future__ import annotations

import base64
import html
import json
import string
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from surveygen.errors import SourceError
from surveygen.redaction import MARK, redact, redact_bytes, userinfo

FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "upper": str.upper,
    "lower": str.lower,
    "url": lambda key: quote(key, safe=""),
    "url, all": lambda key: "".join(f"%{ord(char):02X}" for char in key),
    "url, twice": lambda key: quote(quote(key, safe=""), safe=""),
    "json": lambda key: json.dumps(key).replace("/", "\\/")[1:-1],
    "json, all": lambda key: "".join(f"\\u{ord(char):04x}" for char in key),
    "json, twice": lambda key: json.dumps(json.dumps(key)),
    "html": html.escape,
    "html, all": lambda key: "".join(f"&#{ord(char)};" for char in key),
    "base64": lambda key: base64.b64encode(key.encode()).decode(),
    "base64 in a header": lambda key: base64.b64encode(f"user:{key} and more".encode()).decode(),
    "base64 for URLs": lambda key: base64.urlsafe_b64encode(f"Bearer {key}".encode()).decode(),
    "base64 in a URL": lambda key: quote(base64.b64encode(f"x{key}".encode()).decode(), safe=""),
    "hexadecimal": lambda key: key.encode().hex(),
    "hidden characters": "\u200b".join,
    "broken lines": lambda key: f"{key[:4]}\n{key[4:]}",
}
keys = st.text(string.ascii_letters + string.digits + "-_.+/=:~", min_size=12, max_size=60)


@settings(max_examples=12)  # all forms of a key at once: its pattern, which is slow to compile, is compiled once
@given(keys, st.text(max_size=20), st.text(max_size=20))
def test_a_key_is_removed_in_every_form(key: str, before: str, after: str) -> None:
    """What is left neither holds it nor a form of it, as far as one can be read back."""
    for form, write in FORMS.items():
        written = write(key)
        struck = redact(f"{before} {written} {after}", key)

        assert written not in struck, form
        assert key.lower() not in struck.lower(), form
        assert MARK in struck, form


@given(st.text(max_size=200))
def test_a_text_without_a_key_stays(text: str) -> None:
    """Byte by byte, in answers of servers as in messages."""
    assume("://" not in text)

    assert redact(text, "sk-123456789") == text
    assert redact_bytes(text.encode("utf-8", "replace"), "sk-123456789") == text.encode("utf-8", "replace")


@pytest.mark.parametrize("address", ["https://me:hush@host/a", "http://hush@host", "socks5://a:hush@10.0.0.1:99/"])
def test_the_password_of_an_address_is_removed(address: str) -> None:
    """The rest of the address stays."""
    struck = redact(f"cannot reach {address}.")

    assert "hush" not in struck
    assert address.rpartition("@")[2] in struck


def test_user_and_password_are_read_as_written_and_decoded() -> None:
    """A server is sent the decoded ones."""
    assert set(userinfo("https://me:hush%2Fhush@host")) == {"me", "hush%2Fhush", "hush/hush"}
    assert userinfo("https://host") == userinfo("http://[half") == ()


def test_errors_hold_no_key_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever raises them, and whatever the variable is for; a short value is a word like any other."""
    monkeypatch.setenv("SOME_PROVIDER_API_KEY", "sk-123456789")
    monkeypatch.setenv("HTTPS_PROXY", "http://me:proxy-password@proxy:3128")
    monkeypatch.setenv("OTHER_TOKEN", "with")

    error = SourceError("refused with sk-123456789", "unset PROXY-PASSWORD")

    assert (error.message, str(error), error.hint) == (f"refused with {MARK}", f"refused with {MARK}", f"unset {MARK}")
