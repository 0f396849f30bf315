"""Colours and forms. The tokens themselves are CSS variables in ``assets/10-tokens.css``; these are what needs Python.

Mantine's own light theme fails the contrast of WCAG 2.2 AA in several places; ours sets every colour that text has.
"""

from typing import Any, Final

__all__ = ["FIGURE_COLOURS", "MANTINE", "ZONE_COLOURS"]

#: The theme given to Mantine. Colours of text and surfaces come from the style sheet.
MANTINE: Final[dict[str, Any]] = {
    "fontFamily": 'system-ui, "Segoe UI", "DejaVu Sans", sans-serif',
    "fontFamilyMonospace": 'ui-monospace, "DejaVu Sans Mono", monospace',
    "headings": {"fontFamily": 'system-ui, "Segoe UI", "DejaVu Sans", sans-serif', "fontWeight": "650"},
    "fontSizes": {"xs": "0.8125rem", "sm": "0.875rem", "md": "0.9375rem", "lg": "1.0625rem", "xl": "1.25rem"},
    "primaryColor": "petrol",
    "primaryShade": {"light": 7, "dark": 4},
    "autoContrast": True,
    "defaultRadius": "sm",
    "radius": {"xs": "3px", "sm": "6px", "md": "8px", "lg": "12px", "xl": "20px"},
    "cursorType": "pointer",
    "focusRing": "auto",
    "respectReducedMotion": True,
    "colors": {
        "petrol": [
            "#eef5fa", "#d9e8f2", "#b3d1e5", "#93bfdc", "#7db8de",
            "#4f94c0", "#2f77a6", "#1f5f8b", "#184d72", "#103853",
        ],
        "dark": [
            "#e8ebee", "#c9d0d6", "#a3adb7", "#78838d", "#4a545d",
            "#313941", "#20272d", "#14181c", "#101418", "#0b0e11",
        ],
        "crimson": [
            "#fdeff1", "#fbe0e3", "#f6bcc3", "#ffb3bb", "#ff9aa5",
            "#d4495a", "#b83042", "#a01c2c", "#801422", "#5d0e18",
        ],
    },
    "components": {
        "Button": {"defaultProps": {"size": "sm", "variant": "filled"}},
        "Tooltip": {"defaultProps": {"events": {"hover": True, "focus": True, "touch": True}}},
        "Modal": {"defaultProps": {"centered": True, "overlayProps": {"backgroundOpacity": 0.45}}},
    },
}  # fmt: skip

#: Colours of figures: each stands out (3:1 and more) from the paper of both schemes, so that a figure has one form.
#: Text, axes and grids take theirs from the style sheet.
FIGURE_COLOURS: Final[dict[str, str]] = {
    "series": "#3f7fae",
    "second": "#b8702a",
    "background": "#7f8a95",
    "outer_race": "#d04a60",
    "inner_race": "#12848f",
    "rolling_element": "#b06f14",
    "cage": "#8f61bd",
    "shaft": "#77818c",
    "ink": "#808890",
}

#: Fills of the ISO zones, behind text and lines.
ZONE_COLOURS: Final[dict[str, str]] = {
    "A": "rgba(72, 168, 112, 0.16)",
    "B": "rgba(176, 190, 70, 0.18)",
    "C": "rgba(226, 152, 44, 0.18)",
    "D": "rgba(214, 76, 76, 0.18)",
}
