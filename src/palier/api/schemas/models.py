"""Models, what they are worth, and what they say of tensors."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from palier.api.fields import Given, IdField, Number, Shown, Whole
from palier.api.schemas.datasets import ShortName
from palier.app.entities import Evaluation, Model
from palier.app.specs import TrainingSpec
from palier.core.split import Level

__all__ = [
    "CatalogueOut",
    "EvaluationIn",
    "EvaluationsOut",
    "InferIn",
    "InferOut",
    "MetadataOut",
    "ModelOut",
    "ModelsOut",
    "TrainingIn",
]


class TrainingIn(Given):
    """A model to train on a dataset."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "trees", "dataset_id": "0193a1b2c3d4e5f60718293a4b5c6d7e", "model": "extra_trees", "seed": 1},
            ]
        }
    )

    name: ShortName
    dataset_id: IdField
    model: Annotated[str, Field(max_length=60, description="A row of `GET /api/v1/models/catalogue`.")]
    by: Level = Field(default="bearing", description="What is not on both sides of the split.")
    seed: Annotated[Whole, Field(ge=0, le=2**31 - 1)] = 0

    def asked(self) -> TrainingSpec:
        """Return what the service takes."""
        return TrainingSpec(self.name, self.dataset_id, self.model, self.by, self.seed)


class EvaluationIn(Given):
    """A dataset to judge a model on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"dataset_id": "0193a1b2c3d4e5f60718293a4b5c6d7e"}]})

    dataset_id: IdField


class ModelBrief(Shown):
    """A model in a list."""

    id: str
    name: str
    kind: str = Field(description="Row of the catalogue.")
    bearing_kind: str
    simulated: bool = Field(description="Trained on simulated data.")
    sha256: str
    created_at: datetime
    dataset_id: str | None
    job_id: str | None

    @classmethod
    def of(cls, m: Model) -> "ModelBrief":
        """Translate."""
        return cls(**_brief(m))


def _brief(m: Model) -> dict[str, Any]:
    return {name: getattr(m, name) for name in ModelBrief.model_fields}


class ModelOut(ModelBrief):
    """A model."""

    card: dict[str, Any]
    evaluation: dict[str, Any] | None = Field(description="Result on the records held back in training.")

    @classmethod
    def of(cls, m: Model) -> "ModelOut":
        """Translate."""
        return cls(**_brief(m), card=m.card_json, evaluation=m.evaluation_json)


class ModelsOut(Shown):
    """A page of models, newest first."""

    items: list[ModelBrief]
    next: str | None = Field(description="Cursor of the next page.")


class CatalogueRow(Shown):
    """A kind of model that can be trained."""

    name: str
    text: str
    input: str
    family: str
    parameters: dict[str, Any]
    ranges: dict[str, Any]


class CatalogueOut(Shown):
    """The kinds of model that can be trained."""

    items: list[CatalogueRow]


class EvaluationOut(Shown):
    """What a model is worth on a dataset."""

    id: str
    dataset_id: str
    created_at: datetime
    has_report: bool
    result: dict[str, Any] = Field(description="In the schema of docs/reference/evaluation.schema.json.")


class EvaluationsOut(Shown):
    """What a model was judged on, newest first."""

    items: list[EvaluationOut]

    @classmethod
    def of(cls, rows: list[Evaluation]) -> "EvaluationsOut":
        """Translate."""
        return cls(
            items=[
                EvaluationOut(
                    id=r.id,
                    dataset_id=r.dataset_id,
                    created_at=r.created_at,
                    has_report=r.report is not None,
                    result=r.result_json,
                )
                for r in rows
            ]
        )


# ---------------------------------------------------------- Open Inference Protocol v2

_MOST = 2_000_000


class TensorIn(Given):
    """An input tensor, its values flat in row-major order."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    shape: Annotated[list[Annotated[Whole, Field(ge=1, le=_MOST)]], Field(min_length=1, max_length=4)]
    datatype: Literal["FP32", "FP64"]
    data: Annotated[list[Annotated[Number, Field(ge=-3.4e38, le=3.4e38)]], Field(min_length=1, max_length=_MOST)]


class OutputWanted(Given):
    """An output that is asked for."""

    name: Literal["probabilities"]


class InferIn(Given):
    """A request of the Open Inference Protocol."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"inputs": [{"name": "samples", "shape": [1, 4], "datatype": "FP32", "data": [0.1, -0.2, 0.3, 0.0]}]}
            ]
        }
    )

    id: Annotated[str, Field(max_length=200)] | None = Field(default=None, description="Comes back with the answer.")
    inputs: Annotated[list[TensorIn], Field(min_length=1, max_length=2)]
    outputs: Annotated[list[OutputWanted], Field(max_length=1)] | None = None


class TensorOut(Shown):
    """An output tensor."""

    name: str
    shape: list[int]
    datatype: str
    data: list[float]
    parameters: dict[str, Any] = Field(default={}, description="`classes`: what the columns are.")


class InferOut(Shown):
    """An answer of the Open Inference Protocol."""

    model_name: str
    model_version: str
    id: str | None = None
    outputs: list[TensorOut]


class TensorMetadata(Shown):
    """Name, type and shape of a tensor; -1 is any length."""

    name: str
    datatype: str
    shape: list[int]


class MetadataOut(Shown):
    """What goes into a model and what comes out."""

    name: str
    versions: list[str]
    platform: str
    inputs: list[TensorMetadata]
    outputs: list[TensorMetadata]
    parameters: dict[str, Any]
