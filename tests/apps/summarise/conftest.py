"""Films that tests of summaries share, made once."""

from pathlib import Path

import pytest
from tests.apps.summarise.films import talk

from frameloom.apps.summarise.analysis import Analysis, analyse


@pytest.fixture(scope="session")
def talking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of three shots in which somebody speaks at known times."""
    return talk(tmp_path_factory.mktemp("films") / "talk.mp4")


@pytest.fixture(scope="session")
def seen(talking: Path) -> Analysis:
    """What is known of that film."""
    return analyse(talking, keep=False, view="lines")
