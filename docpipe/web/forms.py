"""Forms with files as OpenAPI tells them: the fields that programs send, described once. Imports nothing."""

from __future__ import annotations

from typing import Any

Field = dict[str, Any]
TEXT: Field = {"type": "string"}
FILE: Field = {"type": "string", "format": "binary"}
FILES: Field = {"type": "array", "items": FILE}
YES: Field = {"type": "string", "enum": ["1"]}
REVIEW: Field = {"type": "string", "enum": ["required", "none"]}


def form(*required: str, **fields: Field) -> dict[str, Any]:
    """What a route takes, for its ``openapi_extra``; ``from_`` is the field ``from``."""
    properties = {name.rstrip("_"): field for name, field in fields.items()}
    schema = {"type": "object", "required": list(required), "properties": properties}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


def said(field: Field, description: str) -> Field:
    """A field with a word on what it holds."""
    return {**field, "description": description}
