"""No control without effect, and none without a name."""

import json
from typing import Any

from dash.development.base_component import Component
from tests.web.walking import Visitor, props, walk

#: What people operate.
OPERABLE = {
    "ActionIcon", "Autocomplete", "Burger", "Button", "Checkbox", "CheckboxGroup", "Chip", "DateInput",
    "DatePickerInput", "DateTimePicker", "Dropdown", "FileInput", "Input", "JsonInput", "MenuItem", "MultiSelect",
    "NumberInput", "Pagination", "PasswordInput", "PinInput", "RadioGroup", "RadioItems", "Rating",
    "SegmentedControl", "Select", "Slider", "Switch", "Tabs", "TagsInput", "TextInput", "Textarea", "TimeInput",
    "UnstyledButton", "Upload",
}  # fmt: skip
#: Attributes that an asset listens to.
HANDLED = ("data-zoom", "data-upload-pick", "data-copy")


def listened(visitor: Visitor) -> list[Any]:
    """Return the ids that callbacks read, patterns as dictionaries."""
    ids = [d["id"] for c in visitor.app._callback_list for d in (*c["inputs"], *c["state"])]
    return [json.loads(i) if i.startswith("{") else i for i in ids]


def heard(own: Any, ids: list[Any]) -> bool:
    if not isinstance(own, dict):
        return own in ids
    patterns = [i for i in ids if isinstance(i, dict) and i.keys() == own.keys()]
    return any(all(v in (own[k], ["ALL"], ["MATCH"]) for k, v in p.items()) for p in patterns)


def parents(node: Component) -> dict[int, Component]:
    return {id(child): parent for parent in walk(node) for child in children(parent)}


def children(node: Component) -> list[Component]:
    direct = getattr(node, "children", None)
    return [c for c in (direct if isinstance(direct, list | tuple) else [direct]) if isinstance(c, Component)]


def has_effect(control: Component, ids: list[Any], above: dict[int, Component]) -> bool:
    if getattr(control, "id", None) is not None:
        return heard(control.id, ids)
    given = props(control)
    if any(name in given for name in HANDLED) or given.get("type") == "hidden" or given.get("readOnly"):
        return True
    outer = above.get(id(control))
    while outer is not None:
        kind = type(outer).__name__
        if kind in {"CheckboxGroup", "RadioGroup"} and heard(getattr(outer, "id", None), ids):
            return True
        if kind == "PopoverTarget" or (kind == "Form" and getattr(outer, "action", None)):
            return True
        outer = above.get(id(outer))
    return False


def everything(visitor: Visitor) -> dict[str, Component]:
    shown = {what: visitor.show(address) for what, address in visitor.addresses().items()}
    return shown | {"frame": visitor.frame(visitor.world.actor())}


def test_every_control_is_listened_to(visitor: Visitor) -> None:
    ids = listened(visitor)
    seen, dead = set(), []
    for what, page in everything(visitor).items():
        above = parents(page)
        for control in walk(page):
            if type(control).__name__ in OPERABLE:
                seen.add(type(control).__name__)
                if not has_effect(control, ids, above):
                    dead.append((what, type(control).__name__, getattr(control, "id", None)))
    assert dead == []
    assert {"Button", "Select", "NumberInput", "Autocomplete", "SegmentedControl", "Switch", "RadioGroup"} <= seen


def test_a_control_that_nobody_listens_to_is_found() -> None:
    import dash_mantine_components as dmc
    from dash import html

    for dead in (
        dmc.Button("x", id="nobody"),
        dmc.Switch(label="x"),
        html.Button("x"),
        dmc.Button("x", id={"do": "z"}),
    ):
        assert not has_effect(dead, ["somebody", {"do": ["ALL"], "x": ["ALL"]}], {})
    assert has_effect(dmc.Button("x", id={"do": "z", "x": "1"}), [{"do": "z", "x": ["ALL"]}], {})


def test_every_field_has_a_label(visitor: Visitor) -> None:
    for what, page in everything(visitor).items():
        for control in walk(page):
            if type(control).__name__ in OPERABLE - {"Button", "Tabs"}:
                given = props(control)
                if given.get("type") == "hidden":
                    continue
                named = (
                    given.get("label")
                    or given.get("aria-label")
                    or given.get("aria-labelledby")
                    or given.get("children")
                )
                assert named, (what, control)


def test_links_lead_to_pages(visitor: Visitor) -> None:
    for what, page in everything(visitor).items():
        for component in walk(page):
            href = props(component).get("href")
            if isinstance(href, str) and not href.startswith(("#", "/api/", "/account")):
                assert visitor.app.find_page(href.partition("?")[0]) is not None, (what, href)
