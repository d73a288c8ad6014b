"""Everything that one paper can say in a survey, each sentence with its evidence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from surveygen.domain.paper import Paper
from surveygen.domain.summary import Evidence, Sentence
from surveygen.summarize._grounding import agreement
from surveygen.summarize._language import language_of
from surveygen.summarize._rank import terms_of
from surveygen.summarize._rewrite import Rewritten, rewrite
from surveygen.summarize._roles import Labelled, label, label_note, settle
from surveygen.summarize._split import split_sentences


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that stands alone.

    Attributes:
        labelled: what it does.
        own: 0 to 1, how plainly it is about its paper: 1 if it names the authors, else by the words of the title in it.
        late: whether it stands in the second half of the abstract.
    """

    sentence: Sentence
    labelled: Labelled
    own: float
    late: bool


@lru_cache(maxsize=16_384)
def statements(paper: Paper) -> tuple[Statement, ...]:
    """Split, label and rewrite an abstract; sentences that cannot stand alone are left out.

    Abstracts in another language than English are quoted, all as "other": the classifier knows English only.
    """
    spans = split_sentences(paper.abstract)
    texts = [paper.abstract[start:end] for start, end in spans]
    english = language_of(paper.abstract) == "en"
    note = paper.abstract_kind == "note"
    known = label_note if note else label
    labels = known(texts) if english else (Labelled("other", "other", 0.0),) * len(texts)
    found = []
    for place, (span, text, labelled) in enumerate(zip(spans, texts, labels, strict=True)):
        rewritten = rewrite(text, paper)
        if rewritten is None or (english and rewritten.language != "en"):  # the same abstract in two languages
            continue
        own = 1.0 if rewritten.rule != "quote" else min(0.99, 3 * _share(terms_of(paper.title), terms_of(text)))
        late = place > 0 and 2 * place >= len(spans) - 1
        settled = labelled if note else settle(labelled, rewritten.text, own, late=late)
        found.append(Statement(_sentence(paper, span, text, rewritten, settled), settled, own, late))
    return tuple(found)


def _sentence(paper: Paper, span: tuple[int, int], text: str, rewritten: Rewritten, labelled: Labelled) -> Sentence:
    sentence = Sentence(
        text=rewritten.text,
        cites=(paper.id,),
        evidence=(Evidence(paper.id, paper.version, "abstract", *span),),
        rule=rewritten.rule,
        role=labelled.role,
        language=rewritten.language,
    )
    return replace(sentence, support=agreement(sentence.plain, [text], [paper]))


def _share(wanted: list[str], found: list[str]) -> float:
    return len(set(wanted) & set(found)) / len(set(wanted)) if wanted else 0.0
