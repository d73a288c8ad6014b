"""The tables, as numbered migrations that only ever grow.

`PRAGMA user_version` counts the migrations a file has been through. To change a table, append a migration; one that
was released is never edited. Rows name papers by id, so that later tables (events, human decisions) can
refer to them in the same way.

A "list" or "pairs" column holds JSON. `digest` is the SHA-256 of what a draft can show of a paper.
"""

from __future__ import annotations

from dataclasses import dataclass

APPLICATION_ID = 0x73727667  # "srvg"; https://www.sqlite.org/pragma.html#pragma_application_id


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables of a file and the number that marks it as ours."""

    application_id: int
    migrations: tuple[tuple[str, ...], ...]


_PAPERS = (
    """
    CREATE TABLE paper (
        row INTEGER PRIMARY KEY,          -- fixed for FTS5; everything else goes by id
        id TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL,
        abstract TEXT NOT NULL,
        authors TEXT NOT NULL,            -- list of names
        affiliations TEXT NOT NULL,       -- list of lists, parallel to authors; empty if none is known
        version INTEGER NOT NULL,
        published TEXT,
        updated TEXT,
        categories TEXT NOT NULL,         -- list
        primary_category TEXT NOT NULL,
        doi TEXT NOT NULL,
        journal_ref TEXT NOT NULL,
        comment TEXT NOT NULL,
        license TEXT NOT NULL,
        url TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('active', 'withdrawn', 'reinstated')),
        abstract_kind TEXT NOT NULL CHECK (abstract_kind IN ('abstract', 'note', 'none')),
        extra TEXT NOT NULL,              -- pairs
        carried TEXT NOT NULL,            -- list of [field, version, date]
        digest BLOB NOT NULL
    )
    """,
    # Both answer without a look at the wide rows.
    "CREATE INDEX paper_digest ON paper (id, status, digest)",
    "CREATE INDEX paper_state ON paper (status, abstract_kind)",
    """
    CREATE TABLE version (
        paper TEXT NOT NULL REFERENCES paper (id) ON DELETE CASCADE,
        n INTEGER NOT NULL,
        submitted_at TEXT,
        size_kb INTEGER NOT NULL,
        flags TEXT NOT NULL,
        PRIMARY KEY (paper, n)
    ) WITHOUT ROWID
    """,
    # Words of versions that the row in paper does not tell, most often because a later version replaced them.
    """
    CREATE TABLE version_text (
        paper TEXT NOT NULL REFERENCES paper (id) ON DELETE CASCADE,
        n INTEGER NOT NULL,
        title TEXT NOT NULL,
        abstract TEXT NOT NULL,
        abstract_kind TEXT NOT NULL,
        comment TEXT NOT NULL,
        updated TEXT,
        carried TEXT NOT NULL,
        PRIMARY KEY (paper, n)
    )
    """,
)

_SEARCH = (
    """
    CREATE VIRTUAL TABLE paper_words USING fts5 (
        title, abstract, authors,
        content = 'paper', content_rowid = 'row', tokenize = 'porter unicode61 remove_diacritics 2'
    )
    """,
    """
    CREATE TRIGGER paper_words_insert AFTER INSERT ON paper BEGIN
        INSERT INTO paper_words (rowid, title, abstract, authors)
        VALUES (new.row, new.title, new.abstract, new.authors);
    END
    """,
    """
    CREATE TRIGGER paper_words_delete AFTER DELETE ON paper BEGIN
        INSERT INTO paper_words (paper_words, rowid, title, abstract, authors)
        VALUES ('delete', old.row, old.title, old.abstract, old.authors);
    END
    """,
    """
    CREATE TRIGGER paper_words_update AFTER UPDATE OF title, abstract, authors ON paper
    WHEN (old.title, old.abstract, old.authors) IS NOT (new.title, new.abstract, new.authors) BEGIN
        INSERT INTO paper_words (paper_words, rowid, title, abstract, authors)
        VALUES ('delete', old.row, old.title, old.abstract, old.authors);
        INSERT INTO paper_words (rowid, title, abstract, authors)
        VALUES (new.row, new.title, new.abstract, new.authors);
    END
    """,
)

_INTAKE = (
    "CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    # times: the most records of one paper that one run of the source delivered.
    """
    CREATE TABLE delivery (
        source INTEGER NOT NULL REFERENCES source (id),
        paper TEXT NOT NULL REFERENCES paper (id) ON DELETE CASCADE,
        times INTEGER NOT NULL,
        PRIMARY KEY (source, paper)
    ) WITHOUT ROWID
    """,
    "CREATE TABLE wanted (id TEXT PRIMARY KEY, version INTEGER) WITHOUT ROWID",
    """
    CREATE TABLE quarantine (
        source TEXT NOT NULL,
        line INTEGER NOT NULL,
        raw TEXT NOT NULL,
        reason TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (source, line, raw)
    )
    """,
    "CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
)

_SURVEY = (
    """
    CREATE TABLE theme (
        position INTEGER PRIMARY KEY,     -- reading order
        id TEXT NOT NULL UNIQUE,
        content TEXT NOT NULL             -- the theme as its line in the dump
    )
    """,
    # No reference to paper: a key stays taken even if its paper is ever removed.
    "CREATE TABLE cite_key (paper TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE) WITHOUT ROWID",
)

_CACHES = (
    "CREATE TABLE encoder (id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE)",
    """
    CREATE TABLE vector (
        encoder INTEGER NOT NULL REFERENCES encoder (id) ON DELETE CASCADE,
        text_hash TEXT NOT NULL,
        vector BLOB NOT NULL,             -- float16, little-endian
        PRIMARY KEY (encoder, text_hash)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE derived (
        kind TEXT NOT NULL,
        slot TEXT NOT NULL,
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (kind, slot)
    )
    """,
    "CREATE INDEX derived_key ON derived (kind, key)",
)

_HARVEST = (
    "ALTER TABLE paper ADD COLUMN as_of TEXT",
    """
    CREATE TABLE run (
        id INTEGER PRIMARY KEY,
        started_at TEXT NOT NULL,
        ended_at TEXT,
        outcome TEXT NOT NULL CHECK (outcome IN ('running', 'complete', 'paused', 'incomplete'))
    )
    """,
    # What came over the network, as it came: evidence, and the means to read it again without asking.
    """
    CREATE TABLE raw_page (
        sha256 TEXT NOT NULL,
        url TEXT NOT NULL,
        source TEXT NOT NULL,
        fetched_at TEXT NOT NULL,
        body BLOB NOT NULL,               -- zlib
        PRIMARY KEY (sha256, url)
    )
    """,
    """
    CREATE TABLE cursor (
        source TEXT NOT NULL,
        scope TEXT NOT NULL,              -- an OAI set, or a query
        format TEXT NOT NULL,
        state TEXT NOT NULL,              -- JSON that only the source reads
        PRIMARY KEY (source, scope, format)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE event (
        id INTEGER PRIMARY KEY,
        run INTEGER NOT NULL REFERENCES run (id),
        paper TEXT NOT NULL,
        kind TEXT NOT NULL,
        before TEXT NOT NULL,             -- JSON object; empty for a paper not seen before
        after TEXT NOT NULL
    )
    """,
    "CREATE INDEX event_run ON event (run)",
    "CREATE INDEX event_paper ON event (paper)",
)

_CITATIONS = (
    # What a citation graph told of a paper. No reference to paper: an answer may be imported before its paper.
    """
    CREATE TABLE told (
        paper TEXT NOT NULL,
        provider TEXT NOT NULL,
        ids TEXT NOT NULL,                -- list; empty if the graph does not know the paper
        cited_by INTEGER,                 -- anywhere; NULL if that is not told
        more INTEGER NOT NULL,            -- references that were left out
        told_at TEXT NOT NULL,            -- since when the graph tells this
        asked_at TEXT NOT NULL,           -- when it last did
        digest BLOB NOT NULL,             -- SHA-256 of what it tells
        PRIMARY KEY (paper, provider)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE citation (
        citing TEXT NOT NULL,
        provider TEXT NOT NULL,
        place INTEGER NOT NULL,           -- in the order told, from 0
        cited TEXT NOT NULL,              -- list of ids, strongest first
        title TEXT NOT NULL,
        authors TEXT NOT NULL,
        year INTEGER,
        PRIMARY KEY (citing, provider, place),
        FOREIGN KEY (citing, provider) REFERENCES told (paper, provider) ON DELETE CASCADE
    ) WITHOUT ROWID
    """,
)

_STEERING = (
    # No reference to papers or themes: a decision stands even while its subject is away.
    """
    CREATE TABLE decision (
        number INTEGER PRIMARY KEY,
        content TEXT NOT NULL             -- the decision as its line in the dump
    )
    """,
    # What evidence moved; history, like the events, and not part of the dump.
    """
    CREATE TABLE move (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        paper TEXT NOT NULL,
        before TEXT NOT NULL,
        after TEXT NOT NULL,
        reason TEXT NOT NULL,
        detail TEXT NOT NULL
    )
    """,
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (*_PAPERS, *_SEARCH, *_INTAKE, *_SURVEY, *_CACHES),
    _HARVEST,
    _CITATIONS,
    _STEERING,
)

STORE = Schema(APPLICATION_ID, MIGRATIONS)
ANSWERS = Schema(
    0x73727661,  # "srva"
    (
        (
            """
            CREATE TABLE answer (
                key TEXT PRIMARY KEY,
                model TEXT NOT NULL,
                text TEXT NOT NULL,
                cut INTEGER NOT NULL,
                input_tokens INTEGER NOT NULL,
                output_tokens INTEGER NOT NULL
            ) WITHOUT ROWID
            """,
        ),
    ),
)
