"""Database, blobs and disk, records that do not verify, and defects of ours. Imports the root of the tree only."""

from __future__ import annotations

from typing import ClassVar

from docpipe.errors.base import DocpipeError, Who


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
