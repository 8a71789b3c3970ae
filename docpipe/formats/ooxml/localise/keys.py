"""What of a run format must be the same before and after a change of language: all but fonts, languages and direction.

Imports run properties and this package. Bold, italic and size count as they show: those of complex scripts where such text is meant.
"""

from __future__ import annotations

from collections.abc import Callable

from docpipe.formats.ooxml.localise.aim import Aim
from docpipe.formats.ooxml.nodes import digest
from docpipe.formats.ooxml.runprops import Prop, RunFormat

Key = Callable[[RunFormat], str]
_FREE = frozenset({"w:rtl", "w:cs", "w:fitText"})
"""Direction, and the width that a text is squeezed into."""
_LATIN_OF = {"w:bCs": "w:b", "w:iCs": "w:i", "w:szCs": "w:sz"}
_TWINNED = frozenset(_LATIN_OF.values())


def whole_key(format: RunFormat) -> str:
    """Every property, fonts too: where no language changes."""
    return format.key


def keys_of(aim: Aim | None) -> tuple[Key, Key]:
    """The keys of the source's formats and of the output's, to be compared with each other."""
    if aim is None:
        return whole_key, whole_key
    turned_back = aim.from_rtl and not aim.rtl
    twinned = aim.complex or aim.from_rtl

    def source(format: RunFormat) -> str:
        props = _undirected(format.props)
        if turned_back and format.right_to_left:
            props = _as_latin(props, format.complex_props)
        return digest(props, () if twinned else format.complex_props)

    def output(format: RunFormat) -> str:
        props = _undirected(format.props)
        return digest(props, () if twinned else format.complex_props)

    return _once(source), _once(output)


def twins_agree(format: RunFormat) -> bool:
    """Whether bold, italic and size of complex scripts say what those of Latin letters say."""
    stated = {_LATIN_OF[name]: dict(attributes).get("val") for name, attributes in format.complex_props}
    return stated == {name: dict(attributes).get("val") for name, attributes in format.props if name in _TWINNED}


def _once(key: Key) -> Key:
    """The same, reckoned once for each set of properties."""
    known: dict[str, str] = {}

    def found(format: RunFormat) -> str:
        if format.key not in known:
            known[format.key] = key(format)
        return known[format.key]

    return found


def _undirected(props: tuple[Prop, ...]) -> tuple[Prop, ...]:
    """The properties without direction and width; bold, italic and size with their value alone."""
    return tuple((n, _value(a) if n in _TWINNED else a) for n, a in props if n not in _FREE)


def _value(attributes: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple(a for a in attributes if a[0] == "val")


def _as_latin(props: tuple[Prop, ...], complex_props: tuple[Prop, ...]) -> tuple[Prop, ...]:
    """The properties with bold, italic and size as complex scripts have them."""
    kept = [p for p in props if p[0] not in _TWINNED]
    return tuple(sorted([*kept, *((_LATIN_OF[name], _value(attributes)) for name, attributes in complex_props)]))
