"""Names of downloaded files: templates, what is wrong with one, and names that every system takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.result_names import USUAL_NAME, result_stem, template_problem
from tests.fakes.run_services import NOW, make_run


@pytest.mark.parametrize(("template", "stem"), [
    ("{name}", "Anna-at-sea"), ("{name}_{trigger}_{iterations}", "Anna-at-sea_TOKMAN_300"),
    ("{date} {name}", "2025-10-09-Anna-at-sea"), ("my model", "my-model"), ("con", "con-model"),
    ("{name}.{trigger}", "Anna-at-sea.TOKMAN"),
])
def test_a_template_becomes_a_name(template: str, stem: str):
    assert result_stem(template, make_run(name="Anna at sea", created_at=NOW)) == stem


def test_a_field_without_a_value_leaves_no_joint_behind():
    elsewhere = make_run(name="anna", body={}, made_here=False)
    assert result_stem("{trigger}-{name}-{iterations}", elsewhere) == "anna"
    assert result_stem("{trigger}", elsewhere) == "anna"
    assert result_stem("{name}", make_run(name="///")) == "model"


@pytest.mark.parametrize(("template", "problem"), [
    ("{nmae}", "There is no field {nmae}."), ("a{name", "A brace is not closed or not opened."), ("a/{name}", "/"),
    ("a:b?", ":, ?"), ("a\u202eb", "invisible character"), (" . ", "Enter a name, or at least {name}."),
    ("x" * 121, "The name is too long."), ("..", "Enter a name, or at least {name}."),
])
def test_what_no_system_takes_is_named(template: str, problem: str):
    assert problem in template_problem(template)
    assert result_stem(template, make_run(name="anna")) == "anna"


@given(st.text(max_size=300), st.text(max_size=130), st.text(max_size=40))
def test_no_name_leaves_the_folder_or_is_refused_by_a_system(name: str, template: str, trigger: str):
    run = make_run(name=name, body={"trigger_word": trigger})
    for used in (USUAL_NAME, template, "{name}{trigger}", f"{template}{{name}}"):
        stem = result_stem(used, run)
        assert 0 < len(stem.encode()) < 220
        assert not set(stem) & set('<>:"/\\|?*\0\n\r\t')
        assert stem.isprintable()
        assert stem == stem.strip(" .")
