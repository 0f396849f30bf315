"""One row per kind of file that palier reads: how to write it, and what it can and cannot say.

A new format joins the contract suite by a row in `CASES`. Loaded with ``runpy``, because tests are no package.
"""

import gzip
import struct
import warnings
import wave
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

RATE_HZ = 25_600.0


@dataclass(frozen=True)
class ReaderCase:
    name: str
    file_name: str
    write: Callable[[Path, np.ndarray], None]
    """Writes the samples of two channels, shape (2, time), taken at `RATE_HZ`, in g where the format can say so."""
    reader: str
    channels: tuple[str, str]
    states_rate: bool
    states_unit: bool
    full_scale: float = 0.0
    """Largest rounding error of a sample, as a share of full scale; 0 where float32 comes back exactly."""
    refused: dict[str, Callable[[Path], None]] = field(default_factory=dict)
    """Files of this kind that must be refused: words of the message → how to write one."""


def two_channels(n: int = 400) -> np.ndarray:
    """Return float32 samples within ±1 that no two positions share."""
    x = np.random.default_rng(58).uniform(-0.9, 0.9, (2, n)).astype(np.float32)
    return np.round(x, 4)


# --- MATLAB -----------------------------------------------------------------------------------------------------


def mat5(path: Path, x: np.ndarray, *, compress: bool = False) -> None:
    from scipy.io import savemat

    values = {"de": x[0].astype(float), "fe": x[1].astype(float), "fs": RATE_HZ, "unit": "g"}
    savemat(path, values, do_compression=compress)


def mat5_of(**values: object) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        from scipy.io import savemat

        savemat(path, values)

    return write


def mat73(path: Path, x: np.ndarray) -> None:
    import h5py

    with h5py.File(path, "w", userblock_size=512) as file:
        for name, row in zip(("de", "fe"), x, strict=True):
            one = file.create_dataset(name, data=row.astype(float)[None, :], compression="gzip", shuffle=True)
            one.attrs["MATLAB_class"] = np.bytes_("double")
        rate = file.create_dataset("fs", data=np.array([[RATE_HZ]]))
        rate.attrs["MATLAB_class"] = np.bytes_("double")
        unit = file.create_dataset("unit", data=np.array([[ord("g")]], np.uint16))
        unit.attrs["MATLAB_class"] = np.bytes_("char")
        unit.attrs["MATLAB_int_decode"] = np.int32(2)
    header = b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(116) + bytes(8) + b"\x00\x02IM"
    with path.open("r+b") as raw:
        raw.write(header)


def mat73_of(**values: object) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        import h5py

        mat73(path, two_channels())
        with h5py.File(path, "r+") as file:
            for name in list(file):
                del file[name]
            for name, value in values.items():
                file[name] = value
                if np.asarray(value).dtype.kind == "O":
                    file[name].attrs["MATLAB_class"] = np.bytes_("cell")

    return write


# --- text -------------------------------------------------------------------------------------------------------


def table(x: np.ndarray, *, delimiter: str = ",", decimal: str = ".") -> str:
    time_s = np.arange(x.shape[1]) / RATE_HZ
    rows = [delimiter.join(["time [s]", "ax [g]", "ay [g]"])]
    rows += [delimiter.join(f"{v:.9g}".replace(".", decimal) for v in row) for row in zip(time_s, *x, strict=True)]
    return "\n".join(rows) + "\n"


def csv(path: Path, x: np.ndarray) -> None:
    path.write_text(table(x))


def tsv(path: Path, x: np.ndarray) -> None:
    path.write_text(table(x, delimiter="\t"))


def csv_decimal_comma(path: Path, x: np.ndarray) -> None:
    path.write_text(table(x, delimiter=";", decimal=","))


def csv_gz(path: Path, x: np.ndarray) -> None:
    path.write_bytes(gzip.compress(table(x).encode()))


