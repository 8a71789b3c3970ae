"""Runs the changes of language over the parts that hold translated text and over what they inherit from.

Imports the core and the parts of this package and of ooxml.
"""

from __future__ import annotations

from collections.abc import Iterator

from docpipe.formats.ooxml.localise.aim import Aim, aim_of
from docpipe.formats.ooxml.localise.dates import redate
from docpipe.formats.ooxml.localise.direction import redirect, turn_back, twin
from docpipe.formats.ooxml.localise.fonts import reface, reface_defaults, reface_drawing, reface_theme
from docpipe.formats.ooxml.localise.fonttable import FontTable, font_table
from docpipe.formats.ooxml.localise.language import retag, tag_defaults, tag_theme_fonts
from docpipe.formats.ooxml.localise.numbering import renumber
from docpipe.formats.ooxml.localise.order import properties_of
from docpipe.formats.ooxml.localise.reach import Reach, running_parts
from docpipe.formats.ooxml.localise.spacing import compress, respace
from docpipe.formats.ooxml.names import SHORT, Element, child, same_flavour, w_attr
from docpipe.formats.ooxml.records import Reading
from docpipe.model.document import WriteOptions

SHARED = ("styles", "stylesWithEffects", "numbering", "settings", "theme")
"""Relationships of the parts that every story inherits from."""

_FAMILIES = {"roman": "serif", "swiss": "sans", "modern": "mono"}
_EAST_ASIAN = ("80", "81", "82", "86", "88")
"""Character sets whose fonts are of fixed width anyhow: of them only those without serifs call themselves modern."""

_DRAWN = ("{http://schemas.openxmlformats.org/drawingml/2006/main}p", "{http://purl.oclc.org/ooxml/drawingml/main}p")
"""Paragraphs of drawings, which are read in document order with the running text round them."""


def localise(reading: Reading, options: WriteOptions, changed: frozenset[str]) -> set[str]:
    """Localises the stories and drawings among the changed parts and what they inherit from; returns the parts it changed.

    Raises ``BadSetting`` for a table of fonts that cannot be read.
    """
    aim = aim_of(options)
    if aim is None or not changed:
        return set()
    wanted = _stories(reading, aim, changed)
    stories = {name: each for name, each in running_parts(reading).items() if name in wanted}
    table = font_table(options.fonts).knowing(_kinds(reading))
    numbers = options.policy.numbering == "localise"
    done = {name for name, (root, _) in stories.items() if _story(root, aim, table)}
    done |= {name for name, (root, _) in stories.items() if numbers and name in changed and redate(root, aim)}
    for name in sorted(changed - stories.keys()):
        drawing = reading.parts.tree(name) if _is_drawing(reading, name) else None
        if drawing is not None and reface_drawing(drawing, aim, table):
            done.add(name)
    for kind, name in _shared_parts(reading, {owner for _, owner in stories.values()}):
        root = reading.parts.tree(name)
        if root is not None and _shared(kind, root, aim, table, numbers):
            done.add(name)
    return done


def _kinds(reading: Reading) -> dict[str, str]:
    """What the document says of its fonts: with or without serifs, of fixed width (17.8.3.9)."""
    found: dict[str, str] = {}
    for name in reading.parts.related(reading.parts.main, "fontTable"):
        root = reading.parts.tree(name)
        for font in root.iter("{*}font") if root is not None else ():
            family = child(font, "w:family")
            charset = child(font, "w:charset")
            wide = charset is not None and (w_attr(charset, "val") or "") in _EAST_ASIAN
            if family is not None and (kind := _FAMILIES.get(w_attr(family, "val") or "")):
                found[w_attr(font, "name") or ""] = "sans" if wide and kind == "mono" else kind
    return found


def localised_parts(source: Reading, options: WriteOptions, changed: frozenset[str]) -> set[str]:
    """The parts beside the changed ones that ``localise`` may change."""
    aim = aim_of(options)
    if aim is None:
        return set()
    stories = _stories(source, aim, changed)
    owners = {owner for name, (_, owner) in running_parts(source).items() if name in stories}
    return stories | {name for _, name in _shared_parts(source, owners)}


def _stories(reading: Reading, aim: Aim, changed: frozenset[str]) -> set[str]:
    """The stories to be localised: those that changed. Where the direction does, also a header of a page number alone."""
    every = {s.name for s in reading.parts.stories if s.kind != "comment"}
    own = set(changed & running_parts(reading).keys())
    return own | every if own and aim.rtl != aim.from_rtl else own


def _shared_parts(reading: Reading, owners: set[str]) -> Iterator[tuple[str, str]]:
    """What the stories of these documents (the main one, the building blocks) inherit from: kind and name."""
    for owner in sorted(owners):
        for kind in SHARED:
            yield from ((kind, name) for name in reading.parts.related(owner, kind))


def _is_drawing(reading: Reading, name: str) -> bool:
    kind = reading.parts.content_type(name)
    return "drawingml" in kind or "chart" in kind or "diagram" in kind


def _story(root: Element, aim: Aim, table: FontTable) -> bool:
    reach = Reach(root)
    done = [retag(reach, aim), reface(reach, aim, table), redirect(reach, aim), twin(reach, aim), respace(reach, aim)]
    done += [reface_drawing(p, aim, table) for p in root.iter(*_DRAWN)]
    return any(done)


def _shared(kind: str, root: Element, aim: Aim, table: FontTable, numbers: bool) -> bool:
    if kind == "theme":
        return reface_theme(root, aim, table)
    if kind == "settings":
        done = [tag_theme_fonts(root, aim), compress(root, aim)]
    elif kind == "numbering":
        reach = Reach(root)
        done = [retag(reach, aim), reface(reach, aim, table), numbers and renumber(root, aim)]
    else:
        defaults, reach = default_run_properties(root), Reach(root)
        done = [
            tag_defaults(defaults, aim), reface_defaults(defaults, aim, table), retag(reach, aim), reface(reach, aim, table),
            turn_back(reach, aim), twin(reach, aim), respace(reach, aim),
        ]  # fmt: skip
    return any(done)


def default_run_properties(styles: Element) -> Element:
    """The ``w:rPr`` of the document's defaults, made where it is not there (17.7.5)."""
    defaults = child(styles, "w:docDefaults")
    if defaults is None:
        defaults = styles.makeelement(same_flavour(styles, "docDefaults"))
        styles.insert(0, defaults)
    run = next((el for el in defaults if SHORT[el.tag] == "w:rPrDefault"), None)
    if run is None:
        run = defaults.makeelement(same_flavour(styles, "rPrDefault"))
        defaults.insert(0, run)
    return properties_of(run, "rPr")
