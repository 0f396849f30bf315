"""Where files are dropped or chosen. ``assets/46-upload.js`` sends each to the API as it is read from the disk."""

import json

from dash import Input, Output, State, dcc, html
from dash.development.base_component import Component

from palier.web.components.attributes import named
from palier.web.i18n import t
from palier.web.routing import PalierDash

__all__ = ["UPLOADED", "file_drop", "register_file_drop"]

#: Store of the ids of recordings that have been uploaded since.
UPLOADED = "uploaded"

_WORDS = (
    "progress", "cancel", "cancel_of", "going", "going_left", "checking", "too_large", "failed", "lost", "again",
    "dismiss",
)  # fmt: skip


def file_drop(*, point_id: str | None = None) -> Component:
    """Show the place, and below it the uploads that go on.

    Parameters
    ----------
    point_id : str, optional
        The measurement point that what is uploaded belongs to.
    """
    point = named(data_point=point_id) if point_id else {}
    return html.Section(
        [
            html.Div(
                [
                    html.P(t("upload.drop"), className="drop-title"),
                    html.Button(
                        t("upload.choose"), type="button", className="button-link", **named(data_upload_pick="1")
                    ),
                    html.P(t("upload.formats"), className="note"),
                ],
                className="drop",
                **{
                    "data-upload": "/api/v1/recordings",
                    "data-words": json.dumps({w: t(f"upload.{w}") for w in _WORDS}, ensure_ascii=False),
                    **point,
                },
            ),
            html.Ul(id="uploads", className="uploads"),
            dcc.Store(id=UPLOADED),
        ],
        **named(aria_label=t("upload.label")),
    )


def register_file_drop(app: PalierDash, location: str) -> None:
    """Let uploads join the query of the address as ``recordings``."""
    app.visual(
        "joined",
        Output(location, "search", allow_duplicate=True),
        Input(UPLOADED, "data"),
        State(location, "search"),
        prevent_initial_call=True,
    )
