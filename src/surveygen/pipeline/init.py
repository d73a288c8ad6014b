"""Start a survey in a new folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import tomli_w

from surveygen.config import FILE_NAME, load_settings
from surveygen.domain.text import slugify
from surveygen.errors import ConfigError
from surveygen.themes import load_profile

_SETTINGS = """\
# Settings of this survey; every key that can be set is here with its default.
title = {title}
slug = {slug}                    # drafts go to output/<slug>/<language>/
profile = {profile}              # a shipped profile, the path of a taxonomy TOML, or "none": themes are induced
languages = ["en"]
formats = ["html", "latex", "markdown", "json"]   # add "pdf" where a TeX engine is installed

[sources.arxiv]
query = ""                       # arXiv's query syntax, such as: cat:cs.CL AND abs:alignment
api_url = "https://export.arxiv.org/api/query"
contact = ""                     # your mail address, told to arXiv; wanted for more than 20 requests
min_interval_seconds = 3.0       # arXiv asks for at least 3
max_papers = 2000

[citations]
providers = []                   # graphs to ask who cites whom: "semantic_scholar", "openalex"
max_age_days = 30                # what a graph told of a paper is asked again after so many days
max_requests = 100               # of one run; 0: no limit
semantic_scholar_url = "https://api.semanticscholar.org/graph/v1"   # key, if any: SEMANTIC_SCHOLAR_API_KEY
openalex_url = "https://api.openalex.org"                           # key, needed: OPENALEX_API_KEY

[embed]
encoder = "sentence"             # or "lsa": needs no torch
model = "all-MiniLM-L6-v2"       # or the path of a sentence-transformers folder
dtype = "auto"                   # bfloat16 where the CPU has it; or float32, bfloat16
max_length = 256                 # tokens
batch_size = 32
threads = 0                      # 0: all usable CPUs

[themes]
subthemes = "induced"            # given: only those of the profile; induced: more where a theme has none; none
seed = 0
target = 0                       # number of top themes to induce; 0: chosen from the data
max_moved = 0.01                 # share of old papers that may move on evidence alone per refresh
author = ""                      # who signs decisions about themes; empty: your login name

[summarize]
method = "extractive"            # or "llm": written by the model under [llm], checked against the abstracts
sentences_per_theme = 12

[llm]                            # abstracts are sent to this model; keys are read from the environment only
model = ""                       # provider:name, such as "openai:gpt-5-mini" or "ollama:qwen3"
base_url = ""                    # another server of that kind, such as http://127.0.0.1:8080/v1
max_cost_usd = 0.0               # of one run; 0: no bound
input_usd_per_million = 0.0      # prices per million tokens; 0: unknown
output_usd_per_million = 0.0
max_concurrency = 4
timeout_seconds = 60.0
max_tokens = 1200                # of one answer
temperature = 0.0
seed = -1                        # below 0: not sent
json_schema = true               # false for servers that refuse a schema

[translate]                      # sentences of editions in other languages; glossary/<language>.toml holds fixed terms
engine = "none"                  # or command, llm, ctranslate2, argos
languages = []                   # editions to translate; empty: all
command = []                     # such as ["apertium", "-u", "{{source}}-{{target}}"]
per_sentence = false             # run the command for each sentence, not for a hundred lines
codes = []                       # what the engine calls a language, such as ["en=eng", "es=spa"]
model = ""                       # folder of a CTranslate2 model
timeout_seconds = 60.0           # of one run of the command
encoder = ""                     # compares the meaning: "multilingual", or "sentence" with a model of many languages
encoder_model = ""               # that model, as in [embed]
least_agreement = 0.5            # cosine of a sentence and its translation
revision = ""                    # another word here translates anew

[latex]                          # the form of survey.tex and survey.pdf
document_class = "article"       # or acmart, IEEEtran
columns = 0                      # 1 or 2; 0: what the class is made for, article 1, the others 2
paper = "a4"                     # or letter
bibliography = "thebibliography" # or biblatex, which needs biber
"""


def init(folder: Path, *, profile: str = "none", title: str | None = None) -> tuple[Path, ...]:
    """Make a folder with survey.toml, corpus/ and output/; return what was made.

    `profile` may be a shipped name or a taxonomy file, which is copied to ``taxonomy.toml``.

    Raises:
        ConfigError: the folder already is a survey or cannot be written. ThemeError: the profile cannot be used.
    """
    settings = folder / FILE_NAME
    if settings.exists():
        raise ConfigError(f"{settings} exists already", "choose another folder, or edit that file")
    source = Path(profile)
    loaded = load_profile(profile, Path.cwd())
    name = "taxonomy.toml" if source.suffix == ".toml" else profile
    shown = title or loaded.title or folder.resolve().name.replace("-", " ").replace("_", " ").title()
    text = _SETTINGS.format(title=_quote(shown), slug=_quote(slugify(shown)), profile=_quote(name))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part in ("corpus", "output"):
            (folder / part).mkdir(exist_ok=True)
        if source.suffix == ".toml":
            shutil.copyfile(source, folder / name)
        settings.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{folder}: {error.strerror}", "choose a folder that you may write to") from error
    load_settings(settings)
    return (settings,)


def _quote(text: str) -> str:
    return tomli_w.dumps({"k": text}).removeprefix("k = ").strip()
