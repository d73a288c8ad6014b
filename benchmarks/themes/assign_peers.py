"""Run other tools on exported vectors, in their own environment; started by assign.py.

    python assign_peers.py FOLDER

FOLDER holds sets.json (texts and headings of each set) and NAME.npz (`vectors`, `headings`, `seeds`); predictions go to
predictions.json: for each set and method the number of the heading of each text (-1 for none), seconds and MiB.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # else importing BERTopic asks the network three times
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np
import pandas as pd
from bertopic import BERTopic
from bertopic.backend import BaseEmbedder
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from turftopic import ConceptVectorProjection

CUTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
_SEED = 0
Array = Any


class Known(BaseEmbedder):  # type: ignore[misc]  # the peer has no types
    """An encoder that looks up the vectors of the headings, so that every method compares the same ones."""

    def __init__(self, vectors: dict[str, Array]) -> None:
        super().__init__()
        self.vectors = vectors

    def embed(self, documents: Iterable[str], verbose: bool = False) -> Array:  # noqa: ARG002, FBT001, FBT002  # as the peer calls it
        """Return `(n, dim)`; words that are no heading get the mean of all headings."""
        mean = np.mean(list(self.vectors.values()), axis=0)
        return np.stack([np.asarray(self.vectors.get(text, mean)) for text in documents])

    encode = embed


def main() -> None:
    """Predict every set with every peer."""
    warnings.simplefilter("ignore")
    folder = Path(sys.argv[1])
    found: dict[str, dict[str, Any]] = {}
    for item in json.loads((folder / "sets.json").read_text(encoding="utf-8")):
        data = np.load(folder / f"{item['name']}.npz")
        found[item["name"]] = {
            name: _timed(method, item["texts"], item["headings"], data["vectors"], data["headings"])
            for name, method in _methods().items()
        }
        print(item["name"], file=sys.stderr, flush=True)
    (folder / "predictions.json").write_text(json.dumps(found), encoding="utf-8")


def _timed(method: Callable[..., Array], *arguments: Any) -> dict[str, Any]:  # noqa: ANN401
    start = time.process_time()
    predicted = np.asarray(method(*arguments)).tolist()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"predicted": predicted, "seconds": time.process_time() - start, "mebibytes": peak}


def _methods() -> dict[str, Callable[..., Array]]:
    cuts = {f"BERTopic zero-shot, cut {cut}": _zero_shot(cut) for cut in CUTS}
    return {
        **cuts,
        "BERTopic zero-shot, default": _bertopic_default,
        "BERTopic guided": _guided,
        "turftopic concept vectors": _concepts,
        "KMeans, groups named by heading": _kmeans,
    }


def _zero_shot(cut: float) -> Callable[..., Array]:
    """The first step of BERTopic's zero-shot mode, by its own code; what is below the cut goes to unnamed clusters."""

    def predict(texts: list[str], headings: list[str], vectors: Array, queries: Array) -> Array:
        model = _zero_shot_model(headings, queries, cut)
        documents = pd.DataFrame({"Document": texts, "ID": range(len(texts)), "Topic": None})
        _, _, assigned, _ = model._zeroshot_topic_modeling(documents, vectors)  # noqa: SLF001  # the step alone
        predicted = np.full(len(texts), -1)
        predicted[assigned["Old_ID"].to_numpy(dtype=int)] = assigned["Topic"].to_numpy(dtype=int)
        return predicted

    return predict


def _bertopic_default(texts: list[str], headings: list[str], vectors: Array, queries: Array) -> Array:
    """The whole tool with its default cut of .7; topics are told by the names it gives them."""
    model = _zero_shot_model(headings, queries, 0.7)
    try:
        topics, _ = model.fit_transform(texts, embeddings=vectors)
    except ValueError:  # every text was placed: there is nothing left to cluster, and some versions stop at that
        return _zero_shot(0.7)(texts, headings, vectors, queries)
    names = model.topic_labels_
    column = {name: number for number, name in enumerate(headings)}
    return [column.get(str(names.get(topic, "")), -1) for topic in topics]


def _zero_shot_model(headings: list[str], queries: Array, cut: float) -> Any:  # noqa: ANN401
    return BERTopic(
        embedding_model=Known(dict(zip(headings, queries, strict=True))),
        zeroshot_topic_list=headings,
        zeroshot_min_similarity=cut,
        calculate_probabilities=False,
    )


def _guided(texts: list[str], headings: list[str], vectors: Array, queries: Array) -> Array:
    """Guided by the headings; each topic found is called by the heading that is nearest to its papers."""
    model = BERTopic(
        embedding_model=Known(dict(zip(headings, queries, strict=True))), seed_topic_list=[[h] for h in headings]
    )
    topics, _ = model.fit_transform(texts, embeddings=vectors.copy())
    return _nearest_heading(np.asarray(topics), vectors, queries)


def _concepts(texts: list[str], headings: list[str], vectors: Array, queries: Array) -> Array:
    """Concept vector projection: a heading against all others."""
    seeds = [(h, ([h], [other for other in headings if other != h])) for h in headings]
    model = ConceptVectorProjection(seeds=seeds, encoder=Known(dict(zip(headings, queries, strict=True))))
    return np.asarray(model.fit_transform(texts, embeddings=vectors)).argmax(axis=1)


def _kmeans(texts: list[str], headings: list[str], vectors: Array, queries: Array) -> Array:  # noqa: ARG001
    """As many groups as headings, each group given one heading so that likeness is highest in sum."""
    found = KMeans(len(headings), n_init=5, random_state=_SEED).fit(vectors)
    groups, columns = linear_sum_assignment(-(found.cluster_centers_ @ queries.T))
    heading = dict(zip(groups.tolist(), columns.tolist(), strict=True))
    return np.array([heading[group] for group in found.labels_.tolist()])


def _nearest_heading(topics: Array, vectors: Array, queries: Array) -> Array:
    predicted = np.full(len(topics), -1)
    for topic in set(topics.tolist()) - {-1}:
        inside = topics == topic
        predicted[inside] = int((queries @ vectors[inside].mean(axis=0)).argmax())
    return predicted


if __name__ == "__main__":
    main()
