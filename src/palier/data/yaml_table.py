"""A flat YAML file as a table: specs and recipes."""

from pathlib import Path
from typing import Any

from palier.errors import ReadError

__all__ = ["read_yaml_table"]


def read_yaml_table(path: Path) -> dict[str, Any]:
    """Read a YAML file that holds one table; nothing in it is run.

    Raises
    ------
    ReadError
        If the file cannot be read, or holds no table.
    """
    import yaml

    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReadError(f"{path}: cannot be read ({error.strerror}); name an existing file of yours") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ReadError(f"{path}: no YAML ({error}); write one line `field: value` for each field") from error
    if not isinstance(values, dict):
        raise ReadError(
            f"{path}: a {type(values).__name__}; allowed is a table, one line `field: value` for each field"
        )
    return values
