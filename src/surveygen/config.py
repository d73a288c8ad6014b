"""Settings of a survey: classes with defaults.

The class docstrings are the documentation of the keys: ``surveygen init`` writes them into survey.toml.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, urlsplit

import tomli_w
from msgspec import Meta

from surveygen.domain.license import Show
from surveygen.domain.text import slugify
from surveygen.errors import ConfigError
from surveygen.toml_files import read_toml

FILE_NAME = "survey.toml"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MIN_PAGE_INTERVAL_SECONDS = 15.0  # https://arxiv.org/robots.txt: Crawl-delay
MIN_INTERVAL_SECONDS = 3.0  # https://info.arxiv.org/help/api/tou.html: one request every three seconds

# Every number has both limits: the upper ones are far above any use, and keep a slip from exhausting the machine.
Count = Annotated[int, Meta(ge=0, le=10**9)]
Positive = Annotated[int, Meta(ge=1, le=10**7)]
Few = Annotated[int, Meta(ge=1, le=10_000)]
Seed = Annotated[int, Meta(ge=0, lt=2**32)]
Amount = Annotated[float, Meta(ge=0, le=1e6)]
Seconds = Annotated[float, Meta(gt=0, le=86_400)]
Names = tuple[Annotated[str, Meta(min_length=1)], ...]
SomeNames = Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(min_length=1)]


@dataclass(frozen=True, slots=True)
class ArxivSettings:
    """Queries to arXiv and their limits.

    Attributes:
        query: query of fetch and refresh, in arXiv's syntax, such as: cat:cs.CL AND abs:alignment
        api_url: address of the query API.
        contact: your mail address, sent to arXiv; required for more than 20 requests.
        min_interval_seconds: seconds from the end of one request to the start of the next; at least 3.0, except on
            loopback hosts.
        max_papers: most papers of one query.
        sets: OAI-PMH sets to harvest instead of the query, such as ["cs:cs:CL", "math"].
        since: day from which the first harvest of a set starts, such as 2025-01-31; empty: from the beginning.
        oai_url: address of the OAI-PMH server.
        feeds: categories whose daily feed "refresh --if-announced" reads first, such as ["cs.CL"].
        feed_url: address of the daily feeds.
        html_url: address of the HTML pages of papers, which "fetch --full-text" reads.
        page_interval_seconds: seconds from the end of one page to the start of the next; at least 15.0, except on
            loopback hosts.
        max_requests: requests that one run may send; the next run continues; 0: no limit.
        max_megabytes: megabytes (2**20 bytes) that one run may fetch; 0: no limit.
        max_minutes: minutes that one run may take; 0: no limit.
    """

    query: str = ""
    api_url: str = "https://export.arxiv.org/api/query"
    contact: str = ""
    min_interval_seconds: Annotated[float, Meta(ge=0, le=86_400)] = MIN_INTERVAL_SECONDS
    max_papers: Positive = 2000
    sets: Names = ()
    since: str = ""
    oai_url: str = "https://oaipmh.arxiv.org/oai"
    feeds: Names = ()
    feed_url: str = "https://rss.arxiv.org/atom"
    html_url: str = "https://arxiv.org/html"
    page_interval_seconds: Annotated[float, Meta(ge=0, le=86_400)] = MIN_PAGE_INTERVAL_SECONDS
    max_requests: Count = 0
    max_megabytes: Count = 0
    max_minutes: Amount = 0.0

    def __post_init__(self) -> None:
        hosts = {name: _parse_url(f"sources.arxiv.{name}", getattr(self, name)) for name in _ARXIV_URLS}
        for name, floor, url in (
            ("min_interval_seconds", MIN_INTERVAL_SECONDS, "api_url"),
            ("page_interval_seconds", MIN_PAGE_INTERVAL_SECONDS, "html_url"),
        ):
            seconds = getattr(self, name)
            if not seconds >= floor and hosts[url].hostname not in LOOPBACK:  # nan is not, too
                raise _invalid(f"sources.arxiv.{name}", f"{seconds} is below arXiv's limit", f"use {floor} or more")
        if self.since and not _is_day(self.since):
            raise _invalid("sources.arxiv.since", f"{self.since!r} is not a valid date", "write it as 2025-01-31")


_ARXIV_URLS = ("api_url", "oai_url", "feed_url", "html_url")


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """Sources of papers.

    Attributes:
        arxiv: queries to arXiv.
    """

    arxiv: ArxivSettings = field(default_factory=ArxivSettings)


@dataclass(frozen=True, slots=True)
class CitationSettings:
    """Services that know who cites whom; their keys are read from the environment only.

    Attributes:
        providers: services to query, in this order: "semantic_scholar", "openalex".
        max_age_days: days after which the citations of a paper are fetched again.
        max_requests: requests that one run may send to all services together; 0: no limit.
        semantic_scholar_url: address of Semantic Scholar; an optional key is SEMANTIC_SCHOLAR_API_KEY.
        openalex_url: address of OpenAlex; the required key is OPENALEX_API_KEY.
    """

    providers: Names = ()
    max_age_days: Annotated[int, Meta(ge=0, le=36_500)] = 30
    max_requests: Count = 100
    semantic_scholar_url: str = "https://api.semanticscholar.org/graph/v1"
    openalex_url: str = "https://api.openalex.org"

    def __post_init__(self) -> None:
        for name in ("semantic_scholar_url", "openalex_url"):
            where, url = f"citations.{name}", getattr(self, name)
            parts = _parse_url(where, url)
            if parts.scheme != "https" and parts.hostname not in LOOPBACK:
                raise _invalid(where, f"{url!r} is not https", "use https: a key must not be sent unencrypted")


@dataclass(frozen=True, slots=True)
class FullTextSettings:
    """Full texts of papers; docs/trust.md says what is stored.

    Attributes:
        keep_pages: whether pages stay in the store once they are read; they take about 70 kB each.
        show: what drafts show of papers without an open license: "licensed" (where something stands, with a link),
            "quotations" (short ones, below 40 words) or "none" (nothing); with "none" no sentence of any full text is
            shown; facts, names and numbers are in each case.
    """

    keep_pages: bool = True
    show: Show = "licensed"


@dataclass(frozen=True, slots=True)
class EmbedSettings:
    """Encoder that turns papers into vectors.

    Attributes:
        encoder: "sentence", "lsa" (needs no torch) or "multilingual" (16 languages; needs no torch).
        model: name or folder of a sentence-transformers model.
        dtype: "auto" (bfloat16 where the CPU supports it), "float32" or "bfloat16".
        max_length: tokens of a text that are read.
        batch_size: texts that are encoded at once.
        threads: CPU threads; 0: all usable CPUs.
    """

    encoder: str = "sentence"
    model: str = "all-MiniLM-L6-v2"
    dtype: Literal["auto", "float32", "bfloat16"] = "auto"
    max_length: Annotated[int, Meta(ge=1, le=1_000_000)] = 256
    batch_size: Few = 32
    threads: Annotated[int, Meta(ge=0, le=4096)] = 0


@dataclass(frozen=True, slots=True)
class ThemeSettings:
    """Themes and the assignment of papers to them.

    Attributes:
        subthemes: "given" (only those of the profile), "induced" (more where a large theme has none) or "none" (one
            level).
        seed: random seed.
        target: number of top themes to induce; 0: chosen from the data.
        max_moved: share of the papers assigned before that may move on evidence alone between two arrivals of new
            papers, 0 to 1.
        author: name that signs decisions and edits; empty: the login name.
    """

    subthemes: Literal["given", "induced", "none"] = "given"
    seed: Seed = 0
    target: Annotated[int, Meta(ge=0, le=10_000)] = 0
    max_moved: Annotated[float, Meta(ge=0, le=1)] = 0.01
    author: str = ""


@dataclass(frozen=True, slots=True)
class SummarizeSettings:
    """Texts of the themes.

    Attributes:
        method: "extractive", or "llm": written by the model of [llm] and checked against the abstracts.
        sentences_per_theme: most sentences in the text of a theme; it has 0.8 for each paper, and at least 8.
    """

    method: str = "extractive"
    sentences_per_theme: Few = 60


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """Language model; abstracts are sent to it, and its keys are read from the environment only.

    Attributes:
        model: "provider:name", such as "openai:gpt-5-mini" or "ollama:qwen3".
        base_url: another server that speaks the provider's protocol, such as http://127.0.0.1:8080/v1
        max_cost_usd: US dollars that one run may cost; needs the two prices; 0: no limit.
        input_usd_per_million: price in US dollars of a million input tokens; 0: unknown.
        output_usd_per_million: price in US dollars of a million output tokens; 0: unknown.
        max_concurrency: requests at once.
        timeout_seconds: seconds that one request may take, from the first byte sent to the last one received.
        max_tokens: most tokens of one response.
        temperature: sampling temperature; "none": not sent, for models that accept none.
        seed: random seed sent to the server; -1: not sent.
        json_schema: whether responses are constrained by a schema; false for servers that refuse one.
        tracing: whether prompts and responses may be sent to LangSmith where its variables, such as LANGSMITH_TRACING,
            ask for it.
        options: more options of the provider's langchain class, such as reasoning_effort.
    """

    model: str = ""
    base_url: str = ""
    max_cost_usd: Amount = 0.0
    input_usd_per_million: Amount = 0.0
    output_usd_per_million: Amount = 0.0
    max_concurrency: Annotated[int, Meta(ge=1, le=256)] = 4
    timeout_seconds: Seconds = 60.0
    max_tokens: Positive = 1200
    temperature: Annotated[float, Meta(ge=0, le=10)] | Literal["none"] = 0.0
    seed: Annotated[int, Meta(ge=-1, le=2**63 - 1)] = -1
    json_schema: bool = True
    tracing: bool = False
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.model and not re.fullmatch(r"[a-z0-9_]+:\S+", self.model):
            raise _invalid("llm.model", f"{self.model!r} is not provider:name", 'write it as "openai:gpt-5-mini"')
        if self.max_cost_usd and not self.priced:
            raise _invalid(
                "llm.max_cost_usd",
                "a limit needs prices",
                "set input_usd_per_million and output_usd_per_million under [llm]",
            )
        for name in self.options:
            if name in _OWN_OPTIONS:
                raise _invalid(f"llm.options.{name}", "is set by surveygen itself", _OWN_OPTIONS[name])

    @property
    def priced(self) -> bool:
        """Whether a cost can be computed."""
        return self.input_usd_per_million > 0 or self.output_usd_per_million > 0

    def cost(self, input_tokens: int, output_tokens: int) -> float:
        """Return US dollars; 0 where prices are unknown."""
        return (input_tokens * self.input_usd_per_million + output_tokens * self.output_usd_per_million) / 1e6


# Options of langchain's classes that surveygen sets, and what to write instead.
_OWN_OPTIONS = {
    **dict.fromkeys(("model", "model_name", "model_provider"), "set llm.model"),
    **dict.fromkeys(("base_url", "openai_api_base", "anthropic_api_url", "endpoint"), "set llm.base_url"),
    **dict.fromkeys(("max_tokens", "max_completion_tokens", "num_predict"), "set llm.max_tokens"),
    **dict.fromkeys(("timeout", "request_timeout", "max_retries"), "set llm.timeout_seconds"),
    **dict.fromkeys(("http_client", "client_kwargs", "sync_client_kwargs", "client_args"), "set llm.timeout_seconds"),
    **{name: f"set llm.{name}" for name in ("temperature", "seed")},
    "api_key": "put the key in the environment as SURVEYGEN_API_KEY",
    **dict.fromkeys(("cache", "callbacks", "callback_manager", "rate_limiter", "verbose"), "remove it"),
}


@dataclass(frozen=True, slots=True)
class TranslateSettings:
    """Translation of editions in other languages; glossary/LANGUAGE.toml contains fixed terms.

    With the encoder "multilingual", a `least_agreement` of 0.5 accepts all of 999 correct translations and 5 % of wrong
    ones (benchmarks/translation.py).

    Attributes:
        engine: "none" (sentences stay in English), "command", "llm", "ctranslate2" or "argos".
        languages: editions to translate; empty: all.
        command: program of the engine "command" with {source} and {target} for the languages, such as ["apertium",
            "-u", "{source}-{target}"]; it reads one sentence per line.
        per_sentence: run the command for each sentence instead of for a hundred lines.
        codes: language codes of the engine, such as ["en=eng", "es=spa"].
        model: folder of a CTranslate2 model with its SentencePiece model.
        timeout_seconds: seconds that one run of the command may take.
        encoder: compares the meaning of source and translation: "multilingual", or "sentence" with a multilingual
            model; empty: no comparison.
        encoder_model: model of that encoder, as in [embed].
        least_agreement: least cosine of a sentence and its translation, -1 to 1; below, the translation is rejected.
        revision: any word; a different one translates everything again.
    """

    engine: str = "none"
    languages: Names = ()
    command: Names = ()
    per_sentence: bool = False
    codes: tuple[str, ...] = ()
    model: str = ""
    timeout_seconds: Seconds = 60.0
    encoder: str = ""
    encoder_model: str = ""
    least_agreement: Annotated[float, Meta(ge=-1, le=1)] = 0.5
    revision: str = ""

    def __post_init__(self) -> None:
        for engine, name in (("command", "command"), ("ctranslate2", "model")):
            if self.engine == engine and not getattr(self, name):
                raise _invalid(f"translate.{name}", f"is required by translate.engine = {engine!r}", "set it")
        for code in self.codes:
            if not re.fullmatch(r"[a-z]{2,3}=\S+", code):
                raise _invalid("translate.codes", f"{code!r} is not language=code", 'write it as "es=spa"')

    def code(self, language: str) -> str:
        """Return the engine's code of a language."""
        return dict(code.split("=", 1) for code in self.codes).get(language, language)


