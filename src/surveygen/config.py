"""Read survey.toml into frozen settings."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from surveygen.domain.text import slugify
from surveygen.errors import ConfigError
from surveygen.tables import read_table

FILE_NAME = "survey.toml"
_ARXIV_URLS = ("api_url", "oai_url", "feed_url")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MIN_INTERVAL_SECONDS = 3.0  # https://info.arxiv.org/help/api/tou.html: one request every three seconds


@dataclass(frozen=True, slots=True)
class ArxivSettings:
    """``[sources.arxiv]``: what to ask arXiv, and how politely.

    `min_interval_seconds` is the pause from the end of one request to the start of the next; below 3.0 it is
    accepted for loopback hosts only. `contact` is an address for the User-Agent, wanted for more than 20 requests.

    `sets` are OAI setSpecs ("cs:cs:CL", "math") to harvest instead of the query, from `since` on (a day; empty means
    all there is). `feeds` are categories ("cs.CL") whose daily feed may say that there is nothing to do.
    One run spends at most `max_requests`, `max_megabytes` (2**20 bytes) and `max_minutes`; 0 means no limit.
    """

    query: str = ""
    api_url: str = "https://export.arxiv.org/api/query"
    contact: str = ""
    min_interval_seconds: float = MIN_INTERVAL_SECONDS
    max_papers: int = 2000
    sets: tuple[str, ...] = ()
    since: str = ""
    oai_url: str = "https://oaipmh.arxiv.org/oai"
    feeds: tuple[str, ...] = ()
    feed_url: str = "https://rss.arxiv.org/atom"
    max_requests: int = 0
    max_megabytes: int = 0
    max_minutes: float = 0.0

    def __post_init__(self) -> None:
        hosts = {name: _address(f"sources.arxiv.{name}", getattr(self, name)).hostname for name in _ARXIV_URLS}
        loopback = hosts["api_url"] in LOOPBACK
        if self.min_interval_seconds < MIN_INTERVAL_SECONDS and not loopback:
            raise ConfigError(
                f"sources.arxiv.min_interval_seconds: {self.min_interval_seconds} is below arXiv's limit",
                f"use {MIN_INTERVAL_SECONDS} or more",
                path="sources.arxiv.min_interval_seconds",
            )
        if self.max_papers < 1:
            raise ConfigError("sources.arxiv.max_papers: must be at least 1", path="sources.arxiv.max_papers")
        for name in ("max_requests", "max_megabytes", "max_minutes"):
            if getattr(self, name) < 0:
                where = f"sources.arxiv.{name}"
                raise ConfigError(f"{where}: is below 0", "use 0 for no limit", path=where)
        if self.since and not _is_day(self.since):
            raise ConfigError(
                f"sources.arxiv.since: {self.since!r} is no day", "write it as 2025-01-31", path="sources.arxiv.since"
            )


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """``[sources]``."""

    arxiv: ArxivSettings = field(default_factory=ArxivSettings)


@dataclass(frozen=True, slots=True)
class CitationSettings:
    """``[citations]``: which graphs to ask who cites whom, in this order; none by default.

    What a graph told of a paper is asked again after `max_age_days`; one run makes at most `max_requests` requests,
    0 for no limit. Keys come from the environment (`api_key`).
    """

    providers: tuple[str, ...] = ()
    max_age_days: int = 30
    max_requests: int = 100
    semantic_scholar_url: str = "https://api.semanticscholar.org/graph/v1"
    openalex_url: str = "https://api.openalex.org"

    def __post_init__(self) -> None:
        for name in ("max_age_days", "max_requests"):
            if getattr(self, name) < 0:
                raise ConfigError(f"citations.{name}: is below 0", "use 0 or more", path=f"citations.{name}")
        for name in ("semantic_scholar_url", "openalex_url"):
            address = _address(f"citations.{name}", getattr(self, name))
            if address.scheme != "https" and address.hostname not in LOOPBACK:
                raise ConfigError(
                    f"citations.{name}: {getattr(self, name)!r} is not https",
                    "a key must not travel in the clear",
                    path=f"citations.{name}",
                )


@dataclass(frozen=True, slots=True)
class EmbedSettings:
    """``[embed]``: the encoder and its model; `max_length` in tokens, 0 threads means all usable CPUs."""

    encoder: str = "sentence"
    model: str = "all-MiniLM-L6-v2"
    dtype: Literal["auto", "float32", "bfloat16"] = "auto"
    max_length: int = 256
    batch_size: int = 32
    threads: int = 0


@dataclass(frozen=True, slots=True)
class ThemeSettings:
    """``[themes]``: `subthemes` says where the lower levels come from; `target` top themes when inducing, 0 is free.

    `max_moved` is the share of the papers placed before, 0 to 1, that may move on evidence alone until new papers come.
    `author` signs decisions about themes; empty means the login name.
    """

    subthemes: Literal["given", "induced", "none"] = "given"
    seed: int = 0
    target: int = 0
    max_moved: float = 0.01
    author: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.max_moved <= 1:
            where = "themes.max_moved"
            raise ConfigError(f"{where}: {self.max_moved} is no share", "use a number from 0 to 1", path=where)


@dataclass(frozen=True, slots=True)
class SummarizeSettings:
    """``[summarize]``: the method ("extractive" or "llm"), and how many sentences the text of a theme may hold."""

    method: str = "extractive"
    sentences_per_theme: int = 12


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """``[llm]``: the language model that writes where ``summarize.method`` is "llm". Keys come from the environment.

    `model` is "provider:name" as langchain's ``init_chat_model`` has it; `base_url` another server of that provider's
    kind. `max_cost_usd` bounds one run, 0 for no bound; prices are in US dollars per million tokens, 0 for unknown.
    `max_tokens` bounds an answer, `timeout_seconds` one request. A `seed` below 0 is not sent. `json_schema` asks the
    server to keep to a schema; for servers that refuse that, false.
    """

    model: str = ""
    base_url: str = ""
    max_cost_usd: float = 0.0
    input_usd_per_million: float = 0.0
    output_usd_per_million: float = 0.0
    max_concurrency: int = 4
    timeout_seconds: float = 60.0
    max_tokens: int = 1200
    temperature: float = 0.0
    seed: int = -1
    json_schema: bool = True

    def __post_init__(self) -> None:
        if self.model and not re.fullmatch(r"[a-z0-9_]+:\S+", self.model):
            raise ConfigError(
                f"llm.model: {self.model!r} is not provider:name", 'such as "openai:gpt-5-mini"', path="llm.model"
            )
        for name, least in (("max_concurrency", 1), ("max_tokens", 1), ("max_cost_usd", 0), ("temperature", 0)):
            if getattr(self, name) < least:
                raise ConfigError(f"llm.{name}: must be at least {least}", path=f"llm.{name}")
        if self.timeout_seconds <= 0:
            raise ConfigError("llm.timeout_seconds: must be above 0", path="llm.timeout_seconds")
        if min(self.input_usd_per_million, self.output_usd_per_million) < 0:
            raise ConfigError("llm: a price is below 0", "use 0 where it is unknown", path="llm.input_usd_per_million")
        if self.max_cost_usd and not self.priced:
            raise ConfigError(
                "llm.max_cost_usd: a bound needs prices",
                "set input_usd_per_million and output_usd_per_million under [llm]",
                path="llm.max_cost_usd",
            )

    @property
    def priced(self) -> bool:
        """Whether a cost can be told."""
        return self.input_usd_per_million > 0 or self.output_usd_per_million > 0

    def cost(self, input_tokens: int, output_tokens: int) -> float:
        """Return US dollars; 0 where prices are unknown."""
        return (input_tokens * self.input_usd_per_million + output_tokens * self.output_usd_per_million) / 1e6


@dataclass(frozen=True, slots=True)
class TranslateSettings:
    """``[translate]``: the engine that says sentences in the language of an edition; "none" leaves them as they are.

    `languages` are the editions to translate, all if empty. `command` are the words of a program, with ``{source}`` and
    ``{target}`` for the languages; it gets a sentence a line, or one a run with `per_sentence`, and `timeout_seconds`
    for each run. `codes` say what an engine calls a language ("es=spa"); `model` is a folder for ctranslate2.
    A translation whose meaning, by `encoder` and its `encoder_model`, agrees less than `least_agreement` (cosine) with
    the source does not stand; without an encoder nothing of the kind is measured. With "multilingual", 0.5 lets all of
    999 good ones and 5 % of wrong ones pass (benchmarks/translation.py). Another `revision` translates anew.
    """

    engine: str = "none"
    languages: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    per_sentence: bool = False
    codes: tuple[str, ...] = ()
    model: str = ""
    timeout_seconds: float = 60.0
    encoder: str = ""
    encoder_model: str = ""
    least_agreement: float = 0.5
    revision: str = ""

    def __post_init__(self) -> None:
        for engine, name in (("command", "command"), ("ctranslate2", "model")):
            if self.engine == engine and not getattr(self, name):
                where = f"translate.{name}"
                raise ConfigError(f"{where}: is not set, and translate.engine is {engine!r}", "name it", path=where)
        for code in self.codes:
            if not re.fullmatch(r"[a-z]{2,3}=\S+", code):
                where = "translate.codes"
                raise ConfigError(f"{where}: {code!r} is not language=code", 'such as "es=spa"', path=where)
        if self.timeout_seconds <= 0:
            raise ConfigError("translate.timeout_seconds: must be above 0", path="translate.timeout_seconds")
        if not -1 <= self.least_agreement <= 1:
            where = "translate.least_agreement"
            raise ConfigError(f"{where}: {self.least_agreement} is no cosine", "use -1 to 1", path=where)

    def code(self, language: str) -> str:
        """Return what the engine calls a language."""
        return dict(code.split("=", 1) for code in self.codes).get(language, language)


@dataclass(frozen=True, slots=True)
class LatexSettings:
    """``[latex]``: the form of ``survey.tex``.

    `columns` 0 is what the document class is made for: one of article, two of acmart (sigconf) and IEEEtran (journal),
    which have no other here.
    """

    document_class: Literal["article", "acmart", "IEEEtran"] = "article"
    columns: Literal[0, 1, 2] = 0
    paper: Literal["a4", "letter"] = "a4"
    bibliography: Literal["thebibliography", "biblatex"] = "thebibliography"

    def __post_init__(self) -> None:
        if self.columns == 1 and self.document_class != "article":
            raise ConfigError(
                f"latex.columns: {self.document_class} is set in two",
                'use 2, or document_class = "article"',
                path="latex.columns",
            )

    @property
    def two_columns(self) -> bool:
        """Whether the running text stands in two columns."""
        return self.columns == 2 or self.document_class != "article"


@dataclass(frozen=True, slots=True)
class Settings:
    """One survey.toml.

    `profile` is a shipped name, the path of a taxonomy TOML, or "none": then the first build induces the themes.
    """

    title: str
    slug: str = ""
    profile: str = "none"
    languages: tuple[str, ...] = ("en",)
    formats: tuple[str, ...] = ("html", "latex", "markdown", "json")
    sources: SourceSettings = field(default_factory=SourceSettings)
    citations: CitationSettings = field(default_factory=CitationSettings)
    embed: EmbedSettings = field(default_factory=EmbedSettings)
    themes: ThemeSettings = field(default_factory=ThemeSettings)
    summarize: SummarizeSettings = field(default_factory=SummarizeSettings)
    llm: LlmSettings = field(default_factory=LlmSettings)
    translate: TranslateSettings = field(default_factory=TranslateSettings)
    latex: LatexSettings = field(default_factory=LatexSettings)

    def __post_init__(self) -> None:
        for where, choice in (("summarize.method", self.summarize.method), ("translate.engine", self.translate.engine)):
            if choice == "llm" and not self.llm.model:
                raise ConfigError(
                    f"llm.model: is not set, and {where} is 'llm'",
                    'set model = "provider:name" under [llm]',
                    path="llm.model",
                )
        if not self.title.strip():
            raise ConfigError("title: must not be empty", path="title")
        if not self.slug:
            object.__setattr__(self, "slug", slugify(self.title))
        if self.slug != slugify(self.slug):
            raise ConfigError(f"slug: {self.slug!r} is no folder name", f"use {slugify(self.slug)!r}", path="slug")

    def of_format(self, name: str) -> tuple[LatexSettings, ...]:
        """Return the table that an output format has of its own; none for most."""
        return (self.latex,) if name == "latex" else ()


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with a survey.toml, and where its things are."""

    root: Path
    settings: Settings

    @property
    def database(self) -> Path:
        """The store."""
        return self.root / "corpus" / "corpus.db"

    @property
    def answers(self) -> Path:
        """What language models answered, beside the store."""
        return self.root / "corpus" / "answers.db"

    @property
    def glossary(self) -> Path:
        """Terms with a translation of their own, a file a language."""
        return self.root / "glossary"

    @property
    def output(self) -> Path:
        """Drafts; may always be deleted."""
        return self.root / "output"

    @property
    def templates(self) -> Path:
        """Templates of this survey; a file here goes before the shipped one of the same path."""
        return self.root / "templates"


def find_project(start: Path, *, exact: bool = False) -> Project:
    """Open the nearest folder upwards that has a survey.toml, or exactly `start`.

    Raises:
        ConfigError: there is none, or its survey.toml cannot be used.
    """
    start = start.resolve()
    for folder in [start] if exact else [start, *start.parents]:
        if (folder / FILE_NAME).is_file():
            return Project(folder, load_settings(folder / FILE_NAME))
    raise ConfigError(f"no {FILE_NAME} in {start}" + ("" if exact else " or above"), "run: surveygen init my-survey")


def load_settings(path: Path) -> Settings:
    """Read one survey.toml.

    Raises:
        ConfigError: not readable, not TOML, an unknown key (with the nearest valid one) or a value of another type.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}", "check the path and its permissions") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}", "mend the file") from error
    return read_table(Settings, data, FILE_NAME)


def _address(where: str, url: str) -> SplitResult:
    """Take a URL apart.

    Raises:
        ConfigError: it is none of the web.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(f"{where}: {url!r} is no address of the web", "write it as https://host/path", path=where)
    return parts


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
