"""What a stored dataset is: its card, the columns of its index, its version, its content hash."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from palier.errors import DatasetError, ParameterError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "INDEX_COLUMNS",
    "SCHEMA_VERSION",
    "SPLIT_COLUMNS",
    "TRUTH_COLUMNS",
    "Column",
    "Compression",
    "ContentHash",
    "DatasetCard",
    "FileEntry",
    "SplitEntry",
    "arrow_schema",
    "canonical_json",
    "card_from_json",
    "card_to_json",
]

#: Version of the directory's layout; see `palier.data.migrations`.
SCHEMA_VERSION: Final = 1

Compression = Literal["none", "gzip"]
_Kind = Literal["text", "texts", "number", "time", "int8", "int32", "int64"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of one of the dataset's tables."""

    name: str
    kind: _Kind
    words: str
    """What it holds, with its unit."""
    fact: bool = True
    """Counts for the content hash: it is about the record, not about where the record lies."""


#: Of ``index.parquet``: one row per record, null where nobody knows.
INDEX_COLUMNS: Final[tuple[Column, ...]] = (
    Column("record_id", "text", "Name of the record, unique in the dataset; never null."),
    Column("label", "text", "Key of the class in the taxonomy."),
    Column("class_index", "int8", "Index of the label among the classes of its kind of bearing."),
    Column("kind", "text", "Kind of bearing, `journal` or `rolling`; never null."),
    Column("severity", "text", "`incipient`, `mild`, `moderate` or `severe`."),
    Column("severity_value", "number", "Mean factor s of the record, 0 to 1, where a generator knows it."),
    Column("condition", "text", "Operating condition: a name, unique in the dataset."),
    Column("bearing", "text", "Individual bearing: a name, unique in the dataset."),
    Column("bearing_name", "text", "Designation of the bearing, such as `6205`."),
    Column("rig", "text", "Machine or test rig: a name, unique in the dataset."),
    Column("load", "number", "Load, in `load_unit`."),
    Column("load_unit", "text", "Unit of the load, as the source gave it."),
    Column("temperature_c", "number", "Temperature, °C."),
    Column("speed_hz", "number", "Mean shaft speed, revolutions per second."),
    Column("sampling_rate_hz", "number", "Sampling rate, Hz."),
    Column("n_samples", "int64", "Samples per channel; never null."),
    Column("n_channels", "int32", "Channels; never null."),
    Column("channel_names", "texts", "Names of the channels; never null."),
    Column("unit", "text", "Unit of the samples: `g`, `m/s^2`, `mm/s` or `um`."),
    Column("source", "text", "File or generator that the record is from; `simulated: …` for synthetic data."),
    Column("source_split", "text", "Side on which the source placed the record."),
    Column("start_time", "time", "Time of the first sample, UTC, microseconds."),
    Column("sha256", "text", "Hex digest of the samples: of `CxN:<f4` and the bytes; never null."),
    Column("shard", "int32", "Number of the shard; never null.", fact=False),
    Column("array", "text", "Name of the array in the shard; never null.", fact=False),
    Column("row", "int32", "Row in the array; never null.", fact=False),
)

#: Of ``truth.parquet``: one row per record, in the order of the index.
TRUTH_COLUMNS: Final[tuple[Column, ...]] = (
    Column("record_id", "text", "As in the index."),
    Column("truth", "text", "Every draw of the generator, or other facts of the source: a JSON object."),
    Column("provenance", "text", "Reader, notes and checksum of the source file: a JSON object.", fact=False),
)

#: Of ``splits/<name>.parquet``: one row per fold, side and record.
SPLIT_COLUMNS: Final[tuple[Column, ...]] = (
    Column("fold", "text", "Name of the fold."),
    Column("side", "text", "`train`, `validation` or `test`."),
    Column("row", "int64", "Row of the record in the index, from 0."),
    Column("record_id", "text", "As in the index."),
)


def arrow_schema(columns: Iterable[Column]) -> "pa.Schema":
    """Return the Arrow schema of a table of these columns."""
    import pyarrow as pa

    types = {
        "text": pa.string(),
        "texts": pa.list_(pa.string()),
        "number": pa.float64(),
        "time": pa.timestamp("us", tz="UTC"),
        "int8": pa.int8(),
        "int32": pa.int32(),
        "int64": pa.int64(),
    }
    return pa.schema([(c.name, types[c.kind]) for c in columns])


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of the dataset, by its path in the directory."""

    path: str
    sha256: str
    n_bytes: int
    n_records: int


@dataclass(frozen=True, slots=True)
class SplitEntry:
    """What the card says of a split; who is where is in its file."""

    name: str
    level: str
    kind: str
    seed: int
    leaky: bool
    window_test_share: float
    text: str
    folds: tuple[str, ...]
    sha256: str
    """Of everything that makes the split, its name aside."""


@dataclass(frozen=True, slots=True)
class DatasetCard:
    """Everything about a dataset that is not about one record: ``dataset.json``."""

    name: str
    schema_version: int
    content_hash: str
    """Of the records' facts, truths and samples in their order, whatever the shards look like."""
    description: Mapping[str, Any]
    """Where the records are from, as their source describes itself."""
    licence: str | None
    created: str
    """ISO 8601, with its time zone."""
    made_by: str
    """Program and version that wrote the directory."""
    n_records: int
    n_simulated: int
    """Records that are no measurement."""
    classes: Mapping[str, int]
    """Records per label."""
    n_unlabelled: int
    duration_s: float
    """Of all records whose sampling rate is known."""
    compression: Compression
    window_s: float
    """Longest chunk that one read takes from the disk, in seconds."""
    records_per_shard: int
    index: FileEntry
    truth: FileEntry
    shards: tuple[FileEntry, ...]
    splits: Mapping[str, SplitEntry] = field(default_factory=dict)

    @property
    def n_bytes(self) -> int:
        """Size of the dataset on disk, splits aside."""
        return sum(e.n_bytes for e in (self.index, self.truth, *self.shards))


