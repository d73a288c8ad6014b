"""Induce themes from papers by recursive clustering."""

from __future__ import annotations

from surveygen.themes.induce.kmeans import KMeansInducer

__all__ = ["KMeansInducer"]
