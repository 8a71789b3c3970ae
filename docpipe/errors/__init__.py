"""The tree of docpipe's errors: everything that may go wrong and is not a defect of ours has a leaf here.

Imports nothing else of docpipe; a file a theme. Each leaf has a stable dotted ``code``, one sentence for the user (the message it is raised
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

from docpipe.errors.base import DocpipeError as DocpipeError
from docpipe.errors.base import Who as Who
from docpipe.errors.inputs import *
from docpipe.errors.provider import *
from docpipe.errors.review import *
from docpipe.errors.storage import *
from docpipe.errors.usage import *


def walk(root: type[DocpipeError] = DocpipeError) -> list[type[DocpipeError]]:
    """Every class of the tree, root first, depth first."""
    found = [root]
    for child in root.__subclasses__():
        found += walk(child)
    return found
