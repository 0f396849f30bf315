"""MiniRocket as an ONNX graph.

The transform is a set of dilated convolutions with 84 fixed kernels of length 9 (three weights 2, six weights -1) and
the share of each result that lies above a threshold; see doi:10.1145/3447548.3467231. Kernels of even and odd places
take turns in padding the ends with zeros.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import onnx

    from palier.models.classical.minirocket import MiniRocketClassifier

__all__ = ["minirocket_graph"]

_KERNELS, _LENGTH = 84, 9


def minirocket_graph(fitted: "MiniRocketClassifier", *, width: int, opset: int) -> "onnx.ModelProto":
    """Make the graph of a fitted classifier.

    Parameters
    ----------
    fitted : MiniRocketClassifier
    width : int
        Samples of a window.
    opset : int
    """
    from onnx import TensorProto, helper, numpy_helper

    assert fitted.linear is not None
    _, _, dilations, per_dilation, biases = fitted.transform.parameters
    nodes, constants = [], []

    def constant(name: str, value: np.ndarray) -> str:
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(op: str, inputs: list[str], output: str, **attributes: Any) -> str:
        nodes.append(helper.make_node(op, inputs, [output], **attributes))
        return output

    kernels = _kernels(np.asarray(type(fitted.transform)._indices))
    waveform = node("Unsqueeze", ["x", constant("axis_1", np.array([1], np.int64))], "waveform")
    shares, order = [], []
    start = 0
    for j, (dilation, count) in enumerate(zip(dilations.tolist(), per_dilation.tolist(), strict=True)):
        own = biases[start : start + _KERNELS * count].reshape(_KERNELS, count)
        for parity in (0, 1):
            rows = np.flatnonzero((j % 2 + np.arange(_KERNELS)) % 2 == parity)
            padding = 4 * dilation if parity == 0 else 0
            tag = f"{j}_{parity}"
            result = node(
                "Conv",
                [waveform, constant(f"kernels_{tag}", kernels[rows][:, None, :])],
                f"conv_{tag}",
                dilations=[dilation],
                pads=[padding, padding],
            )
            for f in range(count):
                limit = constant(f"limit_{tag}_{f}", own[rows, f].astype(np.float32)[None, :, None])
                above = node("Greater", [result, limit], f"above_{tag}_{f}")
                number = node("Cast", [above], f"number_{tag}_{f}", to=TensorProto.FLOAT)
                shares.append(node("ReduceMean", [number], f"share_{tag}_{f}", axes=[2], keepdims=0))
                order.append(start + rows * count + f)
        start += _KERNELS * count
    joined = node("Concat", shares, "shares", axis=1)
    places = np.concatenate(order)
    weights = (np.asarray(fitted.linear.coef_) / fitted.scale)[:, places]
    offset = np.asarray(fitted.linear.intercept_) - np.asarray(fitted.linear.coef_) @ (fitted.centre / fitted.scale)
    scores = node(
        "Gemm",
        [joined, constant("weights", weights.T.astype(np.float32)), constant("offset", offset.astype(np.float32))],
        "scores",
    )
    n_classes = weights.shape[0]
    if n_classes == 1:  # two classes have one row of weights
        second = node("Sigmoid", [scores], "second")
        first = node("Sub", [constant("one", np.array([1], np.float32)), second], "first")
        node("Concat", [first, second], "probabilities", axis=1)
        n_classes = 2
    else:
        node("Softmax", [scores], "probabilities", axis=1)
    graph = helper.make_graph(
        nodes,
        "minirocket",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, width])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, n_classes])],
        constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)


def _kernels(twos: np.ndarray) -> np.ndarray:
    """Return the 84 kernels: -1 everywhere and 2 in three places."""
    kernels = np.full((_KERNELS, _LENGTH), -1.0, np.float32)
    np.put_along_axis(kernels, twos.astype(np.int64), 2.0, axis=1)
    return kernels
