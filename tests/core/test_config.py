"""Settings: what is read, overridden and refused, and in which words."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, PositiveInt, model_validator

from frameloom.core.config import Config, override, read_toml, validate
from frameloom.core.errors import ConfigError, FrameloomError


class Fox(Config):
    family: Literal["fox"] = "fox"
    tails: PositiveInt = 1


class Owl(Config):
    family: Literal["owl"] = "owl"
    wings: PositiveInt = 2


class Zoo(Config):
    name: str
    animal: Annotated[Fox | Owl, Field(discriminator="family")] = Fox()
    cage: Fox = Fox()
    spare: Owl | None = None
    rates: tuple[float, ...] = ()


def test_a_place_that_begins_with_where_it_stands_says_so_once() -> None:
    with pytest.raises(ConfigError, match=r"^cage\.tails: input should be greater"):
        validate(Zoo, {"name": "x", "cage": {"tails": 0}}, "cage")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"nmae": "x"}, "zoo.toml: nmae: unknown setting; did you mean 'name'?"),
        ({"name": "x", "zzzzz": 1}, "zoo.toml: zzzzz: unknown setting; known here: animal, cage, name, rates, spare"),
        ({"name": "x", "cage": {"tials": 2}}, "zoo.toml: cage.tials: unknown setting; did you mean 'tails'?"),
        (
            {"name": "x", "animal": {"family": "owl", "wigns": 2}},
            "zoo.toml: animal.wigns: unknown setting; did you mean 'wings'?",
        ),
        ({"name": "x", "spare": {"wigns": 2}}, "zoo.toml: spare.wigns: unknown setting; did you mean 'wings'?"),
        ({}, "zoo.toml: name: missing; add it"),
        ({"name": "x", "cage": {"tails": 0}}, "zoo.toml: cage.tails: input should be greater than 0, got 0"),
        ({"name": "x", "rates": [1.0, float("nan")]}, "zoo.toml: rates[1]: input should be a finite number, got nan"),
    ],
)
def test_a_refused_setting_is_named_with_file_path_and_remedy(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        validate(Zoo, settings, "zoo.toml")
    assert message in str(caught.value).splitlines()


def test_an_unknown_family_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"animal: family 'cat' is not known; known here: fox, owl"):
        validate(Zoo, {"name": "x", "animal": {"family": "cat"}}, "zoo.toml")


class Fence(Config):
    """Settings with everything that makes pydantic's own places hard to read."""

    height: float | tuple[Fox, ...] = 1.0
    guests: tuple[Annotated[Fox | Owl, Field(discriminator="family")], ...] = ()
    side: Literal["north", "south"] = "north"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"guests": [{"family": "fox"}, {"family": "owl", "wings": 0}]},
            "guests[1].wings: input should be greater than 0",
        ),
        ({"guests": [{"family": "owl", "wigns": 2}]}, "guests[0].wigns: unknown setting; did you mean 'wings'?"),
        (
            {"guests": [{"family": "owll"}]},
            "guests[0]: family 'owll' is not known; did you mean 'owl'?",
        ),
        ({"guests": [{"wings": 2}]}, "guests[0]: does not say which kind it is; add 'family' to it"),
        ({"side": "nroth"}, "side: did you mean 'north'? got 'nroth'"),
        ({"height": "high"}, "height: input should be a number"),
        ({"height": [{"tails": 0}]}, "height[0].tails: input should be greater than 0, got 0"),
        ({"side": "x" * 500}, "side: input should be 'north' or 'south', got '" + "x" * 119 + "..."),
    ],
)
def test_a_place_inside_lists_and_unions_is_told_once_and_in_our_words(
    settings: dict[str, object], message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        validate(Fence, settings, "f")
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"f: {message}")


def test_several_faults_are_all_told_one_a_line() -> None:
    with pytest.raises(ConfigError) as caught:
        validate(Zoo, {"cage": {"tails": -1}}, "z")
    assert len(str(caught.value).splitlines()) == 2


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Fox().tails = 3  # type: ignore[misc]


def test_the_text_under_a_field_is_its_help() -> None:
    class Helped(Config):
        size_px: int = 1
        """Edge of the picture."""

    assert Helped.model_fields["size_px"].description == "Edge of the picture."


@pytest.mark.parametrize(
    ("assignment", "expected"),
    [
        ("a.b=2", {"a": {"b": 2, "c": 1}}),
        ("a.d=[1, 2]", {"a": {"b": 1, "c": 1, "d": [1, 2]}}),
        ("a.b=fast", {"a": {"b": "fast", "c": 1}}),
        ("a.b=1e-3", {"a": {"b": 0.001, "c": 1}}),
        ("a.b=x=y", {"a": {"b": "x=y", "c": 1}}),
        ("new.table=true", {"a": {"b": 1, "c": 1}, "new": {"table": True}}),
    ],
)
def test_override_reads_values_as_toml_else_text(assignment: str, expected: dict[str, object]) -> None:
    assert override({"a": {"b": 1, "c": 1}}, [assignment]) == expected


