"""What holds for every full text that was read."""

from __future__ import annotations

from surveygen.domain.document import Document


def assert_sound(read: Document) -> None:
    """Check what holds for every document."""
    references = {reference.id for reference in read.references}
    sections = {section.id for section in read.sections}
    units = list(read.all_units())
    cells = [cell for table in read.tables for row in table.rows for cell in row]

    assert len(sections) == len(read.sections)
    assert len({unit.id for unit in units}) == len(units)
    assert {unit.section for unit in units} <= sections
    for text, marks in [(unit.text, unit.marks) for unit in units] + [(cell.text, cell.marks) for cell in cells]:
        for mark in marks:
            assert 0 <= mark.start < mark.end <= len(text)
            assert text[mark.start : mark.end].strip() == text[mark.start : mark.end]
            assert set(mark.references) <= references
            assert mark.references or mark.missing
    for table in read.tables:
        assert len({len(row) for row in table.rows}) == 1
        assert table.caption in {"", *(unit.id for unit in units)}
