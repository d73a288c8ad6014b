"""Sources of papers and citations, one package for each kind.

- `surveygen.sources.files`: readers of files; a reader is found by the beginning of a file.
- `surveygen.sources.arxiv`: clients of arXiv's query API, OAI-PMH server and daily feed.
- `surveygen.sources.citations`: clients of services that know who cites whom.
- `surveygen.sources.http`: requests with rate limit, retries and a budget, which the clients share.

The modules of the first three are plug-ins; the docstring of each package says what a plug-in has to provide. Records
that cannot be read are data (`BadRecord`); only a file or a server that gives nothing usable is an error.
"""
