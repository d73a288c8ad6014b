"""What a service wants of its callers, and what its good answers are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from surveygen.sources._budget import FEW_REQUESTS
from surveygen.sources._retry import RULES, Event, Rule


@dataclass(frozen=True, slots=True)
class ServicePolicy:
    """How to behave towards one service.

    Attributes:
        kind: a word that the content type of a good answer holds.
        unnamed: so many requests are fine without a contact; None for any number.
        rules: what to do after each event.
    """

    kind: str = "xml"
    unnamed: int | None = FEW_REQUESTS
    rules: Mapping[Event, Rule] = field(default_factory=lambda: RULES)


ARXIV = ServicePolicy()


def json_manners(*, forbidden: str, address: str) -> ServicePolicy:
    """Return the manners towards an optional service that answers in JSON.

    It is given up soon: nothing depends on it. A refused key is the matter of one run, for the next may have another.

    Args:
        forbidden: what a person can do when the service refuses.
        address: the key of the settings that holds the address of the service.
    """
    changed: dict[Event, Rule] = {
        "forbidden": replace(RULES["forbidden"], action="fail", advice=forbidden),
        "busy": replace(RULES["busy"], retries=3, first_wait=10, most_told=120.0),
        "server": replace(RULES["server"], retries=2),
        "network": replace(RULES["network"], retries=2),
        "broken": replace(RULES["broken"], retries=1),
        "refused": replace(RULES["refused"], advice=f"check {address}"),
    }
    for event in ("absent", "hostile", "unknown", "unreachable"):
        changed[event] = replace(RULES[event], advice=f"check the network and {address}")
    return ServicePolicy("json", None, {**RULES, **changed})
