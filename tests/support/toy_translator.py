"""A program that "translates" a line at a time into something that looks like the language, or misbehaves.

It is no language: it spells the words of the source in the target's script, at the target's length, so that the whole
way of a translation can be run for eleven languages and each kind of fault.
"""

from __future__ import annotations

import re
import sys
import time
from itertools import count

ALPHABETS = {
    "ru": "абвгдежзиклмнопрстуфхцчшщэ",
    "ar": "ابتثجحخدذرزسشصضطظعغفقكلمنه",
    "hi": "अआइईउऊएऐओऔकखगघचछजझटठडढणतथद",
}
DENSE = {
    "ja": ("あいうえおかきくけこさしすせそたちつてとなにぬねのは", 0.42),
    "zh": ("的一是不了人我在有他这为之大来以个中上们到说国和地也", 0.33),
    "ko": ("가나다라마바사아자차카타파하거너더러머버서어저처커터", 0.5),
}
TOKEN = re.compile(r"[XZQ]{2}\d+|[^\W\d_]+|\W+|\w+")


def toy(line: str, target: str) -> str:
    """Spell a line in the script of a language; marks, numbers and signs stay."""
    return "".join(_word(token, target) for token in TOKEN.findall(line)).replace("  ", " ")


def _word(token: str, target: str) -> str:
    if not token.isalpha() or re.fullmatch(r"[XZQ]{2}\d+", token):
        return "" if target in {"ja", "zh"} and token.isspace() else token
    spots = [ord(letter.lower()) % 26 for letter in token]
    if target in ALPHABETS:
        return "".join(ALPHABETS[target][spot] for spot in spots)
    if target in DENSE:
        signs, length = DENSE[target]
        return "".join(signs[spot] for spot in spots[: max(1, round(len(spots) * length))])
    return token[::-1].lower() + "o"  # a Latin script


def more(line: str) -> str:
    """Add one to each figure that is no part of a mark."""
    return re.sub(r"(?<![XZQ\d])\d", lambda found: str((int(found[0]) + 1) % 10), line)


def hostile(manner: str, line: str, target: str) -> str:
    """Return what a bad program says."""
    said = toy(line, target)
    return {
        "drops": re.sub(r"[XZQ]{2}\d+", "", said),
        "doubles": re.sub(r"([XZQ]{2}\d+)", r"\1 \1", said),
        "counts": more(said),
        "adds": f"{said} 77",
        "echoes": line,
        "empty": "",
        "long": " ".join([said] * 5),
        "short": said[: len(said) // 4],
        "html": f"{said} <script>alert(1)</script>",
        "tex": f"{said} \\input{{/etc/passwd}}",
        "cites": f"{said} [@2999.99999]",
        "links": f"{said} www.example.org",
        "script": re.sub(r"(?![XZQ]{2}\d)[^\W\d_]", "ω", line),
    }[manner]


EVERY = (
    *("drops", "doubles", "counts", "adds", "echoes", "empty", "long", "short", "html", "tex", "cites", "links"),
    "script",
)


EVERY = (
    *("drops", "doubles", "counts", "adds", "echoes", "empty", "long", "short", "html", "tex", "cites", "links"),
    "script",
)


def answer(manner: str, number: int, line: str, target: str) -> bytes:
    """Return the bytes for one line."""
    said = toy(line, target).encode()
    if manner == "bytes":
        return b"\xff\xfe " + said + b"\xff\n"
    if manner == "splits":
        return said + b"\n\n"
    if manner in {"honest", "dies"} or (manner == "moody" and number % 14 == 13):
        return said + b"\n"
    one = EVERY[number % 14] if manner == "moody" else manner
    return f"{hostile(one, line, target)}\n".encode()


def main(manner: str, target: str) -> None:
    """Answer the lines of standard input."""
    if manner == "hangs":
        time.sleep(60)
    if manner == "babbles":
        for _ in count():
            sys.stdout.buffer.write(b"bla " * 10_000)
    for number, raw in enumerate(sys.stdin.buffer):
        if manner == "dies" and number % 2:
            sys.exit(3)
        sys.stdout.buffer.write(answer(manner, number, raw.decode().rstrip("\n"), target))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