def text(content: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_text(content)

    return write


def gz(content: str, *, keep: slice = slice(None)) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(gzip.compress(content.encode())[keep])

    return write


# --- sound ------------------------------------------------------------------------------------------------------


def wav_int(bits: int) -> Callable[[Path, np.ndarray], None]:
    def write(path: Path, x: np.ndarray) -> None:
        frames = np.ascontiguousarray(x.T.astype(float))
        if bits == 8:
            data = np.round(frames * 128 + 128).astype(np.uint8).tobytes()
        else:
            whole = np.round(frames * 2.0 ** (bits - 1)).astype("<i4")
            data = whole.view(np.uint8).reshape(-1, 4)[:, : bits // 8].tobytes()
        with wave.open(str(path), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(bits // 8)
            file.setframerate(int(RATE_HZ))
            file.writeframes(data)

    return write


def wav_float(bits: int) -> Callable[[Path, np.ndarray], None]:
    def write(path: Path, x: np.ndarray) -> None:
        from scipy.io import wavfile

        wavfile.write(path, int(RATE_HZ), x.T.astype(f"f{bits // 8}"))

    return write


def wav_header(*, coding: int = 1, channels: int = 1, rate: int = 1000, bits: int = 16, data: bytes = bytes(64),
               stated: int | None = None) -> Callable[[Path], None]:  # fmt: skip
    def write(path: Path) -> None:
        frame = channels * bits // 8
        form = struct.pack("<HHIIHH", coding, channels, rate, rate * frame, frame, bits)
        size = len(data) if stated is None else stated
        body = b"WAVE" + b"fmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", size) + data
        path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)

    return write


# --- arrays -----------------------------------------------------------------------------------------------------


def npy(path: Path, x: np.ndarray) -> None:
    np.save(path, x)


def npy_of(value: object, **more: bool) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        np.save(path, np.asarray(value), **more)

    return write


def npy_header(shape: tuple[int, ...], data: bytes = b"") -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with path.open("wb") as file:
            np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": shape})
            file.write(data)

    return write


def npz(path: Path, x: np.ndarray) -> None:
    np.savez(path, de=x[0], fe=x[1], fs=RATE_HZ, unit="g")


def npz_compressed(path: Path, x: np.ndarray) -> None:
    np.savez_compressed(path, de=x[0], fe=x[1], fs=RATE_HZ, unit="g")


def npz_bomb(path: Path) -> None:
    np.savez_compressed(path, x=np.zeros(2**24))


def hdf5(path: Path, x: np.ndarray) -> None:
    import h5py

    with h5py.File(path, "w") as file:
        file.attrs["sampling_rate_hz"] = RATE_HZ
        for name, row in zip(("de", "fe"), x, strict=True):
            one = file.create_dataset(f"rig/{name}", data=row, compression="gzip", fletcher32=True, chunks=(40,))
            one.attrs["unit"] = "g"


def hdf5_of(**values: object) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        import h5py

        with h5py.File(path, "w") as file:
            for name, value in values.items():
                file[name] = value

    return write


def hdf5_bomb(path: Path) -> None:
    import h5py

    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=np.zeros(2**24), compression="gzip", chunks=(2**20,))


def hdf5_chunk_bomb(path: Path) -> None:
    """Write a chunk whose deflate stream unpacks far beyond the chunk."""
    import zlib

    import h5py

    with h5py.File(path, "w") as file:
        one = file.create_dataset("x", shape=(2**17,), dtype="f8", compression="gzip", chunks=(2**17,))
        packer = zlib.compressobj(9)
        one.id.write_direct_chunk((0,), packer.compress(bytes(2**28 + 2**22)) + packer.flush())


# --- tables and measurement formats -------------------------------------------------------------------------------


def parquet(path: Path, x: np.ndarray) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    fields = [pa.field("de [g]", pa.float32()), pa.field("fe [g]", pa.float32())]
    schema = pa.schema(fields, metadata={"sampling_rate_hz": str(RATE_HZ)})
    pq.write_table(pa.table([pa.array(x[0]), pa.array(x[1])], schema=schema), path)


def parquet_of(**columns: object) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.table(columns), path)

    return write


