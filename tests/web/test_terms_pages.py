"""Terms of a package on the page and by JSON: who may lock, what is shown afterwards, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from fastapi.testclient import TestClient
from web_builders import World

from docpipe.store import package_terms
from docpipe.store.package_terms import PackageTerm

TERMS = (
    PackageTerm("primary endpoint", "criterio principal", uses=30, targets={"criterio principal": 20, "variable <primaria>": 10}),
    PackageTerm("vital signs", "constantes vitales", uses=9, targets={"constantes vitales": 9}),
)  # fmt: skip


def known(world: World) -> str:
    with world.house.store.write() as s:
        package_terms.propose(s, world.batch, TERMS, datetime.now(UTC))
    return f"/batches/{world.batch}/terms"


def test_terms_are_listed_with_their_renderings_and_locked_by_an_approver(
    world: World, client_as: Callable[..., TestClient]
) -> None:
    address, approver = known(world), client_as("approver")
    page = approver.get(address).text
    assert "primary endpoint" in page
    assert "variable &lt;primaria&gt;" in page
    assert "Nobody has locked a term yet" in page
    assert "vital signs" not in approver.get(f"{address}?show=several").text
    done = approver.post(
        address, data={"do": "lock", "source": "primary endpoint", "target": "variable <primaria>", "reason": "agreed"}
    )
    assert done.status_code == 303
    assert done.headers["location"] == address
    page = approver.get(address).text
    assert "Approver One" in page
    assert "agreed" in page
    (term,) = [
        t for t in approver.get(f"/api/v1/batches/{world.batch}/terms").json()["terms"] if t["state"] == "locked"
    ]
    assert (term["target"], term["locked_by"]) == ("variable <primaria>", "approver.one")


def test_to_unlock_needs_a_reason_and_both_need_the_role(world: World, client_as: Callable[..., TestClient]) -> None:
    address, approver = known(world), client_as("approver")
    lock = {"do": "lock", "source": "vital signs"}
    assert client_as("author").post(address, data=lock).status_code == 403
    assert "Lock this" not in client_as("author").get(address).text
    assert approver.post(address, data=lock).status_code == 303
    refused = approver.post(address, data={"do": "unlock", "source": "vital signs"})
    assert refused.status_code >= 400
    assert "needs a reason" in refused.text
    assert approver.post(address, data={"do": "unlock", "source": "vital signs", "reason": "other"}).status_code == 303
    assert "unlocked" in approver.get(address).text
    api = f"/api/v1/batches/{world.batch}/terms"
    assert approver.post(f"{api}/unlock", json={"source": "vital signs", "reason": "again"}).status_code == 404
    told = approver.post(f"{api}/lock", json={"source": "new term", "target": "término"}).json()
    assert [t["source"] for t in told["terms"] if t["state"] == "locked"] == ["new term"]
