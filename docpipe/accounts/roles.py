"""Roles, what each may do, and who a user is. Imports errors and the standard library.

Duties are kept apart (21 CFR 11.10(g)): an administrator neither edits nor signs, an auditor reads and nothing else.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from docpipe.errors import RoleMissing, UsageError


class Role(StrEnum):
    AUTHOR = "author"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    QUALITY = "quality"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Action(StrEnum):
    SUBMIT = "submit"
    EDIT = "edit"
    DISMISS = "dismiss"
    APPROVE = "approve"
    REJECT = "reject"
    SIGN = "sign"
    RELEASE = "release"
    RESUME = "resume"
    READ = "read"
    MANAGE_USERS = "manage_users"
    AUDIT_READ = "audit_read"


_ALLOWED: dict[Role, frozenset[Action]] = {
    Role.AUTHOR: frozenset({Action.READ, Action.SUBMIT, Action.EDIT, Action.RESUME}),
    Role.REVIEWER: frozenset({Action.READ, Action.EDIT, Action.DISMISS, Action.APPROVE, Action.REJECT}),
    Role.APPROVER: frozenset({Action.READ, Action.DISMISS, Action.APPROVE, Action.REJECT, Action.SIGN, Action.RELEASE}),
    Role.QUALITY: frozenset({Action.READ, Action.REJECT, Action.SIGN, Action.RELEASE, Action.AUDIT_READ}),
    Role.OPERATOR: frozenset({Action.READ, Action.SUBMIT, Action.RESUME}),
    Role.ADMINISTRATOR: frozenset({Action.READ, Action.MANAGE_USERS, Action.AUDIT_READ}),
    Role.AUDITOR: frozenset({Action.READ, Action.AUDIT_READ}),
}


@dataclass(frozen=True, slots=True)
class User:
    """An account. ``name`` is never given again to another person; ``printed_name`` stands in signatures (21 CFR 11.50).

    ``must_change``: the password is for one time. ``subject``: issuer and subject at the sign-on provider, "" for a local one.
    """

    name: str
    printed_name: str
    roles: frozenset[Role]
    disabled: bool
    created: datetime
    must_change: bool = False
    subject: str = ""


def allows(role: Role, action: Action) -> bool:
    """Whether the role alone permits the action."""
    return action in _ALLOWED[role]


def require(roles: Collection[Role], action: Action) -> None:
    """Raises ``RoleMissing`` unless one of the roles permits the action."""
    if not any(allows(role, action) for role in roles):
        able = ", ".join(role.value for role in Role if allows(role, action))
        raise RoleMissing(f"To {action.value.replace('_', ' ')} needs one of the roles: {able}.", action=action.value)


def check_duties(roles: Collection[Role]) -> None:
    """Raises ``UsageError`` for duties that one person may not have together (21 CFR 11.10(g))."""
    alone = {Role.AUDITOR} & set(roles)
    working = set(roles) & {Role.AUTHOR, Role.REVIEWER, Role.APPROVER, Role.QUALITY}
    if alone and len(set(roles)) > 1:
        raise UsageError("An auditor reads and has no other role.")
    if Role.ADMINISTRATOR in roles and working:
        raise UsageError("An administrator neither edits nor signs: give the other roles to another account.")
