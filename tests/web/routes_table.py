"""Every route of the application with what it declares to need, read from the running code: new routes are in at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi.routing import APIRoute

from docpipe.accounts.roles import Action, Role, allows
from docpipe.web.app import modules
from docpipe.web.security import SAFE
from docpipe.web.session import Needs, Public

PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


@dataclass(frozen=True)
class Route:
    """``needs``: alternatives that must hold one of each; ``body``: whether something must be sent."""

    method: str
    path: str
    module: str
    needs: tuple[tuple[Action, ...], ...]
    public: bool
    body: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def unsafe(self) -> bool:
        return self.method not in SAFE

    @property
    def api(self) -> bool:
        return self.path.startswith("/api/")

    @property
    def parameters(self) -> list[str]:
        return PARAMETER.findall(self.path)

    def permits(self, role: Role) -> bool:
        """Whether the role alone may, by what the route declares."""
        return all(not either or any(allows(role, action) for action in either) for either in self.needs)

    def filled(self, values: dict[str, str]) -> str:
        """The address with ids; a parameter that nobody taught the table fails."""
        return PARAMETER.sub(lambda m: values[m[1]], self.path)


def _calls(dependant: Any) -> Iterator[Any]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)


def routes() -> list[Route]:
    """All routes of pages and API."""
    found: list[Route] = []
    for package in ("docpipe.web.api", "docpipe.web.pages"):
        for module in modules(package):
            for route in module.router.routes:
                assert isinstance(route, APIRoute), f"{module.__name__}: {route} is no plain route"
                calls = list(_calls(route.dependant))
                needs = tuple(dict.fromkeys(c.actions for c in calls if isinstance(c, Needs)))
                public = any(isinstance(c, Public) for c in calls)
                body = bool(route.dependant.body_params)
                name = module.__name__.removeprefix("docpipe.web.")
                found += [Route(m, route.path, name, needs, public, body) for m in sorted(route.methods)]
    return found
