"""Decisions, edits and imports that are not allowed: the reviewer can mend these. Imports the root of the tree only."""

from __future__ import annotations

from typing import ClassVar

from docpipe.errors.base import DocpipeError, Who


class ReviewRefused(DocpipeError):
    code = "review.refused"
    exit_code = 2
    who: ClassVar[Who] = "reviewer"
    fix = "See `docpipe review show` for what is open."


class FourEyes(ReviewRefused):
    code = "review.four_eyes"
    fix = "Another person approves it than the one who edited the row or dismissed the finding."


class RoleMissing(ReviewRefused):
    code = "review.role_missing"
    fix = "Ask an administrator for the role, or let a person with the role do it."


class SignInFailed(ReviewRefused):
    code = "review.sign_in_failed"
    fix = "Check the name and the password (--as, DOCPIPE_PASSWORD_FILE) or the token (DOCPIPE_TOKEN)."


class SignInNeeded(SignInFailed):
    """Nobody is signed in, or the session has ended."""

    code = "review.sign_in_needed"
    fix = "Sign in; what was typed is kept."


class MustChangePassword(SignInFailed):
    """The password was given out for one time: it opens nothing but the page where it is changed."""

    code = "review.must_change_password"
    fix = "Sign in on the page and choose a password of your own, or run `docpipe admin user password`."


class SignOnFailed(SignInFailed):
    """Signing in at the sign-on provider came to nothing: it is away, refused, or answered what cannot be believed."""

    code = "review.sign_on_failed"
    fix = "Try again; if it stays so, an operator looks at the oidc settings and the provider."


class CrossSite(ReviewRefused):
    """A request that changes something came from another site's page."""

    code = "review.cross_site"
    fix = "Open docpipe's own page and do it there."


class StaleRow(ReviewRefused):
    code = "review.stale_row"
    fix = "Export again: the row was changed since this copy was made."


class StaleFindings(StaleRow):
    """A decision on findings that are others by now than they were when they were shown."""

    code = "review.stale_findings"
    fix = "Look at the findings again, as they are now, and decide on them."


class BrokenRow(ReviewRefused):
    code = "review.broken_row"
    fix = "Mend the row named (codes, id or digest) and import again."


class NotApprovable(ReviewRefused):
    """A row or checkpoint that may not be approved or signed as it stands."""

    code = "review.not_approvable"
    fix = "Settle the open findings first; after a rehearsal, translate the pseudo-translated rows."


class IllegalMove(ReviewRefused):
    code = "review.illegal_move"
    fix = "The row's status does not allow this step."