class ContentHash:
    """The hash of what a dataset holds, fed record by record.

    A fact that nobody knows does not count, so that a later version of the layout may know more columns.

    Examples
    --------
    >>> one, other = ContentHash(), ContentHash()
    >>> one.add({"record_id": "r0", "shard": 3, "label": None}, "{}")
    >>> other.add({"record_id": "r0", "shard": 0}, "{}")
    >>> one.hexdigest() == other.hexdigest()
    True
    """

    __slots__ = ("_hash",)
    _FACTS: Final = tuple(c.name for c in INDEX_COLUMNS if c.fact)

    def __init__(self) -> None:
        self._hash = sha256(b"palier dataset content 1\n")

    def add(self, row: Mapping[str, Any], truth: str) -> None:
        """Add a record: its row of the index and its truth as canonical JSON."""
        facts = {name: row[name] for name in self._FACTS if row.get(name) is not None}
        if "start_time" in facts:
            facts["start_time"] = facts["start_time"].timestamp()
        self._hash.update(f"{canonical_json(facts)}\n{truth}\n".encode())

    def hexdigest(self) -> str:
        """Return the hash of the records so far."""
        return self._hash.hexdigest()


def canonical_json(value: Any) -> str:
    """Return the one JSON text of a value: sorted keys, no blanks, no NaN.

    Raises
    ------
    ParameterError
        If the value has no JSON form.

    Examples
    --------
    >>> canonical_json({"b": np.float64(1.5), "a": np.arange(2)})
    '{"a":[0,1],"b":1.5}'
    """
    try:
        return json.dumps(
            value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain
        )
    except (TypeError, ValueError) as error:
        raise ParameterError(f"no JSON value: {error}; allowed are text, finite numbers, lists and mappings") from error


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no JSON value")


def card_to_json(card: DatasetCard) -> str:
    """Return the text of ``dataset.json``."""
    document = {f.name: getattr(card, f.name) for f in fields(card)}
    document |= {name: asdict(getattr(card, name)) for name in ("index", "truth")}
    document["shards"] = [asdict(s) for s in card.shards]
    document["splits"] = {name: asdict(s) for name, s in card.splits.items()}
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False, default=_plain) + "\n"


def card_from_json(text: str, *, where: str) -> DatasetCard:
    """Read a card of the present version; `where` names it in messages.

    Raises
    ------
    DatasetError
        If it is no card, or one of another version.
    """
    document = _document(text, where)
    version = document.get("schema_version")
    if not isinstance(version, int) or isinstance(version, bool):
        raise DatasetError(f"{where}: schema_version is {version!r}; allowed is a whole number: this is no dataset")
    if version > SCHEMA_VERSION:
        raise DatasetError(
            f"{where}: the dataset has schema version {version}, and this palier reads up to {SCHEMA_VERSION}; "
            "update palier, or convert the dataset with the palier that wrote it"
        )
    if version < SCHEMA_VERSION:
        raise DatasetError(
            f"{where}: the dataset has schema version {version}, and this palier reads {SCHEMA_VERSION}; convert it: "
            f"palier dataset convert OLD -o NEW --to-schema {SCHEMA_VERSION}"
        )
    names = {f.name for f in fields(DatasetCard)}
    missing = sorted(names - {"splits"} - document.keys())
    if missing:
        raise DatasetError(f"{where}: the card lacks {', '.join(missing)}; it is damaged: restore the dataset")
    try:
        values = {name: document[name] for name in names & document.keys()}
        values |= {name: FileEntry(**values[name]) for name in ("index", "truth")}
        values["shards"] = tuple(FileEntry(**s) for s in values["shards"])
        values["splits"] = {
            name: SplitEntry(**{**s, "folds": tuple(s["folds"])}) for name, s in values.get("splits", {}).items()
        }
        card = DatasetCard(**values)
        _check(card)
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise DatasetError(f"{where}: the card is damaged ({error}); restore the dataset") from error
    return card


def _document(text: str, where: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise DatasetError(f"{where}: no JSON ({error}); it is damaged: restore the dataset") from error
    if not isinstance(document, dict):
        raise DatasetError(f"{where}: no JSON object; this is no dataset card")
    return document


def _check(card: DatasetCard) -> None:
    """Refuse a card that contradicts itself."""
    if card.n_records != sum(s.n_records for s in card.shards):
        raise ValueError(f"n_records is {card.n_records}, and its shards hold {sum(s.n_records for s in card.shards)}")
    if card.n_records != sum(card.classes.values()) + card.n_unlabelled:
        raise ValueError("the counts of its classes do not add up")
    if card.compression not in ("none", "gzip"):
        raise ValueError(f"compression is {card.compression!r}")
    for entry in (card.index, card.truth, *card.shards):
        parts = entry.path.split("/")
        if not all(parts) or ".." in parts or "\\" in entry.path or ":" in entry.path:
            raise ValueError(f"path {entry.path!r} leads out of the directory")
