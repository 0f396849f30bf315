"""The name of a class in the language spoken."""

from palier.core.faults import fault
from palier.errors import ParameterError
from palier.web.i18n import current_language, t

__all__ = ["fault_name"]


def fault_name(key: str) -> str:
    """Return the name of a class of the taxonomy; what is no such class is returned as it is.

    Examples
    --------
    >>> fault_name("outer_race"), fault_name("-")
    ('outer-race defect', 'not labelled')
    """
    if key == "-":
        return t("shell.not_labelled")
    try:
        named = fault(key)
    except ParameterError:
        return key
    return named.name_fr if current_language() == "fr" else named.name_en
