"""The nouns of surveygen: frozen data, no I/O, no clock."""
