"""A server that speaks OpenAI's chat protocol and behaves as well or as badly as a test wants."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any

Manner = Callable[["Asked"], "Said"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: its messages, how often the server was asked before, and the papers of the prompt."""

    messages: tuple[str, ...]
    before: int
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def sentences(self) -> list[tuple[int, str, str]]:
        """Return (paper number, label, text) of every numbered sentence."""
        found = re.findall(r"^((\d+)\.\d+) (.+)$", self.messages[1], re.MULTILINE)
        return [(int(number), label, text) for label, number, text in found]

    @property
    def roles(self) -> list[str]:
        """Return the roles that a claim may have."""
        told = re.search(r'"role": one of ([^;]+);', self.messages[1])
        return told[1].split(", ") if told else []

    @property
    def planned(self) -> list[list[int]]:
        """Return the paper numbers of each group of a plan's request, or of each paragraph that is to be written."""
        groups = self.messages[1].split("\nGroup ")[1:]
        if groups:
            return [list(map(int, re.findall(r"^(\d+)(?: \(\d+\))?: ", group, re.MULTILINE))) for group in groups]
        lines = re.findall(r"^Paragraph \d+: .*; papers ([\d, ]+)$", self.messages[1], re.MULTILINE)
        return [list(map(int, line.split(", "))) for line in lines] or [sorted({it[0] for it in self.sentences})]

    @property
    def called(self) -> dict[int, str]:
        """Return what the authors of each paper are called."""
        found = re.findall(r"^\[(\d+)\] (.+?)(?: \(\d{4}\))?: ", self.messages[1], re.MULTILINE)
        return {int(number): name for number, name in found}

    @property
    def rejected(self) -> list[tuple[int, str]]:
        """Return (number, reason) of the sentences that are to be written again."""
        found = re.findall(r"^(\d+): .*\(rejected: (.*)\)$", self.messages[1], re.MULTILINE)
        return [(int(number), reason) for number, reason in found]

    @property
    def task(self) -> str:
        """Return the first words of the request."""
        return self.messages[1][:40]


@dataclass(frozen=True, slots=True)
class Said:
    """One response."""

    text: str = ""
    status: int = 200
    finish: str = "stop"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    hang: float = 0.0


def claim(role: str, text: str, cites: list[Any], evidence: list[Any]) -> dict[str, Any]:
    """Word a claim."""
    return {"role": role, "text": text, "cites": cites, "evidence": evidence}


def plan(*paragraphs: list[int], kind: str = "group", topic: str = "") -> Said:
    """Plan paragraphs of these papers."""
    return Said(json.dumps({"paragraphs": [{"kind": kind, "topic": topic, "papers": it} for it in paragraphs]}))


def honest(asked: Asked) -> Said:
    """Repeat the longest sentence of each paper, credited to it; for the frame join those of two papers."""
    if asked.task.startswith("Plan"):
        return plan(*asked.planned)
    if asked.task.startswith("Name"):
        return Said(json.dumps({"names": list(_names(asked))}))
    joint = {"Write the introduction": "while", "Write the abstract": "and", "Write the outlook": "whereas"}
    word = next((word for words, word in joint.items() if asked.task.startswith(words)), None)
    if word:
        return Said(json.dumps({"claims": list(_joined(asked, word))}))
    claims = []
    of_paper = {paper: number for number, papers in enumerate(asked.planned, start=1) for paper in papers}
    for number in dict.fromkeys(number for number, _, _ in asked.sentences):
        mine = [(label, text) for of, label, text in asked.sentences if of == number]
        label, text = max(mine, key=lambda each: len(each[1]))
        text = re.sub(r"\b[Ww]e\b", f"[{number}] and colleagues", text)
        role = asked.roles[number % len(asked.roles)]
        claims.append({**claim(role, text, [number], [label]), "number": of_paper.get(number, 1)})
    return Said(json.dumps({"claims": claims}))