@dataclass(frozen=True, slots=True)
class LatexSettings:
    """Layout of survey.tex and survey.pdf.

    Attributes:
        document_class: "article", "acmart" (the ACM's sigconf) or "IEEEtran" (the IEEE's journals).
        columns: 1 or 2; 0: as the class is designed, 1 for article and 2 for the others, which support no other.
        paper: "a4" or "letter".
        bibliography: "thebibliography" (written into survey.tex) or "biblatex" (reads references.bib; needs biber).
    """

    document_class: Literal["article", "acmart", "IEEEtran"] = "article"
    columns: Literal[0, 1, 2] = 0
    paper: Literal["a4", "letter"] = "a4"
    bibliography: Literal["thebibliography", "biblatex"] = "thebibliography"

    def __post_init__(self) -> None:
        if self.columns == 1 and self.document_class != "article":
            raise _invalid(
                "latex.columns",
                f"{self.document_class} is set in two columns",
                'use 2, or document_class = "article"',
            )

    @property
    def two_columns(self) -> bool:
        """Whether the running text has two columns."""
        return self.columns == 2 or self.document_class != "article"


@dataclass(frozen=True, slots=True)
class Settings:
    """One survey.toml.

    Attributes:
        title: title of the survey.
        slug: folder of the drafts in output/; empty: made from the title.
        profile: shipped profile ("llm-alignment", "automated-alignment"), path of a taxonomy TOML file, or "none": the
            first build induces the themes.
        languages: editions to build.
        formats: formats to build: "html", "latex", "markdown", "json", "reviews" (a page for each paper),
            "slides", and "pdf" where TeX is installed.
    """

    title: str
    slug: str = ""
    profile: str = "none"
    languages: SomeNames = ("en",)
    formats: SomeNames = ("html", "latex", "markdown", "json")
    sources: SourceSettings = field(default_factory=SourceSettings)
    citations: CitationSettings = field(default_factory=CitationSettings)
    full_text: FullTextSettings = field(default_factory=FullTextSettings)
    embed: EmbedSettings = field(default_factory=EmbedSettings)
    themes: ThemeSettings = field(default_factory=ThemeSettings)
    summarize: SummarizeSettings = field(default_factory=SummarizeSettings)
    llm: LlmSettings = field(default_factory=LlmSettings)
    translate: TranslateSettings = field(default_factory=TranslateSettings)
    latex: LatexSettings = field(default_factory=LatexSettings)

    def __post_init__(self) -> None:
        for key, method in (("summarize.method", self.summarize.method), ("translate.engine", self.translate.engine)):
            if method == "llm" and not self.llm.model:
                raise _invalid("llm.model", f"is required by {key} = 'llm'", 'set model = "provider:name" under [llm]')
        if not self.title.strip():
            raise _invalid("title", "is empty", "name the survey")
        if not self.slug:
            object.__setattr__(self, "slug", slugify(self.title))
        if self.slug != slugify(self.slug):
            raise _invalid("slug", f"{self.slug!r} is not a valid folder name", f"use {slugify(self.slug)!r}")


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with a survey.toml, and the paths of its files.

    Attributes:
        root: the folder.
        settings: of its survey.toml.
        trusted: whether its own templates, programs and models may be used without asking (docs/trust.md).
    """

    root: Path
    settings: Settings
    trusted: bool = False

    @property
    def database(self) -> Path:
        """The store."""
        return self.root / "corpus" / "corpus.db"

    @property
    def answers(self) -> Path:
        """Responses of language models, beside the store."""
        return self.root / "corpus" / "answers.db"

    @property
    def glossary(self) -> Path:
        """Terms with a fixed translation, one file per language."""
        return self.root / "glossary"

    @property
    def output(self) -> Path:
        """Drafts; may always be deleted."""
        return self.root / "output"

    @property
    def templates(self) -> Path:
        """Templates of this survey; a file here replaces the shipped one of the same path."""
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
        ConfigError: as for `read_toml`.
    """
    return read_toml(Settings, path)


