"""A record is what a frozen dataclass with slots is."""

import copy
import pickle
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, replace
from typing import Any

import pytest

from segmind_studio.record import record


@record
class Value:
    """Made here."""

    name: str
    size: float = 2.0
    tags: list[str] = field(default_factory=list[str])
    hidden: str = field(default="", repr=False)
    state: int = field(default=7, init=False)
    noted: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Model:
    """Made by the standard library."""

    name: str
    size: float = 2.0
    tags: list[str] = field(default_factory=list[str])
    hidden: str = field(default="", repr=False)
    state: int = field(default=7, init=False)
    noted: str = field(default="", repr=False, compare=False)


@record
class Checked:
    """One field, a check, and a hash of its own."""

    side: int

    def __post_init__(self) -> None:
        if self.side < 0:
            raise ValueError(self)

    def __hash__(self) -> int:
        return 5


@record
class Half:
    """One of two fields is compared."""

    side: int
    noted: int = field(default=0, compare=False)


@record
class Nothing:
    """No fields."""


def test_it_is_made_compared_changed_and_shown_as_a_dataclass_is():
    for kind in (Value, Model):
        one, same, other = kind("a", tags=["x"]), kind("a", 2.0, ["x"]), kind("a", 3.0, hidden="s")
        assert one == same == replace(one, noted="n")
        assert one != other
        assert one != "a"
        assert (one.state, other.tags, kind.__match_args__) == (7, [], Model.__match_args__)
        assert kind("b").tags is not kind("b").tags
        assert repr(other) == f"{kind.__name__}(name='a', size=3.0, tags=[], state=7)"
        assert replace(one, name="b") == kind("b", tags=["x"])
        assert asdict(one) == {"name": "a", "size": 2.0, "tags": ["x"], "hidden": "", "state": 7, "noted": ""}
        assert [item.name for item in fields(one)] == ["name", "size", "tags", "hidden", "state", "noted"]
        assert copy.copy(one) == pickle.loads(pickle.dumps(one)) == copy.deepcopy(one) == one  # noqa: S301  # our own
        with pytest.raises(FrozenInstanceError):
            setattr(one, "name", "z")  # noqa: B010  # as one who reads no types
        with pytest.raises(FrozenInstanceError):
            delattr(one, "name")
        assert not hasattr(one, "__dict__")
        untyped: Any = kind
        with pytest.raises(TypeError, match=rf"{kind.__name__}.__init__\(\) missing 1 required"):
            untyped()


def test_equal_ones_are_one_key():
    assert len({Checked(1), Checked(1), Checked(2)}) == 2
    assert hash(Checked(1)) == 5, "its own"
    assert hash(record(type("One", (), {"__annotations__": {"a": "int"}}))(3)) == hash((3,)), "as of a tuple"
    assert len({Half(1, 2), Half(1, 3), Half(2, 2)}) == 2
    assert Nothing() == Nothing()
    assert {Nothing(): 1}[Nothing()] == 1


def test_its_own_check_is_made():
    with pytest.raises(ValueError, match="side=-1"):
        Checked(-1)
    with pytest.raises(ValueError, match="side=-2"):
        replace(Checked(1), side=-2)


def test_what_it_cannot_is_refused():
    with pytest.raises(TypeError, match="no such fields"):
        @record
        class Odd:
            side: int = field(default=1, hash=True)