def parquet_bomb(path: Path) -> None:
    parquet_of(x=np.zeros(2**24))(path)


def uff(binary: int) -> Callable[[Path, np.ndarray], None]:
    def write(path: Path, x: np.ndarray) -> None:
        import pyuff

        file = pyuff.UFF(str(path))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # pyuff leaves the file it writes open
            for i, row in enumerate(x):
                file.write_sets(uff_dataset(row, binary=binary, node=i + 1), mode="add")

    return write


def uff_dataset(x: np.ndarray, *, binary: int = 0, node: int = 1, kind: int = 1) -> dict[str, object]:
    import pyuff

    return pyuff.prepare_58(
        binary=binary, func_type=kind, rsp_node=node, rsp_dir=3, ref_dir=3, ref_node=1,
        data=x.astype(complex if np.iscomplexobj(x) else float), x=np.arange(len(x)) / RATE_HZ, id1="id", id2="id",
        id3="id", id4="id", id5="id", rsp_ent_name="NONE", ref_ent_name="NONE", abscissa_spacing=1,
        abscissa_spec_data_type=17, ordinate_spec_data_type=12, orddenom_spec_data_type=0,
        ordinate_axis_units_lab="g", abscissa_min=0.0, abscissa_inc=1 / RATE_HZ, num_pts=len(x),
        ord_data_type=6 if np.iscomplexobj(x) else 4, ver_num=0, load_case_id=0, abscissa_axis_units_lab="s",
        orddenom_axis_units_lab="NONE", z_axis_axis_units_lab="NONE", z_axis_value=0.0, return_full_dict=True,
        abscissa_len_unit_exp=0, abscissa_force_unit_exp=0, abscissa_temp_unit_exp=0, ordinate_len_unit_exp=0,
        ordinate_force_unit_exp=0, ordinate_temp_unit_exp=0, orddenom_len_unit_exp=0, orddenom_force_unit_exp=0,
        orddenom_temp_unit_exp=0, z_axis_spec_data_type=0, z_axis_len_unit_exp=0, z_axis_force_unit_exp=0,
        z_axis_temp_unit_exp=0, spec_data_type=0, byte_ordering=1, fp_format=2, n_ascii_lines=11,
        n_bytes=8 * len(x),
    )  # fmt: skip


def uff_of(x: np.ndarray, **more: int) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        import pyuff

        pyuff.UFF(str(path)).write_sets(uff_dataset(x, **more), mode="add")

    return write


def tdms(path: Path, x: np.ndarray) -> None:
    from nptdms import ChannelObject, TdmsWriter

    properties = {"wf_increment": 1 / RATE_HZ, "unit_string": "g"}
    with TdmsWriter(path) as file:
        file.write_segment([ChannelObject("rig", n, row, properties) for n, row in zip(("de", "fe"), x, strict=True)])


def tdms_of(*values: np.ndarray, **properties: object) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        from nptdms import ChannelObject, TdmsWriter

        with TdmsWriter(path) as file:
            file.write_segment([ChannelObject("rig", f"c{i}", v, properties) for i, v in enumerate(values)])

    return write


_NAN = np.array([0.5] * 40 + [np.nan] * 3 + [0.5] * 40)
_COMPLEX = np.exp(1j * np.arange(50.0))
_OBJECTS = np.array([{"a": 1}, "b"] * 20, dtype=object)
_NAN_WORDS = r"3 of 83 samples .*first: sample 40; longest run: 3 from sample 40"
_ROWS = "\n".join(f"{i / 1000},{i % 7 / 10}" for i in range(40))

