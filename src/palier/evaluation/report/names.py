"""Names of classes for people."""

from palier.core.faults import fault
from palier.errors import ParameterError

__all__ = ["class_name"]


def class_name(key: str) -> str:
    """Return the English name of a class of the taxonomy, or the key itself.

    Examples
    --------
    >>> class_name("oil_whirl"), class_name("other")
    ('oil whirl', 'other')
    """
    try:
        return fault(key).name_en
    except ParameterError:
        return key
