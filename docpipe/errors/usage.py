"""Wrong use and settings: whoever gave the command or request can mend these. Imports the root of the tree only."""

from __future__ import annotations

from typing import ClassVar

from docpipe.errors.base import DocpipeError, Who


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
