"""What the tests of the server share: the small survey of the pipeline's tests, built once."""

from pipeline.conftest import built, copy

__all__ = ["built", "copy"]
