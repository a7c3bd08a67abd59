"""JSON Schemas (draft-07) of the files of a store."""

from __future__ import annotations

import json
from typing import Any

from tkt.assets import read_asset
from tkt.domain.fields import Field, FieldType
from tkt.domain.settings import Settings


def schema_text(kind: str, settings: Settings | None) -> str:
    """The schema of a kind of file.

    Args:
        kind: `ticket`, `entry`, `project`, `workflow` or `people`.
        settings: of the desk, for its own fields and values; None for what every desk has.
    """
    schema: dict[str, Any] = json.loads(read_asset(f"schema/{kind}.json"))
    if settings:
        for field in settings.fields.values():
            known = schema["properties"].get(field.name, {})
            schema["properties"][field.name] = {**known, **_declared(field)}
    return json.dumps(schema, indent=2, ensure_ascii=False)


def _declared(field: Field) -> dict[str, Any]:
    """What the settings say of a field; an unset value stands in the file as nothing at all."""
    choices = list(field.choices)
    if field.type is FieldType.LIST:
        items = {"enum": choices} if choices else {"type": "string"}
        return {"type": ["array", "null"], "items": items, "uniqueItems": True}
    if choices:
        return {"enum": [*choices, None]}
    return {"type": ["string", "null"]}
