"""Cache, budget, retry and repair, with models made for the test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.config import LlmSettings
from surveygen.corpus import LlmCache
from surveygen.domain.llm import LlmRequest, LlmResponse
from surveygen.errors import SummaryError
from surveygen.llm import BudgetTracker, CachedLlmClient, CostEstimate, LlmUsage, ModelError
from surveygen.render import PromptTemplates, TemplateRoots, template_root

PRICED = LlmSettings(input_usd_per_million=1.0, output_usd_per_million=2.0)
VALUES = {"reason": "it is odd"}  # of the prompt "repair", the shortest


class Script:
    """A model that gives the next of some answers or errors, the last one for ever."""

    fingerprint = "script"

    def __init__(self, *lines: str | LlmResponse | ModelError) -> None:
        self.lines = list(lines)
        self.asked: list[LlmRequest] = []

    def answer(self, question: LlmRequest) -> LlmResponse:
        """Give the next one."""
        self.asked.append(question)
        line = self.lines.pop(0) if len(self.lines) > 1 else self.lines[0]
        if isinstance(line, ModelError):
            raise line
        return line if isinstance(line, LlmResponse) else LlmResponse(line, False, 100, 10)  # noqa: FBT003  # not cut


@pytest.fixture
def answers(tmp_path: Path) -> Iterator[LlmCache]:
    """An empty cache."""
    kept = LlmCache(tmp_path / "answers.db")
    yield kept
    kept.close()


@pytest.fixture
def naps() -> list[float]:
    """Seconds that were waited."""
    return []


@pytest.fixture
def ask(answers: LlmCache, naps: list[float]) -> Callable[..., tuple[str | None, LlmUsage]]:
    """Ask a model once through a new asker; return what was read and what was spent."""

    def once(model: Script, meter: BudgetTracker | None = None, say: str = "it is odd") -> tuple[str | None, LlmUsage]:
        meter = meter or BudgetTracker(LlmSettings())
        prompts = PromptTemplates(TemplateRoots(template_root()))
        asker = CachedLlmClient(model, prompts, answers, meter, workers=1, sleep=naps.append)
        return asker("repair", {"reason": say}, "{}", good), meter.usage()

    return once


def good(text: str) -> str:
    """Read an answer that begins with "good"."""
    if not text.startswith("good"):
        raise SummaryError("it is not good")
    return text


Ask = Callable[..., tuple[str | None, LlmUsage]]


def test_the_same_question_is_paid_once(ask: Ask) -> None:
    """A second asker finds the answer and spends nothing."""
    model = Script("good")

    first, again = ask(model), ask(model)

    assert first[0] == again[0] == "good"
    assert (first[1].calls, again[1].calls, again[1].cached, again[1].input_tokens) == (1, 0, 1, 0)
    assert len(model.asked) == 1


def test_a_bad_answer_is_repaired_once(ask: Ask) -> None:
    """The model is told what is wrong; its second answer counts."""
    model = Script("bad", "good now")

    answer, spent = ask(model)

    assert answer == "good now"
    assert (spent.calls, spent.repairs, spent.unusable) == (2, 1, 0)
    assert "it is not good" in model.asked[1].messages[-1].text


@pytest.mark.parametrize("bad", ["bad", "", " ", LlmResponse("ba", cut=True), "good, as zq"])
def test_an_unusable_answer_is_asked_again_in_the_next_run(ask: Ask, bad: str | LlmResponse) -> None:
    """Nothing of it is cached: neither of one that is empty, cut off or unreadable, nor of one that leaks."""
    bad = f"good {PromptTemplates(TemplateRoots(template_root())).canary}" if bad == "good, as zq" else bad

    first = ask(Script(bad))
    again = ask(Script("good"))

    assert first[0] is None
    assert first[1].unusable == 1
    assert again[0] == "good"
    assert (again[1].calls, again[1].cached) == (1, 0)


def test_a_cut_answer_that_can_be_read_is_kept(ask: Ask) -> None:
    """It is as good as a whole one."""
    model = Script(LlmResponse("good", cut=True))

    assert ask(model)[0] == ask(model)[0] == "good"
    assert len(model.asked) == 1


def test_a_repaired_answer_is_paid_once(ask: Ask, answers: LlmCache) -> None:
    """The next run asks nothing; the tokens of both answers are counted."""
    model = Script("bad", "good")

    first, again = ask(model), ask(model)

    assert first[0] == again[0] == "good"
    assert (len(model.asked), again[1].calls, again[1].cached) == (2, 0, 1)
    assert answers.totals("script") == (1, 200, 20)


def test_answers_of_an_earlier_version_stay_valid(ask: Ask, answers: LlmCache) -> None:
    """Earlier versions cached an unusable answer, and the repaired one under the request to repair it."""
    model = Script("bad", "good")
    ask(model)
    asked = [request.key("script") for request in model.asked]
    answers.put(asked[0], "script", LlmResponse("bad"))
    answers.put(asked[1], "script", LlmResponse("good old one"))

    assert ask(Script("never asked"))[0] == "good old one"


def test_unusable_answers_in_a_row_stop_the_run(ask: Ask) -> None:
    """After five requests without a usable answer the error names the last fault; one usable answer starts anew."""
    meter = BudgetTracker(LlmSettings(model="openai:test"))
    for n in range(4):
        ask(Script("bad"), meter, say=f"it is odd {n}")
    ask(Script("good"), meter, say="once")
    for n in range(4):
        ask(Script("bad"), meter, say=f"it is odd {n}")

    with pytest.raises(
        SummaryError, match=r"no usable answer to 5 requests in a row \(the last one: it is not good\)"
    ) as caught:
        ask(Script("bad"), meter, say="twice")

    assert caught.value.exit_code == 7
    assert meter.usage().stopped == "unusable"
    assert ask(Script("good"), say="once")[0] == "good"


def test_an_answer_that_was_cut_off_is_asked_shorter(ask: Ask) -> None:
    """The reason of the repair says so."""
    model = Script(LlmResponse("{", cut=True), "good")

    assert ask(model)[0] == "good"
    assert "be shorter" in model.asked[1].messages[-1].text


@pytest.mark.parametrize("leak", ["canary", "instructions"])
def test_an_answer_that_repeats_the_instructions_is_refused(ask: Ask, leak: str) -> None:
    """Neither the private word nor a run of the prompt's own words gets through."""
    prompts = PromptTemplates(TemplateRoots(template_root()))
    told = {"canary": prompts.canary, "instructions": prompts.instructions("system")[:200]}

    answer, spent = ask(Script(f"good {told[leak]}"))

    assert answer is None
    assert spent.unusable == 1


