"""Runs the changes of language over the parts that hold translated text and over what they inherit from.

Imports the core and the parts of this package and of ooxml.
"""

from __future__ import annotations

from docpipe.formats.ooxml.localise.aim import Aim, aim_of
from docpipe.formats.ooxml.localise.language import retag, tag_defaults, tag_theme_fonts
from docpipe.formats.ooxml.localise.order import properties_of
from docpipe.formats.ooxml.names import SHORT, Element, child, same_flavour
from docpipe.formats.ooxml.records import Reading
from docpipe.model.document import WriteOptions

SHARED = ("styles", "stylesWithEffects", "numbering", "settings")
"""Relationships of the parts that every story inherits from."""


def localise(reading: Reading, options: WriteOptions, changed: frozenset[str]) -> set[str]:
    """Localises the stories among the changed parts and what they inherit from; returns the names of the parts it changed."""
    aim = aim_of(options)
    stories = [s for s in reading.parts.stories if s.name in changed]
    if aim is None or not stories:
        return set()
    done = {s.name for s in stories if retag(s.root, aim)}
    for kind in SHARED:
        for name in reading.parts.related(reading.parts.main, kind):
            root = reading.parts.tree(name)
            if root is not None and _shared(kind, root, aim):
                done.add(name)
    return done


def localised_parts(source: Reading, options: WriteOptions, changed: frozenset[str]) -> set[str]:
    """The parts beside the changed ones that ``localise`` may change."""
    if aim_of(options) is None or not any(s.name in changed for s in source.parts.stories):
        return set()
    return {name for kind in SHARED for name in source.parts.related(source.parts.main, kind)}


def _shared(kind: str, root: Element, aim: Aim) -> bool:
    if kind == "settings":
        return tag_theme_fonts(root, aim)
    changed = retag(root, aim)
    if kind != "numbering":
        changed |= tag_defaults(default_run_properties(root), aim)
    return changed


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
