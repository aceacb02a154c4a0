import gzip
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from frameloom.core.errors import DataError
from frameloom.data import digits as room
from frameloom.data.digits import load_digits

NAMES = {"images": "images-idx3-ubyte", "labels": "labels-idx1-ubyte"}


def write_idx(path: Path, array: np.ndarray, *, magic: int | None = None, count: int | None = None) -> None:
    sizes = [count if count is not None else len(array), *array.shape[1:]]
    content = (
        struct.pack(f">{1 + array.ndim}I", magic or 0x0800 + array.ndim, *sizes) + array.astype(np.uint8).tobytes()
    )
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


@pytest.fixture
def arrays() -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (34, 28, 28), dtype=np.uint8)
    labels = np.arange(34) % 10
    return {"x_train": images[:24], "y_train": labels[:24], "x_test": images[24:], "y_test": labels[24:]}


@pytest.fixture(params=["", ".gz"])
def folder(tmp_path: Path, arrays: dict[str, np.ndarray], request: pytest.FixtureRequest) -> Path:
    for split, name in (("train", "train"), ("test", "t10k")):
        write_idx(tmp_path / f"{name}-images-idx3-ubyte{request.param}", arrays[f"x_{split}"])
        write_idx(tmp_path / f"{name}-labels-idx1-ubyte{request.param}", arrays[f"y_{split}"])
    return tmp_path


@pytest.mark.parametrize(("split", "per_class"), [("train", 600), ("val", 100), ("test", 100)])
def test_shipped_digits_are_balanced(split, per_class) -> None:
    digits = load_digits(split)
    assert digits.labels.bincount().tolist() == [per_class] * 10
    assert digits.images.shape == (10 * per_class, 28, 28)
    assert digits.images.dtype == torch.uint8
    assert digits.labels.dtype == torch.int64


def test_shipped_digits_begin_as_mnist_does() -> None:
    """The first training digits of MNIST are known by heart: 5 0 4 1 9 2 1 3 1 4; the test file begins 7 2 1 0 4."""
    assert load_digits("train").labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert load_digits("test").labels[:5].tolist() == [7, 2, 1, 0, 4]


def test_shipped_digits_are_ink_on_black_in_the_middle() -> None:
    images = load_digits("val").images.float()
    assert images[:, :2].mean() < 1
    assert 25 < images.mean() < 45
    assert images.max() == 255


def test_licence_and_source_lie_beside_the_digits() -> None:
    text = Path(room.__file__).with_name("mnist").joinpath("README.md").read_text(encoding="utf-8")
    assert "CC BY-SA 3.0" in text
    assert "yann.lecun.com" in text


def check_splits(where: Path, arrays: dict[str, np.ndarray]) -> None:
    """Val is the last twelfth of the training file: 2 of 24."""
    for split, name, part in (
        ("train", "train", slice(22)),
        ("val", "train", slice(22, None)),
        ("test", "test", slice(None)),
    ):
        digits = load_digits(split, str(where))
        assert np.array_equal(digits.images.numpy(), arrays[f"x_{name}"][part])
        assert np.array_equal(digits.labels.numpy(), arrays[f"y_{name}"][part])


def test_official_files_are_read_and_split(folder: Path, arrays: dict[str, np.ndarray]) -> None:
    check_splits(folder, arrays)


def test_npz_is_read_and_split(tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    np.savez_compressed(tmp_path / "mnist.npz", **arrays)
    check_splits(tmp_path / "mnist.npz", arrays)


def test_npz_with_its_own_val_keeps_it(tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    np.savez(tmp_path / "m.npz", **arrays, x_val=arrays["x_test"][:3], y_val=arrays["y_test"][:3])
    assert len(load_digits("train", str(tmp_path / "m.npz")).images) == 24
    assert len(load_digits("val", str(tmp_path / "m.npz")).images) == 3


def test_missing_places_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="none: no such folder; give the folder with the four official idx files"):
        load_digits("train", str(tmp_path / "none"))
    with pytest.raises(
        DataError, match=r"train-images-idx3-ubyte\(.gz\) is missing; get all four with `frameloom data get"
    ):
        load_digits("val", str(tmp_path))
    with pytest.raises(DataError, match=r"none.npz: digits cannot be read \(No such file or directory\)"):
        load_digits("test", str(tmp_path / "none.npz"))


def test_damaged_official_files_are_named(tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    images, labels = tmp_path / "t10k-images-idx3-ubyte", tmp_path / "t10k-labels-idx1-ubyte"
    write_idx(labels, arrays["y_test"])

    def refused(message: str) -> None:
        with pytest.raises(DataError, match=message):
            load_digits("test", str(tmp_path))

    write_idx(images, arrays["x_test"], magic=0x0D03)
    refused(r"t10k-images-idx3-ubyte: not an idx file of 3-axis bytes \(magic number 3331\)")
    images.write_bytes(b"\0")
    refused("not an idx file of 3-axis bytes")
    write_idx(images, arrays["x_test"], count=11)
    refused("ends after 7840 of 8624 bytes; fetch it again")
    write_idx(images, arrays["x_test"], count=2**31)
    refused(r"header claims an array of \(2147483648, 28, 28\); digits are at most 1000000 of 28x28")
    write_idx(images, arrays["x_test"][:, 1:])
    refused(r"header claims an array of \(10, 27, 28\)")
    write_idx(images, arrays["x_test"][:9])
    refused(r"images \(9, 28, 28\) and classes \(10,\) are not 28x28 digits with a class each")
    write_idx(images, arrays["x_test"])
    write_idx(labels, arrays["y_test"] + 1)
    refused("class 10 found; digits have classes 0 to 9")


def test_a_cut_gz_file_is_named(tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    path = tmp_path / "t10k-images-idx3-ubyte.gz"
    write_idx(path, arrays["x_test"])
    path.write_bytes(path.read_bytes()[:3000])
    write_idx(tmp_path / "t10k-labels-idx1-ubyte.gz", arrays["y_test"])
    with pytest.raises(DataError, match=r"digits cannot be read .*end-of-stream"):
        load_digits("test", str(tmp_path))
    path.write_bytes(b"not packed at all")
    with pytest.raises(DataError, match=r"digits cannot be read .*Not a gzipped file"):
        load_digits("test", str(tmp_path))


def test_damaged_npz_files_are_named(tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    path = tmp_path / "m.npz"

    def refused(message: str, **changes: np.ndarray) -> None:
        np.savez(path, **{**arrays, **changes})
        with pytest.raises(DataError, match=message):
            load_digits("test", str(path))

    refused("x_test.npy holds float64; give whole numbers in C order", x_test=arrays["x_test"] / 255)
    refused("x_test.npy holds uint8; give whole numbers in C order", x_test=np.asfortranarray(arrays["x_test"]))
    refused("y_test.npy reaches from -1 to 9; give 0 to 255", y_test=np.arange(-1, 10))
    refused("x_test.npy holds object", x_test=np.array([{}] * 10))
    refused(r"header claims an array of \(10, 784\)", x_test=arrays["x_test"].reshape(10, 784))
    np.savez(path, x_test=arrays["x_test"])
    with pytest.raises(DataError, match=r"m.npz: y_test.npy is missing"):
        load_digits("test", str(path))
    path.write_bytes(b"PK")
    with pytest.raises(DataError, match=r"m.npz: digits cannot be read .*not a zip file"):
        load_digits("test", str(path))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x_test.npy", b"noise without a header")
    with pytest.raises(DataError, match=r"x_test.npy is damaged"):
        load_digits("test", str(path))
