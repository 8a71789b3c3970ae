"""The root of the tree of errors. Imports nothing of docpipe."""

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
