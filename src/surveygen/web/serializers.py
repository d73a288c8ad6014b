"""Give what the page shows the form of JSON: words alone, no markup."""

from __future__ import annotations

from collections import Counter

from surveygen.domain.decision import Decision
from surveygen.domain.identifiers import is_arxiv_id
from surveygen.domain.inline import parse_inline, plain
from surveygen.domain.paper import Paper
from surveygen.domain.person_names import short_authors
from surveygen.domain.proposal import Proposal
from surveygen.domain.text import clean
from surveygen.domain.theme import Assignment
from surveygen.errors import ConfigError
from surveygen.languages import Language
from surveygen.pipeline import DecisionLog, EditableUnit, TaxonomyView

Json = dict[str, object]
_SHORT = 80  # code points of a sentence that is named by its beginning


def survey_view(shown: TaxonomyView, history: DecisionLog, language: Language) -> Json:
    """Write themes, papers and decisions, the last decision first."""
    held = {one.number for one in history.decisions} - set(history.undone)
    made = [one for one in reversed(history.decisions) if one.action != "undo"]
    last = next((one for one in made if one.number in held), None)
    return {
        "themes": _themes(shown, language.code),
        "papers": [
            *(_paper(paper, shown.assignments.get(paper.id)) for paper in shown.papers.values()),
            *({**_paper(paper, None), "excluded": True} for paper in shown.excluded),
        ],
        "decisions": [
            {"text": said(one, shown, language), "author": one.author, "at": one.at, "undone": one.number not in held}
            for one in made
        ],
        "undo": said(last, shown, language) if last else None,
    }


def paper_view(shown: TaxonomyView, paper: str) -> Json:
    """Write what is to be read of one paper.

    Raises:
        ConfigError: there is no such paper.
    """
    if paper not in _known(shown):
        raise ConfigError(f"there is no paper {paper!r:.60}", "load the page again")
    known = _known(shown)[paper]
    why = [_plain(words) for words in shown.rationale(paper)] if paper in shown.papers else []
    return {"id": paper, "abstract": _plain(known.abstract), "note": known.abstract_kind == "note", "why": why}


def proposal_view(proposal: Proposal, shown: TaxonomyView, language: Language) -> Json:
    """Write what is proposed in words."""
    names = [_name(shown, theme, language.code) for theme in proposal.themes]
    words = {"name": _plain(proposal.name), "n": len(proposal.papers), "themes": " · ".join(names)}
    text = language.say(f"desk_proposed_{proposal.kind}", **words)
    return {"id": proposal.id, "text": text, "reason": proposal.reason}


def outcome(decision: Decision, shown: TaxonomyView, history: DecisionLog, language: Language) -> str:
    """Word a decision that was just made; what was taken back is named."""
    number = decision.subject if decision.action == "undo" else ""
    undone = next((one for one in history.decisions if str(one.number) == number), None)
    if undone is None:
        return said(decision, shown, language)
    return language.say("desk_said_undo", what=said(undone, shown, language))


def said(decision: Decision, shown: TaxonomyView, language: Language) -> str:
    """Word a decision with the names of papers and themes."""
    subject, target, edit = decision.subject, decision.target, decision.edit
    if edit is not None:
        kind = "edit" if target else "drop"
        what = clean(_plain(edit.original), _SHORT)
        return language.say(f"desk_said_{kind}", what=what, section=_section(shown, subject, language.code))
    themes = ", ".join(_plain(theme.name) for theme in decision.themes)
    named = _name(shown, subject, language.code) if decision.action in {"merge", "split"} else subject
    what = _title(shown, subject) if decision.action in {"move", "pin", "exclude"} else named
    into = target if decision.action == "rename" else _name(shown, target, language.code)
    return language.say(f"desk_said_{decision.action}", what=what, into=into, themes=themes)


def _themes(shown: TaxonomyView, code: str) -> list[Json]:
    placed = [item for item in shown.assignments.values() if not item.outside]
    own = Counter(item.theme for item in placed)
    size = Counter(step for item in placed for step in item.path)
    return [
        {
            "id": theme.id,
            "name": _plain(theme.name_in(code)),
            "parent": theme.parent,
            "description": _plain(theme.description),
            "own": own[theme.id],
            "size": size[theme.id],
        }
        for theme in shown.taxonomy
    ]


def _name(shown: TaxonomyView, theme: str, code: str) -> str:
    return next((_plain(one.name_in(code)) for one in shown.taxonomy if one.id == theme), theme)


def _section(shown: TaxonomyView, section: str, code: str) -> str:
    return _name(shown, section.removeprefix("theme-"), code)


def _title(shown: TaxonomyView, paper: str) -> str:
    known = _known(shown)
    return _plain(known[paper].title) if paper in known else paper


def _known(shown: TaxonomyView) -> dict[str, Paper]:
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


def line_view(line: EditableUnit) -> Json:
    """Write words that can be edited, with who wrote them and what is in doubt."""
    hand = line.attribution
    doubts = [f"{one.paper}: {one.reason}" for one in hand.stale_sources] if hand else []
    return {
        "section": line.section,
        "claim": line.claim,
        "text": line.text,
        "kind": line.kind,
        "by": line.by,
        "doubts": doubts,
    }


def moved(before: TaxonomyView, after: TaxonomyView, subject: str, code: str) -> list[Json]:
    """Return the papers besides the one decided about that stand elsewhere now."""
    names = {theme.id: theme.name_in(code) for theme in (*before.taxonomy, *after.taxonomy)}
    rows = ((paper, before.assignments.get(paper), item) for paper, item in after.assignments.items())
    return [
        {"title": _plain(after.papers[paper].title), "from": names[old.theme], "to": names[new.theme]}
        for paper, old, new in rows
        if old is not None and paper != subject and (old.theme, old.outside) != (new.theme, new.outside)
    ]


def _plain(text: str) -> str:
    return plain(parse_inline(text))