@given(st.integers(), st.integers())
def test_override_leaves_the_original_alone_and_the_last_wins(first: int, second: int) -> None:
    settings = {"a": {"b": {"c": 0}}}
    assert override(settings, [f"a.b.c={first}", f"a.b.c={second}"]) == {"a": {"b": {"c": second}}}
    assert settings == {"a": {"b": {"c": 0}}}


@pytest.mark.parametrize("assignment", ["a.b", "=3", " =3"])
def test_override_wants_name_and_value(assignment: str) -> None:
    with pytest.raises(ConfigError, match=r"write it as name=value, for example model\.z_dim=64"):
        override({}, [assignment])


def test_override_does_not_pass_through_a_value() -> None:
    with pytest.raises(ConfigError, match=r"--set a\.b=1: 'a' is a value, not a table"):
        override({"a": 3}, ["a.b=1"])


def test_read_toml_returns_tables(tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text('name = "x"\n[model]\nz_dim = 4\n', encoding="utf-8")
    assert read_toml(tmp_path / "r.toml") == {"name": "x", "model": {"z_dim": 4}}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"cannot be read \(No such file or directory\); give a TOML file"),
        (b"\xff\xfe", r"cannot be read \(not UTF-8 text\)"),
        (b"a = = 1", r"r\.toml: not valid TOML: .*line 1"),
    ],
)
def test_read_toml_says_what_is_wrong_with_the_file(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "r.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=message):
        read_toml(path)


def test_every_error_is_also_the_builtin_it_resembles() -> None:
    kinds = FrameloomError.__subclasses__()
    assert len(kinds) >= 7
    for kind in kinds:
        assert issubclass(kind, ValueError | RuntimeError | OSError | ImportError), kind


class Cut(Config):
    start: int = 0
    stop: int = 1

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.stop <= self.start:
            raise ValueError(f"stop at {self.stop} is not after start at {self.start}")
        return self


def test_a_rule_over_several_settings_speaks_for_itself() -> None:
    with pytest.raises(ConfigError) as caught:
        validate(Cut, {"start": 3, "stop": 2}, "cut")
    assert str(caught.value) == "cut: settings: stop at 2 is not after start at 3"


def test_a_fault_in_a_table_of_names_tells_the_name() -> None:
    class Inner(Config):
        size: int = 1

    class Outer(Config):
        members: dict[str, Inner]

    with pytest.raises(ConfigError, match=r"^here: members.ada.size: input should be a whole number"):
        validate(Outer, {"members": {"ada": {"size": "x"}}}, "here")
    with pytest.raises(ConfigError, match=r"^here: members.ada.sise: unknown setting; did you mean 'size'"):
        validate(Outer, {"members": {"ada": {"sise": 1}}}, "here")


class Inner(Config):
    name: str = ""


class Outer(Config):
    text: Annotated[str, Field(min_length=2, max_length=3)] = "ab"
    whole: int = 1
    ratio: float = 1.0
    switch: bool = True
    many: Annotated[tuple[str, ...], Field(max_length=1)] = ()
    table: Annotated[dict[str, int], Field(default_factory=dict)]
    inner: Inner = Inner()
    path: Path = Path()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"text": 2026}, 'text: input should be text, got 2026; write "2026"'),
        ({"text": date(2026, 1, 2)}, 'text: input should be text, got 2026-01-02; write "2026-01-02"'),
        ({"text": None}, "text: input should be text, got nothing"),
        ({"text": "abcd"}, "text: holds 4 characters; give 3 at most"),
        ({"text": "a"}, "text: holds 1 character; give 2 or more"),
        ({"whole": "ten"}, "whole: input should be a whole number, got 'ten'"),
        ({"whole": 1.5}, "whole: input should be a whole number, got 1.5"),
        ({"ratio": "much"}, "ratio: input should be a number, got 'much'"),
        ({"switch": "maybe"}, "switch: input should be true or false, got 'maybe'"),
        ({"many": "one"}, "many: input should be a list, got 'one'"),
        ({"many": ["a", "b"]}, "many: holds 2; give 1 at most"),
        ({"table": True}, "table: input should be a table, got true"),
        ({"inner": "fox"}, "inner: input should be a table of settings, got 'fox'; known in it: name"),
        ({"path": 3}, "path: input should be the path of a file or folder, got 3"),
    ],
)
def test_faults_are_told_in_our_own_words(settings: dict[str, object], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        validate(Outer, settings, "here")
    assert str(caught.value) == f"here: {told}"