def test_an_error_that_may_pass_is_waited_for(ask: Ask, naps: list[float]) -> None:
    """The server's own word on how long goes before ours."""
    answer, spent = ask(Script(ModelError("busy", status=429, wait_seconds=7), ModelError("down", status=500), "good"))

    assert answer == "good"
    assert naps == [7, 2]
    assert (spent.calls, spent.retries, spent.postponed) == (1, 2, 0)


def test_an_error_that_stays_leaves_the_question_for_the_next_run(ask: Ask) -> None:
    """Nothing is kept, so the next run asks again."""
    answer, spent = ask(Script(ModelError("down", status=503)))

    assert answer is None
    assert (spent.calls, spent.postponed) == (0, 1)
    assert ask(Script("good"))[0] == "good"


def test_a_wrong_key_ends_the_run(ask: Ask) -> None:
    """No question will be answered, so none is asked again."""
    model = Script(ModelError("no such key", status=401))

    with pytest.raises(ModelError, match="no such key"):
        ask(model)

    assert len(model.asked) == 1


def test_a_server_that_is_gone_is_left_alone(ask: Ask) -> None:
    """After five questions in a row without an answer no further one is asked."""
    model, meter = Script(ModelError("gone")), BudgetTracker(LlmSettings())

    spent = [ask(model, meter, say=f"it is odd {n}")[1] for n in range(8)][-1]

    assert len(model.asked) == 5 * 3
    assert (spent.stopped, spent.postponed) == ("unavailable", 8)


@given(st.integers(1, 40), st.integers(1, 60))
def test_a_run_never_costs_more_than_its_budget(questions: int, cents: int) -> None:
    """Even if every answer is as long as it may be."""
    settings = replace(PRICED, max_cost_usd=cents / 1e5, max_tokens=50)
    meter = BudgetTracker(settings)
    asked = [LlmRequest((), "x" * size) for size in range(questions)]
    for question in asked:
        with meter.reserve(question) as admitted:
            if admitted:
                meter.commit(question, LlmResponse("y" * 150, cut=True))

    spent = meter.usage()

    assert spent.cost_usd is not None
    assert spent.cost_usd <= settings.max_cost_usd
    assert spent.calls + spent.postponed == questions
    assert bool(spent.postponed) is (spent.stopped == "budget")


def test_an_estimate_asks_nothing_and_counts_what_is_not_known(ask: Ask) -> None:
    """What an earlier run was answered costs nothing."""
    model = Script("good")
    ask(model)
    meter = CostEstimate(replace(PRICED, max_tokens=300))
    for say in ("it is odd", "it is odder", "it is oddest"):
        _, spent = ask(model, meter, say=say)

    assert len(model.asked) == 1
    assert (spent.calls, spent.cached, spent.output_tokens) == (2, 1, 600)
    assert spent.cost_usd == pytest.approx((spent.input_tokens + 2 * 600) / 1e6)


def test_totals_are_those_of_a_model(answers: LlmCache) -> None:
    """Answers of another model do not count."""
    answers.put("a", "one", LlmResponse("x", input_tokens=3, output_tokens=4))
    answers.put("b", "one", LlmResponse("y", cut=True, input_tokens=5, output_tokens=6))
    answers.put("c", "two", LlmResponse("z"))

    assert answers.totals("one") == (2, 8, 10)
    assert answers.get("b") == LlmResponse("y", cut=True, input_tokens=5, output_tokens=6)
    assert answers.get("d") is None


def test_a_question_waits_for_what_others_hold() -> None:
    """Held is the worst; the budget is spent when what was paid leaves no room, not while answers are on their way."""
    settings = replace(PRICED, max_cost_usd=0.0006, max_tokens=200)
    meter, question = BudgetTracker(settings), LlmRequest((), "x")
    admitted: list[bool] = []

    def ask_second() -> None:
        with meter.reserve(question) as passed:
            admitted.append(passed)

    with meter.reserve(question) as first:
        second = threading.Thread(target=ask_second)
        second.start()
        second.join(0.2)
        assert first
        assert admitted == []
        meter.commit(question, LlmResponse("y", cut=False))
    second.join(10)

    assert admitted == [True]
    assert meter.usage().stopped == ""