@dataclass(frozen=True, slots=True)
class SettingDoc:
    """A key of survey.toml.

    Attributes:
        table: dotted name of its table, "" for the top level; `table_text` is the documentation of the table.
        name: the key. default: its value, "" for a required string. text: its documentation.
    """

    table: str
    table_text: str
    name: str
    default: object
    text: str


def document_settings(kind: type = Settings, table: str = "") -> Iterator[SettingDoc]:
    """Yield every key of survey.toml in the order of the file."""
    document = inspect.getdoc(kind) or ""
    texts = dict(re.findall(r"^    (\w+): (.+(?:\n {8}.+)*)", document, re.MULTILINE))
    for item in fields(kind):
        default = item.default if item.default_factory is MISSING else item.default_factory()
        if is_dataclass(default):
            yield from document_settings(type(default), f"{table}.{item.name}".lstrip("."))
        else:
            shown = "" if default is MISSING else default
            text = " ".join(texts.get(item.name, "").split())
            yield SettingDoc(table, document.partition("\n")[0], item.name, shown, text)


def toml_value(value: object) -> str:
    """Write a value of a setting as TOML, on one line."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{json.dumps(key)} = {toml_value(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    return tomli_w.dumps({"key": value}).removeprefix("key = ").strip()


def _invalid(path: str, problem: str, hint: str) -> ConfigError:
    return ConfigError(f"{path}: {problem}", hint, path=path)


def _parse_url(path: str, url: str) -> SplitResult:
    """Split a URL.

    Raises:
        ConfigError: it is not an http or https URL with a host.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise _invalid(path, f"{url!r} is not a valid web address", "write it as https://host/path")
    return parts


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
