"""The connection of a run to the survey's language model, and its account."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self, TypeVar

from surveygen.config import Project
from surveygen.corpus import LlmCache
from surveygen.domain.llm import LlmResponse, ModelUse
from surveygen.llm import BudgetTracker, CachedLlmClient, ChatModel, LlmUsage, connect
from surveygen.render import PromptTemplates, TemplateRoots, template_root
from surveygen.summarize import FallbackCounts

T = TypeVar("T")
U = TypeVar("U")


class LlmSession:
    """The use of a language model by one run; answers and model are opened when they are first needed.

    Args:
        project: its settings name the model, its folders hold cached answers and prompts.
        budget: counts tokens and costs, and stops at the limit of the settings.
        model: the model to ask; by default the one that the settings name.
        answers: the file of cached responses; by default that of the project.
    """

    def __init__(
        self,
        project: Project,
        budget: BudgetTracker | None = None,
        model: ChatModel | None = None,
        answers: Path | None = None,
    ) -> None:
        self._project = project
        self._path = answers or project.answers
        self._budget = budget or BudgetTracker(project.settings.llm)
        self._model = model or connect(project.settings.llm)
        self._answers: LlmCache | None = None
        self._connected = False

    def __enter__(self) -> Self:
        """Return the session; nothing is opened yet."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the cache of answers."""
        if self._answers is not None:
            self._answers.close()
            self._answers = None

    @property
    def answers(self) -> LlmCache:
        """The cached answers of earlier runs."""
        self._answers = self._answers or LlmCache(self._path)
        return self._answers

    def connect(self, account: str = "") -> CachedLlmClient:
        """Return a client of the model.

        Requests under an account name do not count as the survey's own use of the model (`use`), and have the system
        prompt of a translator.
        """
        self._connected = True
        prompts = PromptTemplates(TemplateRoots(template_root(), self._project.templates))
        cache = _NamespacedCache(self.answers, account) if account else self.answers
        return CachedLlmClient(
            self._model,
            prompts,
            cache,
            self._budget,
            workers=self._project.settings.llm.max_concurrency,
            system="translator" if account else "system",
        )

    @property
    def spent(self) -> LlmUsage | None:
        """What this run used, None if nothing in it needed a model."""
        return self._budget.usage() if self._connected else None

    def use(self, outcome: FallbackCounts) -> ModelUse | None:
        """Return what the survey has used of the model since its first build; the same as long as nothing is asked."""
        if self._answers is None or not self._connected:
            return None
        settings = self._project.settings.llm
        calls, read, written = self._answers.totals(self._model.fingerprint)
        cost = round(settings.cost(read, written), 6) if settings.priced else None
        return ModelUse(
            settings.model, calls, read, written, cost, outcome.fallbacks, outcome.replaced, outcome.dropped
        )


class _NamespacedCache:
    """Stores answers under an account name beside that of the model."""

    def __init__(self, answers: LlmCache, account: str) -> None:
        self._answers = answers
        self._account = account

    def get(self, key: str) -> LlmResponse | None:
        """Return the answer of a key, None if there is none."""
        return self._answers.get(key)

    def put(self, key: str, model: str, answer: LlmResponse) -> None:
        """Store an answer."""
        self._answers.put(key, f"{self._account} {model}", answer)


def map_in_threads(make: Callable[[T], U], items: Sequence[T], workers: int) -> Iterator[U]:
    """Apply a function to each item in a thread pool, or in this thread for 0 workers; yield results in order."""
    return _map_in_pool(make, items, workers) if workers else map(make, items)


def _map_in_pool(make: Callable[[T], U], items: Sequence[T], workers: int) -> Iterator[U]:
    pool = ThreadPoolExecutor(workers)
    try:
        yield from pool.map(make, items)
    finally:  # after an error or Ctrl-C, do not start what is still in the queue
        pool.shutdown(cancel_futures=True)
