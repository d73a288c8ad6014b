"""Turn texts into vectors.

An encoder is one file of this room with ``make(settings, corpus)``; the smallest one::

    class Lengths:
        fingerprint = "lengths:1"
        dim = 1

        def encode(self, texts, *, progress=None):
            return np.array([[float(bool(text))] for text in texts], dtype=np.float32)


    def make(settings, corpus):
        return Lengths()
"""

from __future__ import annotations

from surveygen.embed._papers import RECIPE, encode_papers, paper_texts, papers_fingerprint
from surveygen.embed._protocol import Encoder, Progress

__all__ = ["RECIPE", "Encoder", "Progress", "encode_papers", "paper_texts", "papers_fingerprint"]
