"""Send requests to a language model within a budget; cached responses are reused.

`CachedLlmClient` fills a prompt, looks for a cached response and sends the request only if there is none. A chat model
is an object with a fingerprint and one method::

    class Echo:
        fingerprint = "echo"

        def answer(self, request: LlmRequest) -> LlmResponse:
            return LlmResponse(request.messages[-1].text)
"""

from surveygen.llm._budget import BudgetTracker, CostEstimate, LlmUsage
from surveygen.llm._client import CachedLlmClient, ChatModel, ModelError, Prompts, ResponseCache
from surveygen.llm._langchain import connect

__all__ = [
    "BudgetTracker",
    "CachedLlmClient",
    "ChatModel",
    "CostEstimate",
    "LlmUsage",
    "ModelError",
    "Prompts",
    "ResponseCache",
    "connect",
]
