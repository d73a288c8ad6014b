"""Limits of what is read from a page.

They keep any page from exhausting time or memory, and are far above what papers need: eight whole pages that were
measured have up to 1.2 MB, 52,000 tags, 311 units of up to 2,576 code points, 63 references and tables of 128 cells.
"""

from __future__ import annotations

from surveygen.domain.paper import PaperId

NO_PAPER = PaperId("")  # of a text that belongs to no paper of the corpus yet

MAX_BYTES = 10_000_000  # of a page; the parser needs up to 60 times as much memory for empty elements
MAX_TAGS = 1_000_000  # the parser needs about 200 bytes for each
MAX_ATTRIBUTES = 200  # of one tag: the parser's time grows with their square (100,000 take 6 minutes)
MAX_BLOCK_DEPTH = 60  # sections, lists and boxes within one another; each takes four frames of Python's stack
MAX_INLINE_DEPTH = 80  # markup within a paragraph; each takes two frames
MAX_SECTIONS = 2_000
MAX_UNITS = 10_000
MAX_NOTES = 5_000
MAX_TEXT = 30_000  # code points of one unit; longer ones are no prose
MAX_FORMULA = 2_000  # code points of one formula; a longer one is replaced by dots
MAX_LABEL = 200  # code points
MAX_FLOATS = 2_000  # figures with their panels, and tables
MAX_IMAGES = 200  # of one figure
MAX_ADDRESS = 500  # characters of an image's address; longer ones hold the image itself
MAX_ROWS = 2_000
MAX_COLUMNS = 200
MAX_CELLS = 20_000  # of one table, with the places that a cell spans
MAX_ALL_CELLS = 100_000  # of all tables of a page
MAX_REFERENCES = 5_000
MAX_REFERENCE_TEXT = 3_000  # code points of one entry
MAX_MARK_REFERENCES = 200  # of one citation
MAX_ERRORS = 500  # commands unknown to the converter that are listed
