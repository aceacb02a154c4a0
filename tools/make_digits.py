"""Make the balanced digit subset that ships in the package from the four official MNIST files.

    python tools/make_digits.py FOLDER_WITH_IDX_FILES

Of each class, in file order: the first 600 of the first 55,000 training digits (train), the first 100 of the last
5,000 (val), and the first 100 test digits (test). The same input gives the same arrays.
"""

import io
import sys
import zipfile
from pathlib import Path

import numpy as np

from frameloom.core.files import whole_file
from frameloom.data.digits import Split, load_digits

TARGET = Path(__file__).parents[1] / "src" / "frameloom" / "data" / "mnist" / "digits.npz"
DIGITS_PER_CLASS: dict[Split, int] = {"train": 600, "val": 100, "test": 100}
THE_DAY = (1998, 1, 1, 0, 0, 0)
"""Time stamp inside the archive: fixed, so that with the same zlib the file is, byte for byte."""


def main(folder: str) -> None:
    """Write the subset into the package."""
    with whole_file(TARGET) as path, zipfile.ZipFile(path, "w") as archive:
        for split, count in DIGITS_PER_CLASS.items():
            digits = load_digits(split, folder)
            labels = digits.labels.numpy()
            chosen = np.sort(np.concatenate([np.flatnonzero(labels == digit)[:count] for digit in range(10)]))
            for name, array in (("x", digits.images.numpy()[chosen]), ("y", labels[chosen].astype(np.uint8))):
                content = io.BytesIO()
                np.save(content, array, allow_pickle=False)
                member = zipfile.ZipInfo(f"{name}_{split}.npy", THE_DAY)
                archive.writestr(member, content.getvalue(), zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    main(sys.argv[1])
