"""Which topics name the papers of a theme that nothing else names."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.paper import PaperId
from surveygen.summarize._topics import Topic, cover

PAPERS = tuple(map(PaperId, "abcdefghij"))
TOPICS = st.lists(
    st.tuples(st.sets(st.sampled_from(PAPERS), min_size=2), st.sampled_from([0.4, 0.5, 1.0])), max_size=12
).map(
    lambda drawn: [
        Topic(f"Topic {at}", f"topic {at}", tuple(sorted(papers)), (), plain)
        for at, (papers, plain) in enumerate(drawn)
    ]
)


def greedy(topics: Sequence[Topic], missing: set[PaperId], allowed: int) -> list[Topic]:
    """Choose the best topic of all again and again."""
    chosen: list[Topic] = []
    while len(missing) > allowed:
        gains = {topic.key: len(missing.intersection(topic.papers)) - 0.4 * len(topic.papers) for topic in topics}
        best = max(topics, key=lambda topic: (gains[topic.key], topic.plain, topic.key), default=None)
        if best is None or gains[best.key] <= 0:
            break
        missing -= set(best.papers)
        chosen.append(best)
    return chosen


@given(TOPICS, st.sets(st.sampled_from(PAPERS)), st.integers(0, 5))
def test_each_topic_names_most_of_what_is_left(topics: list[Topic], missing: set[PaperId], allowed: int) -> None:
    """The topics are those of the plain greedy choice, in its order, and the papers that they name are not missing."""
    left = set(missing)

    chosen = list(cover(topics, left, allowed))

    assert chosen == greedy(topics, set(missing), allowed)
    assert left == missing.difference(*(topic.papers for topic in chosen))
