"""Open the way to the survey's language model, and account for it."""

from __future__ import annotations

from typing import Self

from surveygen.config import Project
from surveygen.corpus import LlmCache
from surveygen.domain.llm import LlmResponse, ModelUse
from surveygen.llm import BudgetTracker, CachedLlmClient, ChatModel, LlmUsage, connect
from surveygen.render import PromptTemplates, TemplateRoots, template_root
from surveygen.summarize import FallbackCounts


class LlmSession:
    """What a run asks of a language model: opened when a summarizer first wants it, closed at the end of the run.

    Args:
        project: its settings name the model, its folders hold answers and prompts.
        meter: counts, and says when to stop.
        model: what is asked; by default what the settings name.
    """

    def __init__(self, project: Project, meter: BudgetTracker | None = None, model: ChatModel | None = None) -> None:
        self._project = project
        self._meter = meter or BudgetTracker(project.settings.llm)
        self._model = model or connect(project.settings.llm)
        self._answers: LlmCache | None = None
        self._asked = False

    def __enter__(self) -> Self:
        """Open nothing yet."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the answers."""
        if self._answers is not None:
            self._answers.close()

    @property
    def answers(self) -> LlmCache:
        """What was answered before, opened when it is first wanted."""
        self._answers = self._answers or LlmCache(self._project.answers)
        return self._answers

    def connect(self, account: str = "") -> CachedLlmClient:
        """Open the answers and the prompts.

        What is asked on an account of its own does not count as the survey's use of the model (`use`), and has the
        instructions of a translator.
        """
        self._asked = True
        prompts = PromptTemplates(TemplateRoots(template_root(), self._project.templates))
        workers = self._project.settings.llm.max_concurrency
        memory = _NamespacedCache(self.answers, account) if account else self.answers
        system = "translator" if account else "system"
        return CachedLlmClient(self._model, prompts, memory, self._meter, workers=workers, system=system)

    @property
    def spent(self) -> LlmUsage | None:
        """What this run asked, None if no summarizer wanted a model."""
        return self._meter.usage() if self._asked else None

    def use(self, outcome: FallbackCounts) -> ModelUse | None:
        """Return what the survey has used of the model since its first build; the same as long as nothing is asked."""
        if self._answers is None or not self._asked:
            return None
        settings = self._project.settings.llm
        calls, read, wrote = self._answers.totals(self._model.fingerprint)
        cost = round(settings.cost(read, wrote), 6) if settings.priced else None
        return ModelUse(settings.model, calls, read, wrote, cost, outcome.fallbacks, outcome.replaced, outcome.dropped)


class _NamespacedCache:
    """Keeps answers under a name beside the model's."""

    def __init__(self, answers: LlmCache, name: str) -> None:
        self._answers = answers
        self._name = name

    def get(self, key: str) -> LlmResponse | None:
        """Return the answer of a key, None if it was never given."""
        return self._answers.get(key)

    def put(self, key: str, model: str, answer: LlmResponse) -> None:
        """Keep an answer."""
        self._answers.put(key, f"{self._name} {model}", answer)
