"""Files that cannot be taken in: their submitter can mend these. Imports the root of the tree only."""

from __future__ import annotations

from typing import ClassVar

from docpipe.errors.base import DocpipeError, Who


class InputRefused(DocpipeError):
    code = "input.refused"
    exit_code = 3
    who: ClassVar[Who] = "submitter"
    fix = "Submit a mended file."


class InputMissing(InputRefused):
    code = "input.missing"
    fix = "Check the path."


class InputEmpty(InputRefused):
    code = "input.empty"
    fix = "Submit the file again: this copy has no bytes."


class InputUnsupported(InputRefused):
    code = "input.unsupported_type"
    fix = "Save the file as DOCX or as a PDF with a text layer."


class LegacyWord(InputRefused):
    code = "input.legacy_word"
    fix = "Open the .doc in Word or LibreOffice and save it as DOCX."


class Encrypted(InputRefused):
    code = "input.encrypted"
    fix = "Remove the password and submit the file again."


class NotAPackage(InputRefused):
    code = "input.not_a_package"
    fix = "The file is damaged or not what its name says: export it again."


class DamagedPackage(InputRefused):
    code = "input.damaged"
    fix = "Open the file in Word, save it anew and submit it again."


class TooLarge(InputRefused):
    code = "input.too_large"
    fix = "Split the document, or let an operator raise the limit."


class TooLargeInflated(InputRefused):
    code = "input.too_large_inflated"
    fix = "The archive inflates beyond the limit: repack it without padding."


class UnsafeName(InputRefused):
    code = "input.unsafe_name"
    fix = "Repack the archive without absolute, parent or duplicate entry names."


class DtdForbidden(InputRefused):
    code = "input.dtd_forbidden"
    fix = "Remove the document type declaration from the XML."


class XmlTooComplex(InputRefused):
    code = "input.xml_too_complex"
    fix = "Simplify the document: nesting, attributes or text exceed the limit."


class XmlMalformed(InputRefused):
    code = "input.xml_malformed"
    fix = "Open the file in Word, save it anew and submit it again."


class MacrosForbidden(InputRefused):
    code = "input.macros_forbidden"
    fix = "Save the document without macros (.docx)."


class TrackedChangesPolicy(InputRefused):
    code = "input.tracked_changes"
    fix = "Accept or reject the tracked changes, or state a policy with --tracked-changes final."


class NoText(InputRefused):
    code = "input.no_text"
    fix = "The pages are images: submit a file with a text layer."


class ParserKilled(InputRefused):
    """The child process that reads the file went over its time or memory, or crashed."""

    code = "input.parser_killed"
    fix = "The file exhausts the reader: simplify or split it, or let an operator raise the limit."


class AssetMalformed(InputRefused):
    """A TMX, termbase CSV, XLIFF, profile or bilingual table that does not parse or lacks what it needs."""

    code = "input.asset_malformed"
    fix = "Mend the file at the place named."


class SourceUnsupported(InputRefused):
    """A file that no reader of sources for drafting takes."""

    code = "input.unsupported_source"
    fix = "Give data as XPT, Dataset-JSON or CSV, tables as RTF or DOCX, figures as PNG or JPEG, results as ARS JSON, text as DOCX, PDF or Markdown."


class NothingReadable(InputRefused):
    """Among all the sources of a draft there is none that can be read."""

    code = "input.nothing_readable"
    fix = "Give the study's datasets, tables or texts; the message or the batch's findings say why each file was left out."


class DataDamaged(InputRefused):
    """A dataset, define.xml, table or results file that is cut off, contradicts itself, or is not what it says."""

    code = "input.data_damaged"
    fix = "Export the file again from the system that made it."


class ProtocolVersion(InputRefused):
    """A USDM file of another version than 3 or 4."""

    code = "protocol.version"
    fix = "Export the study as USDM version 4 (or 3) JSON."


class ProtocolObservational(InputRefused):
    """A USDM file of an observational study: ICH M11 is for interventional trials."""

    code = "protocol.observational"
    fix = "Give the USDM file of an interventional trial; an observational study needs a protocol of another kind."


class NoTable(InputRefused):
    """A file that was given as tables of results and holds none."""

    code = "input.no_table"
    fix = "Give the file that holds the table, or give this one as text (DOCX, PDF or Markdown)."


class FigureUnsupported(InputRefused):
    """A figure whose picture is of a kind that cannot be carried over as it is (PDF, SVG, EMF, WMF, TIFF, GIF)."""

    code = "input.unsupported_figure"
    fix = "Save the figure as PNG or JPEG; nothing else of it needs to change."


class NoFigure(InputRefused):
    """A file of pictures in which no line names a figure by its number."""

    code = "input.no_figure"
    fix = "Put a line such as 'Figure 14-1 Title' above the picture, or give the picture itself as Figure 14-1.png."


class NotDerivable(InputRefused):
    """Facts that cannot be put together: other studies, data versions, or values that are no numbers."""

    code = "input.not_derivable"
    fix = "Derive from facts of one study and data version that state exact numbers."


class SameNameTwice(InputRefused):
    code = "input.same_name_twice"
    fix = "Give the two files different relative paths."


class UploadBroken(InputRefused):
    """An upload that is not a form with files, stopped in the middle, or came too slowly."""

    code = "input.upload_broken"
    fix = "Send the files again; nothing of this upload was kept."
