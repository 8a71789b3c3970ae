"""The tree of docpipe's errors: everything that may go wrong and is not a defect of ours has a leaf here.

Imports nothing of docpipe. Each leaf has a stable dotted ``code``, one sentence for the user (the message it is raised
with), who can fix it, a hint how, and the exit code of the command line. Messages never hold document text or secrets.

    DocpipeError                       exit  who can fix it
    ├── UsageError                      2    caller: wrong use or settings
    ├── InputRefused                    3    submitter: a file that cannot be taken in
    ├── ReviewRefused                   2    reviewer: a decision, edit or import that is not allowed
    ├── ProviderError                   5    operator: model provider or network
    ├── StorageError                    6    operator: database, blobs, disk
    ├── AuditBroken                     7    quality: records do not verify
    └── Defect                         70    us

Reference for the exit codes: ``docpipe help exit-codes``.
"""

from __future__ import annotations

from typing import ClassVar, Literal

Who = Literal["submitter", "reviewer", "operator", "caller", "quality", "us"]


class DocpipeError(Exception):
    """Root of the tree. ``details`` are ids, names and counts, never document text."""

    code: ClassVar[str] = "defect.unknown"
    exit_code: ClassVar[int] = 70
    who: ClassVar[Who] = "us"
    fix: ClassVar[str] = "Report this with the code."

    def __init__(self, message: str, **details: str | int | float | None) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    def as_dict(self) -> dict[str, object]:
        """The error as it is shown in JSON: code, message, who can fix it, how, details."""
        return {
            "code": self.code,
            "message": self.message,
            "who": self.who,
            "fix": self.fix,
            "details": {k: v for k, v in self.details.items() if v is not None},
        }


# ---------------------------------------------------------------- wrong use or settings


class UsageError(DocpipeError):
    code = "usage.wrong"
    exit_code = 2
    who: ClassVar[Who] = "caller"
    fix = "See the command's --help."


class UnknownLanguage(UsageError):
    code = "usage.unknown_language"
    fix = "Give a BCP 47 code such as en, zh-CN, es or de."


class BadSetting(UsageError):
    code = "usage.bad_setting"
    fix = "Mend the setting, the profile file or the environment variable named."


class UnknownName(UsageError):
    """A batch, document, segment, checkpoint or user that is not there."""

    code = "usage.unknown_name"
    fix = "Look the name up with `docpipe review list` or `docpipe metrics`."


class PromptChanged(UsageError):
    code = "usage.prompt_changed"
    fix = "Restore the released prompt file, or add a new version and lock it."


class NotReady(UsageError):
    """The batch is not in a state that allows this."""

    code = "usage.not_ready"
    fix = "Look at the batch's state with `docpipe review list`."


class FlowServerDown(UsageError):
    code = "usage.flow_server_down"
    exit_code = 5
    who: ClassVar[Who] = "operator"
    fix = "Start it with `docpipe serve`, or unset PREFECT_API_URL so that the command starts its own."


class OfficeFailed(UsageError):
    """LibreOffice is not there, took too long or made nothing: pages are shown in docpipe's own plain rendering."""

    code = "usage.office_failed"
    exit_code = 5
    who: ClassVar[Who] = "operator"
    fix = "Look at `docpipe doctor` for LibreOffice; the plain rendering stays usable."


class PageServerDown(UsageError):
    code = "usage.page_server_down"
    exit_code = 5
    who: ClassVar[Who] = "operator"
    fix = "Give another --port, or see docpipe.log in the home folder."


# ---------------------------------------------------------------- files that cannot be taken in


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


class SameNameTwice(InputRefused):
    code = "input.same_name_twice"
    fix = "Give the two files different relative paths."


class UploadBroken(InputRefused):
    """An upload that is not a form with files, stopped in the middle, or came too slowly."""

    code = "input.upload_broken"
    fix = "Send the files again; nothing of this upload was kept."


# ---------------------------------------------------------------- review


class ReviewRefused(DocpipeError):
    code = "review.refused"
    exit_code = 2
    who: ClassVar[Who] = "reviewer"
    fix = "See `docpipe review show` for what is open."


class FourEyes(ReviewRefused):
    code = "review.four_eyes"
    fix = "Another person than the last editor approves this row."


class RoleMissing(ReviewRefused):
    code = "review.role_missing"
    fix = "Ask an administrator for the role, or let a person with the role do it."


class SignInFailed(ReviewRefused):
    code = "review.sign_in_failed"
    fix = "Check the name and the password (--as, DOCPIPE_PASSWORD_FILE)."


