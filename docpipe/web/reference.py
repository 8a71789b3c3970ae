"""The reference of the JSON API, from our own OpenAPI document: routes by tag with parameters, bodies, answers and an example. Imports nothing."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "put", "post", "patch", "delete")
DEPTH = 4


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a field of a body or answer. ``name`` is a path with dots; ``[]`` marks the entries of a list."""

    name: str
    kind: str
    needed: bool
    says: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one address."""

    id: str
    method: str
    path: str
    tag: str
    summary: str
    says: str
    parameters: list[Field]
    body: list[Field]
    body_type: str
    answer: list[Field]
    answer_type: str
    example: str


def routes(document: dict[str, Any], address: str) -> list[Route]:
    """Every route of an OpenAPI 3.1 document, by tag and path. ``address``: where the server is, for the examples."""
    found = []
    for path, methods in document.get("paths", {}).items():
        for method in METHODS:
            if method in methods:
                found.append(_route(document, path, method, methods[method], address))
    return sorted(found, key=lambda r: (r.tag, r.path, METHODS.index(r.method.lower())))


def _route(document: dict[str, Any], path: str, method: str, given: dict[str, Any], address: str) -> Route:
    parameters = [
        Field(p["name"], kind(document, p.get("schema", {})), bool(p.get("required")), str(p.get("description", "")), p["in"])
        for p in given.get("parameters", []) if p["in"] in ("path", "query", "header")
    ]  # fmt: skip
    body_type, body = _content(given.get("requestBody", {}))
    good: dict[str, Any] = next((v for k, v in given.get("responses", {}).items() if k.startswith("2")), {})
    answer_type, answer = _content(good)
    tag = (given.get("tags") or ["other"])[0]
    says = str(given.get("description", "")).strip()
    first, _, rest = says.partition("\n")
    return Route(
        f"{method}-{path}".replace("/", "-").replace("{", "").replace("}", "").replace("--", "-"), method.upper(), path, tag,
        first or str(given.get("summary", "")), rest.strip(), parameters, fields(document, body), body_type, fields(document, answer),
        answer_type, _example(document, path, method, parameters, body_type, body, address),
    )  # fmt: skip


def _content(given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    for media, inside in given.get("content", {}).items():
        return media, inside.get("schema", {})
    return "", {}


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The schema itself, and the name under which it is kept."""
    name = ""
    while "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        schema = document["components"]["schemas"].get(name, {})
    return schema, name


def kind(document: dict[str, Any], schema: dict[str, Any]) -> str:
    """The type in words: string, list of Row, integer or null."""
    found, name = _resolved(document, schema)
    if "enum" in found:
        return " | ".join(json.dumps(v, ensure_ascii=False) for v in found["enum"])
    if "const" in found:
        return json.dumps(found["const"], ensure_ascii=False)
    if name:
        return name
    for key in ("anyOf", "oneOf", "allOf"):
        if key in found:
            return " or ".join(dict.fromkeys(kind(document, one) for one in found[key]))
    if found.get("type") == "array":
        return f"list of {kind(document, found.get('items', {}))}"
    if found.get("type") == "object" and isinstance(found.get("additionalProperties"), dict):
        return f"object of {kind(document, found['additionalProperties'])}"
    shape = found.get("format")
    return f"{found.get('type', 'any')}{f' ({shape})' if shape else ''}"


def fields(
    document: dict[str, Any], schema: dict[str, Any], prefix: str = "", seen: tuple[str, ...] = ()
) -> list[Field]:
    """The fields of an object, those of objects and lists inside it below their own names; no object twice on one way down."""
    found, name = _resolved(document, schema)
    if name in seen or len(seen) >= DEPTH:
        return []
    inner = (*seen, name or "?")
    for key in ("anyOf", "oneOf", "allOf"):
        if key in found:
            return [f for one in found[key] for f in fields(document, one, prefix, seen)]
    if found.get("type") == "array":
        return fields(document, found.get("items", {}), f"{prefix}[]", seen)
    needed = set(found.get("required", ()))
    made: list[Field] = []
    for key, value in found.get("properties", {}).items():
        path = f"{prefix}.{key}" if prefix else key
        made.append(Field(path, kind(document, value), key in needed, str(value.get("description", ""))))
        made += fields(document, value, path, inner)
    return made


def _sample(document: dict[str, Any], schema: dict[str, Any], depth: int = 0) -> Any:
    """A value of the right shape for an example."""
    found, _ = _resolved(document, schema)
    for key in ("default", "const"):
        if key in found:
            return found[key]
    if "enum" in found:
        return found["enum"][0]
    for key in ("anyOf", "oneOf", "allOf"):
        if key in found:
            return _sample(document, found[key][0], depth)
    what = found.get("type")
    if what == "array":
        return [_sample(document, found.get("items", {}), depth + 1)] if depth < 3 else []
    if what == "object" or "properties" in found:
        wanted = found.get("required") or list(found.get("properties", {}))
        return {
            k: _sample(document, found["properties"][k], depth + 1) for k in wanted if k in found.get("properties", {})
        }
    return {"integer": 1, "number": 1.0, "boolean": True, "null": None}.get(str(what), "…")


def _example(
    document: dict[str, Any], path: str, method: str, parameters: list[Field], media: str, body: dict[str, Any], address: str
) -> str:  # fmt: skip
    """The request as a command line with a token."""
    shown = path
    for p in parameters:
        if p.where == "path":
            shown = shown.replace("{" + p.name + "}", p.name.upper())
    words = ["curl", "-H", '"Authorization: Bearer $DOCPIPE_TOKEN"']
    if method != "get":
        words += ["-X", method.upper()]
    if media == "application/json":
        words += [
            "-H",
            '"Content-Type: application/json"',
            "-d",
            shlex.quote(json.dumps(_sample(document, body), ensure_ascii=False)),
        ]
    elif media == "multipart/form-data":
        found, _ = _resolved(document, body)
        for name, value in found.get("properties", {}).items():
            inner, _ = _resolved(document, value.get("items", value) if value.get("type") == "array" else value)
            if name in found.get("required", ()):
                filed = inner.get("format") == "binary" or "contentMediaType" in inner
                words += ["-F", f"{name}=@FILE" if filed else f"{name}=VALUE"]
    query = "&".join(f"{p.name}=…" for p in parameters if p.where == "query" and p.needed)
    return " ".join([*words, shlex.quote(f"{address}{shown}" + (f"?{query}" if query else ""))])
