"""The tables of a store, as migrations.

`PRAGMA user_version` counts the migrations that a file has been through. To change a table, append a migration; a
released migration is never edited. Rows name papers by id, so that any table can refer to them in the same way.

A "list" or "pairs" column holds JSON. `digest` is the SHA-256 of what a draft can show of a paper.
"""

from __future__ import annotations

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
    # Texts of versions other than that of the row in paper, most often because a later version replaced them.
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
    # Answers of servers as they came: evidence, and a way to read them again without a request.
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
    # Answers of citation graphs. No reference to paper: an answer may be imported before its paper.
    """
    CREATE TABLE told (
        paper TEXT NOT NULL,
        provider TEXT NOT NULL,
        ids TEXT NOT NULL,                -- list; empty if the graph does not list the paper
        cited_by INTEGER,                 -- anywhere; NULL if unknown
        more INTEGER NOT NULL,            -- references that were left out
        told_at TEXT NOT NULL,            -- since when the graph gives this answer
        asked_at TEXT NOT NULL,           -- when it was last queried
        digest BLOB NOT NULL,             -- SHA-256 of the answer
        PRIMARY KEY (paper, provider)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE citation (
        citing TEXT NOT NULL,
        provider TEXT NOT NULL,
        place INTEGER NOT NULL,           -- in the graph's order, from 0
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
    # No reference to papers or themes: a decision remains while its subject is not in the survey.
    """
    CREATE TABLE decision (
        number INTEGER PRIMARY KEY,
        content TEXT NOT NULL             -- the decision as its line in the dump
    )
    """,
    # Papers that an assignment moved; a log, like the events, and not part of the dump.
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

_STANDARD_NAMES = (
    "ALTER TABLE told RENAME TO citation_record",
    "ALTER TABLE citation_record RENAME COLUMN told_at TO answered_at",
    "ALTER TABLE fact RENAME TO setting",
    "ALTER TABLE wanted RENAME TO pending",
    "ALTER TABLE paper RENAME COLUMN as_of TO datestamp",
    "ALTER TABLE paper RENAME COLUMN carried TO field_provenance",
    "ALTER TABLE version_text RENAME COLUMN carried TO field_provenance",
    # Within JSON text a quote is escaped, so that this matches names of fields alone.
    """
    UPDATE paper SET field_provenance = replace(field_provenance, '["as_of",', '["datestamp",')
    WHERE instr(field_provenance, '["as_of",')
    """,
)

_NAMES = (
    # Names of papers beside their ids: DOIs, former ids, and ids by title, year and first author.
    "CREATE TABLE paper_name (name TEXT PRIMARY KEY, paper TEXT NOT NULL REFERENCES paper (id) ON DELETE CASCADE)",
    "CREATE INDEX paper_name_paper ON paper_name (paper)",
    """
    INSERT OR IGNORE INTO paper_name SELECT 'doi:' || lower(doi), id FROM paper WHERE doi LIKE '10.%'
    AND doi NOT LIKE '10.48550/%' AND 'doi:' || lower(doi) NOT IN (SELECT id FROM paper) ORDER BY id
    """,
    # An entry of a file had the id of its key; a record of today has the id of its title, year and first author.
    """
    INSERT OR IGNORE INTO paper_name SELECT fallback_name(title, published, authors) AS name, id FROM paper
    WHERE (id LIKE 'bib:%' OR id LIKE 'ris:%' OR id LIKE 'title:%' OR instr(id, ':') = 0)
    AND id NOT GLOB '[0-9]*.[0-9]*' AND id NOT GLOB '[a-z]*/[0-9]*' AND name NOT IN (SELECT id FROM paper) ORDER BY id
    """,
    "ALTER TABLE paper ADD COLUMN authority INTEGER NOT NULL DEFAULT 0",
    "UPDATE paper SET authority = 1 WHERE datestamp IS NOT NULL",
)

_CHECKSUMS = (
    # So that a damaged result of a cache is computed again, not used.
    "ALTER TABLE derived ADD COLUMN crc INTEGER",
    "UPDATE derived SET crc = crc32(value)",
    "ALTER TABLE vector ADD COLUMN crc INTEGER",
    "UPDATE vector SET crc = crc32(vector)",
)

_FULL_TEXTS = (
    # One row for each version of which a page was requested or a file was added. No reference to paper, as in told.
    """
    CREATE TABLE full_text (
        paper TEXT NOT NULL,
        version INTEGER NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('fetched', 'none', 'failed')),
        url TEXT NOT NULL,                -- with sha256 the key of the page in raw_page, which may be gone
        at TEXT NOT NULL,
        sha256 TEXT NOT NULL,             -- of the page
        format TEXT NOT NULL,
        converter TEXT NOT NULL,
        license TEXT NOT NULL,            -- of this version
        reason TEXT NOT NULL,             -- why it failed
        digest BLOB,                      -- SHA-256 of the document; NULL while the page is not read
        document BLOB,                    -- zlib: JSON of the document without the columns
        PRIMARY KEY (paper, version)
    )
    """,
)

_FIGURES = (
    # One row for each version of which the image of a figure was requested.
    """
    CREATE TABLE figure (
        paper TEXT NOT NULL,
        version INTEGER NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('fetched', 'refused')),
        url TEXT NOT NULL,
        at TEXT NOT NULL,
        license TEXT NOT NULL,            -- of this version
        figure TEXT NOT NULL,             -- its id in the document
        label TEXT NOT NULL,
        caption TEXT NOT NULL,
        element TEXT NOT NULL,
        media_type TEXT NOT NULL,
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        sha256 TEXT NOT NULL,             -- of the image
        reason TEXT NOT NULL,             -- why it was refused
        image BLOB,                       -- as it came
        PRIMARY KEY (paper, version)
    )
    """,
    "CREATE INDEX figure_image ON figure (sha256)",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (*_PAPERS, *_SEARCH, *_INTAKE, *_SURVEY, *_CACHES),
    _HARVEST,
    _CITATIONS,
    _STEERING,
    _STANDARD_NAMES,
    _NAMES,
    _CHECKSUMS,
    _FULL_TEXTS,
    _FIGURES,
)
