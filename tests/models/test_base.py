"""What a family inherits."""

import pytest

from frameloom.core.config import Config
from frameloom.models.base import Model


def test_a_family_must_say_how_it_is_trained() -> None:
    with pytest.raises(NotImplementedError, match=r"^$"):
        Model(Config()).phases()
