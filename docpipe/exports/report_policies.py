"""The recipe's policies of reading in plain words, one line each, for the report. Imports the core only."""

from __future__ import annotations

from docpipe.model.document import ReadPolicy

SKIPS = {
    "alternate": "copies of text for older readers, kept as they are",
    "bound-to-control": "text that a content control shows elsewhere",
    "building-blocks": "stored building blocks that no page shows",
    "chart-data": "strings of charts' data, by policy kept",
    "comment": "comments, by policy not translated",
    "comment-dropped": "comments, by policy taken out of the output",
    "copy-of-alternative-text": "the second copy of an alternative text: it gets the translation of the first",
    "copy-of-chart-text": "a string that a chart holds more than once: it gets the translation of the first",
    "copy-of-smart-art": "the drawing of a SmartArt diagram: it gets the translation of the diagram",
    "copy-of-text-box": "the second copy of a text box: it gets the translation of the first",
    "deleted": "text deleted by a tracked change",
    "drawing-text": "text in drawings that is no paragraph of its own, kept as it is",
    "equation": "symbols and numbers of equations, kept as they are",
    "field-code": "instructions of fields",
    "field-result": "results of fields that a word processor computes anew, such as page numbers",
    "hidden": "hidden text, by policy not translated",
    "misplaced": "text where no reader shows it",
    "numbering-label": "words in automatic numbers: put in the target's way where docpipe knows them (policy numbering), else kept",
    "object-text": "text in embedded objects, kept as it is",
    "property": "document properties, by policy kept",
    "rebuilt-reference": "entries of lists and references, which get the words of the translated heading or caption they repeat",
    "ruby": "reading aids without a base, kept as they are",
    "shape-text": "WordArt, alternative texts of shapes and tables, entries of old form fields, by policy kept",
    "vml-alt-text": "alternative text of a shape in a passage that is kept",
    "white-space": "white space between texts",
    "word-art": "WordArt in a passage that is kept",
}
"""Plain words for the reasons of skipped characters; a reason that is not here is shown as the reader gave it."""

_POLICIES: dict[str, tuple[str, dict[str, str]]] = {
    "tracked_changes": ("Tracked changes", {
        "refuse": "documents that hold any are refused", "final": "translated as if accepted; the source keeps them",
        "keep": "insertions stay marked and are translated, deletions stay as they are",
    }),
    "comments": ("Comments", {
        "skip": "kept, not translated", "translate": "translated", "drop": "taken out of the translation",
    }),
    "hidden_text": ("Hidden text", {"skip": "kept, not translated", "translate": "translated"}),
    "properties": ("Document properties", {
        "title": "title and subject are translated", "keep": "kept",
        "all": "title, subject, description, keywords and category are translated",
    }),
    "glossary": ("Building blocks", {"skip": "kept, no page shows them", "translate": "translated"}),
    "embedded": ("Carried files", {
        "translate": "worksheets follow their charts; embedded documents and chunks are translated, others are named",
        "keep": "data of charts, embedded documents and chunks are kept and named",
    }),
    "bound_data": ("Data behind content controls and fields", {
        "follow": "gets what the page shows", "keep": "kept: a word processor may show the old text again",
    }),
    "shape_text": ("WordArt, alternative texts of shapes and tables, entries of old form fields", {"translate": "translated", "skip": "kept"}),
    "equations": ("Words in equations", {"text": "translated; symbols are kept", "keep": "kept"}),
    "macros": ("Macros", {"refuse": "documents that hold any are refused", "drop": "taken out of the translation"}),
    "numbering": ("Automatic numbers", {
        "localise": "counting and words such as Chapter are put in the target's way", "keep": "kept",
    }),
    "images": ("Text in pictures", {"list": "not translated; every picture is named", "ignore": "not translated"}),
}  # fmt: skip


def policy_lines(policy: ReadPolicy) -> list[dict[str, str]]:
    """For each policy its key, its value, its name and what it means; the field codes as the last."""
    lines = [
        {"key": key, "value": (value := str(getattr(policy, key))), "name": name, "words": words.get(value, value)}
        for key, (name, words) in _POLICIES.items()
    ]
    codes = ", ".join(sorted(policy.fields))
    return [*lines, {"key": "fields", "value": codes, "name": "Results of fields", "words": f"translated: {codes}"}]
