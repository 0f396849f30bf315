"""Reading what callbacks answer."""

import json
from typing import Any

__all__ = ["notices", "pattern", "props_of", "texts"]


def texts(node: Any) -> str:
    """Return all text in an answer."""
    if isinstance(node, dict):
        return " ".join(texts(v) for k, v in node.items() if k not in {"id", "className", "type", "namespace"})
    if isinstance(node, list):
        return " ".join(texts(v) for v in node)
    return node if isinstance(node, str) else ""


def notices(answer: Any) -> str:
    """Return the messages of an answer."""
    return texts(answer["response"].get("notices") or answer.get("sideUpdate", {}).get("notices") or {})


def pattern(own: dict[str, str], property_: str = "n_clicks") -> str:
    """Return the name of a property of a component whose id is a dictionary."""
    return json.dumps(own, sort_keys=True, separators=(",", ":")) + f".{property_}"


def props_of(answer: Any, kind: str) -> list[dict[str, Any]]:
    """Return the properties of every component of a kind in an answer."""
    if isinstance(answer, list):
        return [p for item in answer for p in props_of(item, kind)]
    if not isinstance(answer, dict):
        return []
    own = [answer["props"]] if answer.get("type") == kind and "props" in answer else []
    return own + [p for item in answer.values() for p in props_of(item, kind)]
