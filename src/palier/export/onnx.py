"""Turn a fitted estimator into an ONNX graph: float32 numbers in, one probability for each class out."""

import warnings
from typing import Any, Final

from palier.errors import MissingToolError

__all__ = ["to_onnx"]

#: Version of the operators; every runtime since 2022 knows it.
_OPSET: Final = 17


def to_onnx(estimator: Any, *, width: int) -> bytes:
    """Convert a fitted estimator of the catalogue.

    Parameters
    ----------
    estimator
        Fitted, of `palier.models.catalogue`.
    width : int
        Numbers of one window.

    Returns
    -------
    bytes
        A graph with the input ``x`` (window, number) and the output ``probabilities`` (window, class), both float32.

    Raises
    ------
    MissingToolError
        If the export packages are not installed.
    """
    from palier.models.classical.minirocket import MiniRocketClassifier

    try:
        if isinstance(estimator, MiniRocketClassifier):
            from palier.export.minirocket_onnx import minirocket_graph

            model = minirocket_graph(estimator, width=width, opset=_OPSET)
        else:
            model = _sklearn_graph(estimator, width)
    except ModuleNotFoundError as error:
        raise MissingToolError(
            f"export needs the package {error.name}, which is not installed; install palier[train]"
        ) from error
    return bytes(model.SerializeToString())


def _sklearn_graph(estimator: Any, width: int) -> Any:
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType

    with warnings.catch_warnings():
        # the converter asks for attributes that the next scikit-learn renames, and hands truth values over as numbers
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        model = convert_sklearn(
            estimator,
            initial_types=[("x", FloatTensorType([None, width]))],
            options={id(estimator): {"zipmap": False}},
            target_opset=_OPSET,
        )
    labels = [o for o in model.graph.output if o.name != "probabilities"]
    for label in labels:
        model.graph.output.remove(label)
    return model
