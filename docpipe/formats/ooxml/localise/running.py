"""Runs the changes of language over the parts that hold translated text and over what they inherit from.

Imports the core and the parts of this package and of ooxml.
"""

from __future__ import annotations

from docpipe.formats.ooxml.localise.aim import Aim, aim_of
from docpipe.formats.ooxml.localise.dates import redate
from docpipe.formats.ooxml.localise.direction import redirect, turn_back, twin
from docpipe.formats.ooxml.localise.fonts import reface, reface_defaults, reface_drawing, reface_theme
from docpipe.formats.ooxml.localise.fonttable import FontTable, font_table
from docpipe.formats.ooxml.localise.language import retag, tag_defaults, tag_theme_fonts
from docpipe.formats.ooxml.localise.numbering import renumber
from docpipe.formats.ooxml.localise.order import properties_of
from docpipe.formats.ooxml.localise.reach import Reach
from docpipe.formats.ooxml.localise.spacing import compress, respace
from docpipe.formats.ooxml.names import SHORT, Element, child, same_flavour
from docpipe.formats.ooxml.records import Reading
from docpipe.model.document import WriteOptions

SHARED = ("styles", "stylesWithEffects", "numbering", "settings", "theme")
"""Relationships of the parts that every story inherits from."""


def localise(reading: Reading, options: WriteOptions, changed: frozenset[str]) -> set[str]:
    """Localises the stories and drawings among the changed parts and what they inherit from; returns the parts it changed.

    Raises ``BadSetting`` for a table of fonts that cannot be read.
    """
    aim = aim_of(options)
    if aim is None or not changed:
        return set()
    stories = {s.name: s.root for s in reading.parts.stories if s.name in _stories(reading, aim, changed)}
    table = font_table(options.fonts)
    done = {name for name, root in stories.items() if _story(root, aim, table)}
    if options.policy.numbering == "localise":
        done |= {name for name, root in stories.items() if name in changed and redate(root, aim)}
    for name in sorted(changed - stories.keys()):
        root = reading.parts.tree(name) if _is_drawing(reading, name) else None
        if root is not None and reface_drawing(root, aim, table):
            done.add(name)
    if stories:
        for kind in SHARED:
            for name in reading.parts.related(reading.parts.main, kind):
                root = reading.parts.tree(name)
                if root is not None and _shared(kind, root, aim, table, options.policy.numbering == "localise"):
                    done.add(name)
    return done


def localised_parts(source: Reading, options: WriteOptions, changed: frozenset[str]) -> set[str]:
    """The parts beside the changed ones that ``localise`` may change."""
    aim = aim_of(options)
    if aim is None or not any(s.name in changed for s in source.parts.stories):
        return set()
    shared = {name for kind in SHARED for name in source.parts.related(source.parts.main, kind)}
    return shared | _stories(source, aim, changed)


def _stories(reading: Reading, aim: Aim, changed: frozenset[str]) -> set[str]:
    """The stories to be localised: those that changed. Where the direction does, also a header of a page number alone."""
    every = {s.name for s in reading.parts.stories if s.kind != "comment"}
    own = {s.name for s in reading.parts.stories if s.name in changed}
    return own | every if own and aim.rtl != aim.from_rtl else own


def _is_drawing(reading: Reading, name: str) -> bool:
    kind = reading.parts.content_type(name)
    return "drawingml" in kind or "chart" in kind or "diagram" in kind


def _story(root: Element, aim: Aim, table: FontTable) -> bool:
    reach = Reach(root)
    done = [retag(reach, aim), reface(reach, aim, table), redirect(reach, aim), twin(reach, aim), respace(reach, aim)]
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