CASES = (
    ReaderCase(
        "matlab5", "a.mat", mat5, "matlab", ("de", "fe"), states_rate=True, states_unit=True,
        refused={
            "complex": mat5_of(x=_COMPLEX),
            "cell array": mat5_of(x=_OBJECTS),
            "structure array": mat5_of(x=np.zeros(3, dtype=[("a", object), ("b", object)])),
            "reads as time": mat5_of(x=np.zeros((200, 200))),
            "text": mat5_of(x="only text"),
            _NAN_WORDS: mat5_of(x=_NAN),
            "states a sampling rate of 0 Hz": mat5_of(x=np.ones(50), fs=0.0),
            "states a sampling rate of -5 Hz": mat5_of(x=np.ones(50), fs=-5.0),
        },
    ),
    ReaderCase(
        "matlab7", "a.mat", lambda p, x: mat5(p, x, compress=True), "matlab", ("de", "fe"),
        states_rate=True, states_unit=True,
    ),
    ReaderCase(
        "matlab73", "a.mat", mat73, "matlab", ("de", "fe"), states_rate=True, states_unit=True,
        refused={
            "complex": mat73_of(x=np.zeros(50, [("real", "f8"), ("imag", "f8")])),
            "beyond single precision": mat73_of(x=np.full(50, 1e300)),
        },
    ),
    ReaderCase(
        "csv", "a.csv", csv, "delimited", ("ax [g]", "ay [g]"), states_rate=True, states_unit=True,
        refused={
            "'x2' in line 21, column b": text("a,b\n" + _ROWS.replace("0.019,0.5", "0.019,x2")),
            "nothing in line 21, column b": text("a,b\n" + _ROWS.replace("0.019,0.5", "0.019,")),
            "fields in line 21": text("a,b\n" + _ROWS.replace("0.019,0.5", "0.019")),
            "fields in line 22": text("a,b\n" + _ROWS.replace("0.020,0.6", "0.02").replace("0.02,0.6", "0.02")),
            "complex": text("1+2j\n2-3j\n" * 20),
            "no table of numbers": text("Dear Sir,\nplease find enclosed nothing.\n"),
            "is a spectrum": text("f [Hz],a\n" + "\n".join(f"{2 * i},{i % 7 / 10}" for i in range(40))),
            "not sampled uniformly": text("t,a\n" + _ROWS.replace("0.019,", "0.0199,")),
            "longer than 1 MiB": text("1,2\n" * 20 + "1" * 3_000_000),
            "NaN": text("a\n" + "0.5\n" * 9 + "nan\n" + "0.5\n" * 9),
            "states a sampling rate of 0 Hz": text("fs: 0 Hz\na,b\n" + "1.5,0.5\n-1,2\n" * 9),
        },
    ),
    ReaderCase("tsv", "a.tsv", tsv, "delimited", ("ax [g]", "ay [g]"), states_rate=True, states_unit=True),
    ReaderCase(
        "csv with decimal comma", "a.csv", csv_decimal_comma, "delimited", ("ax [g]", "ay [g]"),
        states_rate=True, states_unit=True,
    ),
    ReaderCase(
        "csv.gz", "a.csv.gz", csv_gz, "delimited", ("ax [g]", "ay [g]"), states_rate=True, states_unit=True,
        refused={
            "truncated gzip": gz(_ROWS, keep=slice(-9)),
            "decompression bomb": gz(("0." + "0" * 1000 + "\n") * 70_000),
            "compressed binary": gz("\0\1\2" * 50),
        },
    ),
    ReaderCase("wav 8", "a.wav", wav_int(8), "wav", ("ch0", "ch1"), states_rate=True, states_unit=False,
               full_scale=2.0**-8),
    ReaderCase(
        "wav 16", "a.wav", wav_int(16), "wav", ("ch0", "ch1"), states_rate=True, states_unit=False,
        full_scale=2.0**-16,
        refused={
            "coded as A-law": wav_header(coding=6, bits=8),
            "has 12 bits": wav_header(bits=12),
            "states 999 bytes of samples, 64 are there": wav_header(stated=999),
            "no channel": wav_header(data=b""),
            "sampling rate of 0 Hz": wav_header(rate=0),
            "contradicts itself": wav_header(channels=0),
        },
    ),
    ReaderCase("wav 24", "a.wav", wav_int(24), "wav", ("ch0", "ch1"), states_rate=True, states_unit=False,
               full_scale=2.0**-24),
    ReaderCase("wav 32", "a.wav", wav_int(32), "wav", ("ch0", "ch1"), states_rate=True, states_unit=False,
               full_scale=2.0**-25),
    ReaderCase("wav float", "a.wav", wav_float(32), "wav", ("ch0", "ch1"), states_rate=True, states_unit=False),
    ReaderCase("wav double", "a.wav", wav_float(64), "wav", ("ch0", "ch1"), states_rate=True, states_unit=False),
    ReaderCase(
        "npy", "a.npy", npy, "numpy", ("a[0]", "a[1]"), states_rate=False, states_unit=False,
        refused={
            "Python objects": npy_of(_OBJECTS, allow_pickle=True),
            "complex": npy_of(_COMPLEX),
            "text": npy_of(["a", "b"]),
            "logical": npy_of([True, False] * 20),
            "single value": npy_of(3.0),
            "empty": npy_of([]),
            "allowed are 2 GiB": npy_header((2**40,)),
            "states 8000 bytes of samples, 80 are there": npy_header((1000,), bytes(80)),
            _NAN_WORDS: npy_of(_NAN),
        },
    ),
    ReaderCase(
        "npz", "a.npz", npz, "numpy", ("de", "fe"), states_rate=True, states_unit=True,
        refused={"decompression bomb": npz_bomb},
    ),
    ReaderCase("npz compressed", "a.npz", npz_compressed, "numpy", ("de", "fe"), states_rate=True, states_unit=True),
    ReaderCase(
        "hdf5", "a.h5", hdf5, "hdf5", ("rig/de", "rig/fe"), states_rate=True, states_unit=True,
        refused={
            "complex": hdf5_of(x=_COMPLEX),
            "text": hdf5_of(x=["a", "b"] * 20),
            "empty": hdf5_of(x=np.zeros(0)),
            "it looks like a decompression bomb": hdf5_bomb,
            "unpacks beyond": hdf5_chunk_bomb,
            _NAN_WORDS: hdf5_of(x=_NAN),
        },
    ),
    ReaderCase(
        "parquet", "a.parquet", parquet, "parquet", ("de [g]", "fe [g]"), states_rate=True, states_unit=True,
        refused={
            "empty cells in column x": parquet_of(x=[0.5, None] * 20),
            "string": parquet_of(x=["a", "b"] * 20),
            "list<": parquet_of(x=[[1.0, 2.0]] * 20),
            "decompression bomb": parquet_bomb,
            _NAN_WORDS: parquet_of(x=_NAN),
        },
    ),
    ReaderCase(
        "uff58", "a.uff", uff(0), "uff58", ("1+Z", "2+Z"), states_rate=True, states_unit=True,
        refused={
            "complex": uff_of(_COMPLEX, kind=1),
            "auto spectrum": uff_of(np.ones(50), kind=2),
        },
    ),
    ReaderCase("uff58b", "a.uff", uff(1), "uff58", ("1+Z", "2+Z"), states_rate=True, states_unit=True),
    ReaderCase(
        "tdms", "a.tdms", tdms, "tdms", ("de", "fe"), states_rate=True, states_unit=True,
        refused={
            "single value": tdms_of(np.ones(1)),
            "no numbers": tdms_of(["a", "b"]),
            "states a sampling rate of inf Hz": tdms_of(np.ones(50), wf_increment=0.0),
            _NAN_WORDS: tdms_of(_NAN),
        },
    ),
)  # fmt: skip
