"""Hold what all pages of one edition share."""

from __future__ import annotations

from surveygen.domain.paper import PaperId
from surveygen.domain.survey import Survey
from surveygen.languages import Language
from surveygen.render._html_marks import mark_themes
from surveygen.render._html_tables import WHOLE
from surveygen.render.html.claims import Claims
from surveygen.render.html.layout import Layout
from surveygen.render.html.markup import anchor
from surveygen.render.html.paper_data import Json
from surveygen.render.html.sources import SourceTexts


class HtmlContext:
    """A survey laid out: its entries by paper, marks and sizes of themes, sources, and the writer of claims.

    It is `lean` where one page holds so many papers that scripts write what can be told from its data.
    """

    def __init__(self, survey: Survey, language: Language, layout: Layout) -> None:
        self.survey = survey
        self.language = language
        self.layout = layout
        self.entries = survey.by_paper()
        self.marks = mark_themes(survey, language)
        self.sources = SourceTexts(survey)
        self.sizes = {count.theme: count.size for count in survey.counts}
        self.section_of = {section.theme: anchor(section.id) for section in survey.sections if section.theme}
        self.stubs: dict[PaperId, Json] = {}  # the least of papers, which many pages name
        self.lean = not layout.parts and len(self.entries) > WHOLE
        translated = bool(survey.quality.translated_sentences)
        self.claims = Claims(survey.language, language, self.sources, self.entries, layout, translated=translated)
