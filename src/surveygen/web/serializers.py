"""JSON views of the survey for the curation page: plain text, no markup."""

from __future__ import annotations

from collections import Counter

from surveygen.domain.decision import Decision
from surveygen.domain.inline import parse_inline, plain
from surveygen.domain.paper import Paper, is_arxiv_id
from surveygen.domain.person_names import short_authors
from surveygen.domain.text import clean
from surveygen.domain.theme import Assignment, Proposal
from surveygen.errors import ConfigError
from surveygen.languages import Language
from surveygen.pipeline import DecisionLog, EditableUnit, TaxonomyView

Json = dict[str, object]
_SHORT = 80  # code points of a sentence that is named by its beginning


def survey_view(shown: TaxonomyView, history: DecisionLog, language: Language) -> Json:
    """Return themes, papers and decisions, the last decision first."""
    active = {decision.number for decision in history.decisions} - set(history.undone)
    listed = [decision for decision in reversed(history.decisions) if decision.action != "undo"]
    placed = [item for item in shown.assignments.values() if not item.outside]
    own = Counter(item.theme for item in placed)
    size = Counter(step for item in placed for step in item.path)
    last = next((decision for decision in listed if decision.number in active), None)
    return {
        "themes": [
            {
                "id": theme.id,
                "name": _plain(theme.name_in(language.code)),
                "parent": theme.parent,
                "description": _plain(theme.description),
                "own": own[theme.id],
                "size": size[theme.id],
            }
            for theme in shown.taxonomy
        ],
        "papers": [
            *(_paper(paper, shown.assignments.get(paper.id)) for paper in shown.papers.values()),
            *({**_paper(paper, None), "excluded": True} for paper in shown.excluded),
        ],
        "decisions": [
            {
                "text": describe(decision, shown, language),
                "author": decision.author,
                "at": decision.at,
                "undone": decision.number not in active,
            }
            for decision in listed
        ],
        "undo": describe(last, shown, language) if last else None,
    }


def paper_view(shown: TaxonomyView, paper: str) -> Json:
    """Return the text of one paper.

    Raises:
        ConfigError: there is no such paper.
    """
    if paper not in _all_papers(shown):
        raise ConfigError(f"there is no paper {paper!r:.60}", "load the page again")
    source = _all_papers(shown)[paper]
    why = [_plain(words) for words in shown.rationale(paper)] if paper in shown.papers else []
    return {"id": paper, "abstract": _plain(source.abstract), "note": source.abstract_kind == "note", "why": why}


def proposal_view(proposal: Proposal, shown: TaxonomyView, language: Language) -> Json:
    """Describe a proposal."""
    names = [_name(shown, theme, language.code) for theme in proposal.themes]
    words = {"name": _plain(proposal.name), "n": len(proposal.papers), "themes": " · ".join(names)}
    text = language.say(f"desk_proposed_{proposal.kind}", **words)
    return {"id": proposal.id, "text": text, "reason": proposal.reason}


def outcome(decision: Decision, shown: TaxonomyView, history: DecisionLog, language: Language) -> str:
    """Describe a new decision; "undo" is described with the decision that it reverts."""
    number = decision.subject if decision.action == "undo" else ""
    undone = next((item for item in history.decisions if str(item.number) == number), None)
    if undone is None:
        return describe(decision, shown, language)
    return language.say("desk_said_undo", what=describe(undone, shown, language))


def describe(decision: Decision, shown: TaxonomyView, language: Language) -> str:
    """Describe a decision with the names of papers and themes."""
    subject, target, edit = decision.subject, decision.target, decision.edit
    if edit is not None:
        kind = "edit" if target else "drop"
        what = clean(_plain(edit.original), _SHORT)
        section = _name(shown, subject.removeprefix("theme-"), language.code)
        return language.say(f"desk_said_{kind}", what=what, section=section)
    themes = ", ".join(_plain(theme.name) for theme in decision.themes)
    named = _name(shown, subject, language.code) if decision.action in {"merge", "split"} else subject
    paper = _all_papers(shown).get(subject) if decision.action in {"move", "pin", "exclude"} else None
    what = _plain(paper.title) if paper is not None else named
    into = target if decision.action == "rename" else _name(shown, target, language.code)
    return language.say(f"desk_said_{decision.action}", what=what, into=into, themes=themes)


def _name(shown: TaxonomyView, theme: str, code: str) -> str:
    return next((_plain(item.name_in(code)) for item in shown.taxonomy if item.id == theme), theme)


def _all_papers(shown: TaxonomyView) -> dict[str, Paper]:
    return {**shown.papers, **{paper.id: paper for paper in shown.excluded}}


def _paper(paper: Paper, item: Assignment | None) -> Json:
    placed: Json = {}
    if item is not None:
        placed = {
            "theme": item.theme,
            "rival": item.runner_up,
            "sure": round(item.confidence, 3),
            "unsure": item.uncertain,
            "outside": item.outside,
            "how": item.method,
            "words": list(item.keywords),
        }
    return {
        "id": paper.id,
        "title": _plain(paper.title),
        "by": short_authors(paper.authors),
        "year": paper.year,
        "url": f"https://arxiv.org/abs/{paper.id}" if is_arxiv_id(paper.id) else "",
        **placed,
    }


def unit_view(unit: EditableUnit) -> Json:
    """Return editable text with its author and its stale sources."""
    stale = unit.attribution.stale_sources if unit.attribution else ()
    doubts = [f"{source.paper}: {source.reason}" for source in stale]
    return {
        "section": unit.section,
        "claim": unit.claim,
        "text": unit.text,
        "kind": unit.kind,
        "by": unit.by,
        "doubts": doubts,
    }


def moved_papers(before: TaxonomyView, after: TaxonomyView, subject: str, code: str) -> list[Json]:
    """Return the papers, other than the subject of the decision, whose theme changed."""
    names = {theme.id: theme.name_in(code) for theme in (*before.taxonomy, *after.taxonomy)}
    rows = ((paper, before.assignments.get(paper), item) for paper, item in after.assignments.items())
    return [
        {"title": _plain(after.papers[paper].title), "from": names[old.theme], "to": names[new.theme]}
        for paper, old, new in rows
        if old is not None and paper != subject and (old.theme, old.outside) != (new.theme, new.outside)
    ]


def _plain(text: str) -> str:
    return plain(parse_inline(text))