def _names(asked: Asked) -> Iterator[dict[str, Any]]:
    """Name each theme by the last words of its first title, and define it by its keywords."""
    found = re.findall(r"^(\d+): \d+ papers; .*; keywords: (.*)\n\n- (.+)$", asked.messages[1], re.MULTILINE)
    for number, keywords, title in found:
        name = " ".join(re.findall(r"[^\W\d_]+", title)[-2:])
        yield {"number": int(number), "name": name, "definition": f"These papers study {name} and {keywords.lower()}."}


def _joined(asked: Asked, word: str) -> Iterator[dict[str, Any]]:
    """Join each sentence with the next one of another paper."""
    for (one, label, text), (other, beside, more) in pairwise(asked.sentences):
        if one != other:
            both = f"{text.rstrip('.')}, {word} {more[:1].lower()}{more[1:]}"
            yield claim(asked.roles[0], both, [one, other], [label, beside])


def perfect(asked: Asked) -> Said:
    """Join the sentences of each two papers of a paragraph, and tie the first two of these with glue."""
    if asked.task.startswith(("Plan", "Make", "Name")):
        return honest(asked)
    claims: list[dict[str, Any]] = []
    for number, papers in enumerate(asked.planned, start=1):
        told = [best for paper in papers if (best := _best(asked, paper))]
        pairs = [told[at : at + 2] for at in range(0, len(told), 2)]
        for pair in pairs:
            words = [text.rstrip(".") + f" [{paper}]" for paper, _, text in pair]
            text = f"{', while '.join(words)}."
            cites, labels = [paper for paper, _, _ in pair], [label for _, label, _ in pair]
            claims.append({**claim("approach", text, cites, labels), "number": number, "glue": False})
            if pair == pairs[0]:
                rare = re.findall(r"[a-z]{7,}", told[-1][2])[:2]
                glue = f"Further papers turn to {' and '.join(rare)}."
                claims.append({**claim("approach", glue, [], []), "number": number, "glue": True})
    return Said(json.dumps({"claims": claims}))


def _best(asked: Asked, paper: int) -> tuple[int, str, str] | None:
    """Return the first sentence of a paper that speaks of nobody but its authors, by their name."""
    for number, label, text in asked.sentences:
        named = re.sub(r"\b[Ww]e\b", asked.called[paper], text)
        plain = named.endswith(".") and not re.search(r"\b(?:[Oo]ur|[Tt]h[ei]s[e ]|[Ii]t|[Tt]hey|us|here)\b", named)
        if number == paper and plain and ":" not in named and len(named.split()) < 40:
            return paper, label, named
    return None


class LanguageServer:
    """Answers in a manner that a test may change, and notes what it was asked."""

    def __init__(self) -> None:
        self.manner: Manner = honest
        self.asked: list[Asked] = []
        self.faults: Counter[str] = Counter()
        self.connections = 0
        self._lock = threading.Lock()
        self._going = threading.Event()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def setup(self) -> None:
                owner.connections += 1
                super().setup()

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                messages = tuple(message["content"] for message in body.pop("messages"))
                said = owner._say(messages, body)
                owner._going.wait(said.hang)
                self._send(said)

            def _send(self, said: Said) -> None:
                data = said.body if said.body is not None else _completion(said)
                try:
                    self.send_response(said.status)
                    for name, value in {"Content-Type": "application/json", **said.headers}.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except (BrokenPipeError, ConnectionResetError):
                    owner.faults["gone"] += 1

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def _say(self, messages: tuple[str, ...], options: dict[str, Any]) -> Said:
        with self._lock:
            asked = Asked(messages, len(self.asked), options)
            self.asked.append(asked)
        return self.manner(asked)

    @contextmanager
    def running(self) -> Iterator[LanguageServer]:
        """Serve until the block ends."""
        self._thread.start()
        try:
            yield self
        finally:
            self._going.set()
            self._server.shutdown()
            self._server.server_close()


def _completion(said: Said) -> bytes:
    message = {"role": "assistant", "content": said.text}
    usage = {"prompt_tokens": 400, "completion_tokens": 100, "total_tokens": 500}
    choice = {"index": 0, "finish_reason": said.finish, "message": message}
    answer = {"id": "1", "object": "chat.completion", "created": 1, "model": "test", "choices": [choice]}
    return json.dumps({**answer, "usage": usage}).encode()
