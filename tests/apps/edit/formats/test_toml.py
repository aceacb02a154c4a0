"""TOML is written so that the standard library reads the very same values."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from frameloom.apps.edit.formats.toml import write_toml

scalars = st.booleans() | st.integers(-(2**80), 2**80) | st.floats(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12
)


@given(st.dictionaries(st.text(), values, max_size=5))
def test_values_come_back(settings: dict[str, object]) -> None:
    assert tomllib.loads(write_toml(settings)) == settings


@given(
    st.lists(
        st.fixed_dictionaries(
            {"name": st.text(), "items": st.lists(st.dictionaries(st.text(), scalars, max_size=3), max_size=3)}
        )
    )
)
def test_tables_come_back(tracks: list[dict[str, object]]) -> None:
    settings = {"name": "x", "tracks": tracks, "after": 1}
    assert tomllib.loads(write_toml(settings, frozenset({"tracks", "items"}))) == settings
