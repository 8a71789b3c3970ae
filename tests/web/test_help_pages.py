"""Help and the reference of the API: every topic, every error's heading, every route; nothing from elsewhere."""

from __future__ import annotations

import html as html_module
import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from docpipe import errors
from docpipe.steps import help as pages
from docpipe.web.grid_keys import KEYS
from docpipe.web.markdown import anchor, html
from docpipe.web.reference import routes


def test_every_topic_is_listed_and_shown(client_as: Callable[..., TestClient]) -> None:
    client = client_as("auditor")
    listed = client.get("/help").text
    for name, title in pages.topics():
        assert f'href="/help/{name}"' in listed
        answer = client.get(f"/help/{name}")
        assert answer.status_code == 200
        assert f"<h1>{html_module.escape(title)}</h1>" in answer.text
        assert answer.text.count("<h1>") == 1


def test_every_error_that_a_page_shows_has_its_heading(client_as: Callable[..., TestClient]) -> None:
    shown = client_as("auditor").get("/help/errors").text
    assert [cls.code for cls in errors.walk() if f'id="{cls.code}"' not in shown] == []


def test_links_between_the_shipped_pages_lead_somewhere(client_as: Callable[..., TestClient]) -> None:
    client = client_as("auditor")
    known = {name for name, _ in pages.topics()}
    for name in pages.shipped():
        for target in re.findall(r'href="/help/([^"#]+)', client.get(f"/help/{name}").text):
            assert target in known, (name, target)
        for target in re.findall(r"`docpipe help ([a-z-]+)`", pages.page(name)):
            assert target in known, (name, target)


def test_an_unknown_topic_is_not_found(client_as: Callable[..., TestClient]) -> None:
    assert client_as("auditor").get("/help/nothing").status_code == 404
    assert client_as().get("/help").status_code == 303


def test_the_page_of_keys_is_the_table_of_the_handlers() -> None:
    page = pages.page("keyboard")
    assert [key.keys for key in KEYS if f"`{key.keys}` | {key.does}" not in page] == []


def test_html_in_a_page_is_shown_and_not_run() -> None:
    title, body = html(
        "# T `x`\n\n## A <b>b</b>\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1))\n\n| a |\n|:-:|\n| b |\n"
    )
    assert title == "T x"
    assert "<script>" not in body
    assert "<b>" not in body
    assert 'href="javascript' not in body
    assert "style=" not in body


def test_headings_with_one_text_have_ids_of_their_own() -> None:
    assert anchor("input.dtd_forbidden") == "input.dtd_forbidden"
    assert anchor("docpipe review show") == "docpipe-review-show"
    assert re.findall(r'id="([^"]+)"', html("# T\n\n## A b\n\n## A b\n")[1]) == ["a-b", "a-b-2"]


# ---------------------------------------------------------------- the reference


def openapi(client: TestClient) -> dict[str, Any]:
    answer = client.get("/api/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_the_document_is_openapi_with_typed_answers_and_no_dangling_reference(
    client_as: Callable[..., TestClient],
) -> None:
    document = openapi(client_as("auditor"))
    assert document["openapi"].startswith("3.1")
    assert {"title", "version"} <= document["info"].keys()
    names = document["components"]["schemas"]
    for reference in re.findall(r'"#/components/schemas/([^"]+)"', str(document).replace("'", '"')):
        assert reference in names
    ids = [m["operationId"] for p in document["paths"].values() for m in p.values()]
    assert len(ids) == len(set(ids))
    for path, methods in document["paths"].items():
        wanted = set(re.findall(r"\{(\w+)\}", path))
        for method, told in methods.items():
            given = {p["name"] for p in told.get("parameters", []) if p["in"] == "path"}
            assert given == wanted, (method, path)
            assert any(code.startswith("2") for code in told["responses"]), (method, path)


def test_every_schema_of_the_document_is_json_schema(client_as: Callable[..., TestClient]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    for schema in openapi(client_as("auditor"))["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_what_the_api_answers_is_what_the_document_says(client_as: Callable[..., TestClient], world: Any) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    client = client_as("operator")
    document = openapi(client)
    paths = {
        "/api/v1/operations": {}, "/api/v1/health": {}, "/api/v1/trends": {}, "/api/v1/refused": {}, "/api/v1/metrics": {},
        "/api/v1/batches/{batch}/metrics": {"batch": world.batch}, "/api/v1/batches/{batch}/runs": {"batch": world.batch},
        "/api/v1/documents/{document}/timeline": {"document": world.document},
    }  # fmt: skip
    for path, values in paths.items():
        answer = client.get(path.format(**values))
        assert answer.status_code == 200, (path, answer.text)
        schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        whole = {**schema, "components": document["components"]}
        jsonschema.validate(answer.json(), whole)


def test_the_reference_lists_every_route_of_the_document_and_nothing_else(
    app: FastAPI, client_as: Callable[..., TestClient]
) -> None:
    client = client_as("auditor")
    shown = client.get("/api").text
    document = openapi(client)
    listed = routes(document, "http://testserver")
    assert {(r.method.lower(), r.path) for r in listed} == {(m, p) for p, ms in document["paths"].items() for m in ms}
    assert len({r.id for r in listed}) == len(listed)
    for route in listed:
        assert f"<code>{html_module.escape(route.path)}</code>" in shown
        assert route.summary, f"{route.method} {route.path} says nothing"
        assert route.example.startswith("curl ")
    assert not re.search(r'(src|href)="(https?:)?//', shown)


def test_the_reference_is_searched(client_as: Callable[..., TestClient]) -> None:
    client = client_as("auditor")
    assert "/api/v1/trends" in client.get("/api?q=leverage").text
    assert "No route matches" in client.get("/api?q=xyzzy").text
