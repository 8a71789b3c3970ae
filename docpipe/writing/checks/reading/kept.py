"""What follows from plan, facts or card alone is made once and kept while the same objects are checked again. Standard library only."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
_SIZE = 64
_kept: OrderedDict[tuple[Any, ...], tuple[tuple[Any, ...], Any]] = OrderedDict()


def kept(make: Callable[..., T], *given: Any) -> T:
    """``make(*given)``, made once for the same objects. The objects are held, so that an identity means one object."""
    key = (make, *map(id, given))
    found = _kept.get(key)
    if found is None:
        found = _kept[key] = (given, make(*given))
        while len(_kept) > _SIZE:
            _kept.popitem(last=False)
    return found[1]