class SignInNeeded(SignInFailed):
    """Nobody is signed in, or the session has ended."""

    code = "review.sign_in_needed"
    fix = "Sign in; what was typed is kept."


class MustChangePassword(SignInFailed):
    """The password was given out for one time: it opens nothing but the page where it is changed."""

    code = "review.must_change_password"
    fix = "Sign in on the page and choose a password of your own, or run `docpipe admin user password`."


class CrossSite(ReviewRefused):
    """A request that changes something came from another site's page."""

    code = "review.cross_site"
    fix = "Open docpipe's own page and do it there."


class StaleRow(ReviewRefused):
    code = "review.stale_row"
    fix = "Export again: the row was changed since this copy was made."


class BrokenRow(ReviewRefused):
    code = "review.broken_row"
    fix = "Mend the row named (codes, id or digest) and import again."


class NotApprovable(ReviewRefused):
    """A row or checkpoint that may not be approved or signed as it stands."""

    code = "review.not_approvable"
    fix = "Edit the pseudo-translated rows and settle the critical findings first."


class IllegalMove(ReviewRefused):
    code = "review.illegal_move"
    fix = "The row's status does not allow this step."


# ---------------------------------------------------------------- provider


class ProviderError(DocpipeError):
    """``retry_after``: seconds the provider asked us to wait, if it said so."""

    code = "provider.failed"
    exit_code = 5
    who: ClassVar[Who] = "operator"
    fix = "Look at the provider's status and try `docpipe resume`."


class ProviderAuth(ProviderError):
    code = "provider.wrong_key"
    fix = "Set a valid key (OPENAI_API_KEY or the Azure variables)."


class ProviderNotFound(ProviderError):
    code = "provider.unknown_model"
    fix = "Check --model and --base-url."


class ProviderDown(ProviderError):
    code = "provider.unreachable"
    fix = "Check --base-url and the network, then `docpipe resume`."


class ProviderBusy(ProviderError):
    """429: rate or quota."""

    code = "provider.rate_limited"
    fix = "Wait, lower the concurrency or raise the quota, then `docpipe resume`."


class ProviderOverloaded(ProviderError):
    """5xx."""

    code = "provider.server_error"


class ProviderTimeout(ProviderError):
    """No reply in time: the call may have been paid for."""

    code = "provider.timeout"


class ProviderLost(ProviderError):
    """The connection broke after the request was sent: the call may have been paid for."""

    code = "provider.connection_lost"


class ProviderRefused(ProviderError):
    """4xx other than the above, or a content filter."""

    code = "provider.refused"
    fix = "The provider will not take this request: see the details, or let a person translate the rows."


class ReplyTruncated(ProviderError):
    code = "provider.truncated"


class ReplyMalformed(ProviderError):
    code = "provider.malformed_reply"


class BudgetSpent(ProviderError):
    code = "provider.budget_spent"
    fix = "Raise the spending limit: `docpipe resume BATCH --budget AMOUNT`."


# ---------------------------------------------------------------- storage and records


class StorageError(DocpipeError):
    code = "storage.failed"
    exit_code = 6
    who: ClassVar[Who] = "operator"
    fix = "Check the database and the disk, then run the command again."


class DiskFull(StorageError):
    code = "storage.full"
    fix = "Free disk space, then `docpipe resume`."


class DatabaseLocked(StorageError):
    code = "storage.locked"
    fix = "Another process holds the database: try again."


class DatabaseNewer(StorageError):
    code = "storage.newer_schema"
    fix = "Use the docpipe version that wrote this database, or a newer one."


class BlobMissing(StorageError):
    code = "storage.blob_missing"
    fix = "Restore the blob store from the backup."


class LeaseLost(StorageError):
    code = "storage.lease_lost"
    fix = "Another worker took the work over: nothing to do."


class CallInFlight(StorageError):
    """Another worker has the very same request under way, or its reply was stored just now."""

    code = "storage.call_in_flight"
    fix = "Wait for its reply: `docpipe resume` finds it without paying again."


class AuditBroken(DocpipeError):
    code = "audit.broken"
    exit_code = 7
    who: ClassVar[Who] = "quality"
    fix = "Restore the records from the backup and investigate the event named."


class Defect(DocpipeError):
    """Ours: an invariant of docpipe does not hold."""

    code = "defect.invariant"


class VerifyFailed(Defect):
    """The assembled document, read back, differs from what was approved."""

    code = "defect.verify_failed"
    fix = "Nothing was released. Report the document's features with the code."


def walk(root: type[DocpipeError] = DocpipeError) -> list[type[DocpipeError]]:
    """Every class of the tree, root first, depth first."""
    found = [root]
    for child in root.__subclasses__():
        found += walk(child)
    return found
