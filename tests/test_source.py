"""Carets: of a snippet in which the fault stands between ‹ and ›, exactly that is what a diagnostic points at."""

from __future__ import annotations

import ast
import concurrent.futures
import linecache
import os
from pathlib import Path

import pytest

import conducto as co
from conducto import draw, source
from conducto.diagnostics import Diagnostic, Location
from tests import command

SNIPPETS = {
    "positional": 'co.Exec(‹"a\\0"›, cpu=1)',
    "keyword": 'co.Exec(command=‹"a\\0"›)',
    "several_lines": 'co.Exec(\n    "x",\n    cpu=(\n        ‹-1›\n    ),\n)',
    "two_on_a_line": 'co.Exec("x", cpu=1); co.Exec("x", cpu=‹-1›)',
    "in_a_comprehension": '[co.Exec("x", cpu=‹n›) for n in (1, 2, 0)]',
    "in_a_lambda": '(lambda n: co.Exec("x", cpu=‹n›))(0)',
    "alias": 'e = co.Exec\ne("x", cpu=‹-1›)',
    "unpacked_literal": 'co.Exec("x", **{"cpu": ‹-1›, "mem": 1})',
    "unpacked_name": 'more = {"cpu": -1}\nco.Exec("x", **‹more›)',
    "unpacked_call": 'co.Exec("x", **dict(cpu=‹-1›))',
    "unpacked_twice": 'a = {"cpu": -1}\nb = {}\n‹co.Exec("x", **a, **b)›',
    "unpacked_positional": "more = [3]\nco.Exec(‹*more›)",
    "unknown": 'co.Exec("x", ‹cpus=1›)',
    "unknown_unpacked": 'co.Exec("x", **{‹"cpus"›: 1})',
    "through_partial": 'import functools\n‹functools.partial(co.Exec, cpu=-1)("x")›',
    "attribute": 'n = co.Exec("x")\nn.cpu = ‹-1›',
    "attribute_annotated": 'n = co.Exec("x")\nn.cpu: float = ‹-1›',
    "attribute_unknown": 'n = co.Exec("x")\n‹n.cpus› = 1',
    "attribute_of_several": 'n = co.Exec("x")\n(n.cpu, n.mem), n.gpu = (1, ‹-1›), 1',
    "attribute_of_a_row": 'n = co.Exec("x")\n‹n.cpu›, n.mem = range(2)',
    "attribute_by_name": 'n = co.Exec("x")\n‹setattr(n, "cpu", -1)›',
    "env_literal": 'co.Exec("x", env={"A": "1", "B": ‹2›})',
    "env_key": 'co.Exec("x", env={‹"A-B"›: "1"})',
    "env_call": 'co.Exec("x", env=dict(A=‹1›))',
    "env_name": 'env = {"A": 1}\nco.Exec("x", env=‹env›)',
    "env_item": 'n = co.Exec("x")\nn.env["A"] = ‹1›',
    "env_item_key": 'n = co.Exec("x")\nn.env[‹"1"›] = "1"',
    "env_update": 'n = co.Exec("x")\nn.env.update(A=‹1›)',
    "env_merged": 'n = co.Exec("x")\nn.env |= {"A": ‹1›}',
    "name_taken": 'p = co.Serial()\np["a"] = co.Exec("1")\np[‹"a"›] = co.Exec("2")',
    "name_taken_of_two": 'p = co.Serial()\np["a"], p[‹"a"›] = co.Exec("1"), co.Exec("2")',
    "name_taken_in_a_loop": 'p = co.Serial()\nfor p[‹"a"›] in (co.Exec("1"), co.Exec("2")):\n    pass',
    "name_taken_in_a_with": 'p = co.Serial()\nwith co.Serial() as p["a"], co.Serial() as p[‹"a"›]:\n    pass',
    "name_taken_by_argument": 'with co.Serial():\n    co.Exec("1", name="a")\n    co.Exec("2", name=‹"a"›)',
    "same_node_of_two": 'p = co.Serial()\nn = co.Exec("1")\np["a"], p["b"] = n, ‹n›',
    "same_node_chained": 'p = co.Serial()\np["a"] = p["b"] = ‹co.Exec("1")›',
    "same_node_annotated": 'p = co.Serial()\np["a"] = co.Exec("1")\np["b"]: co.Node = ‹p["a"]›',
    "missing": 'p = co.Serial()\np[‹"a"›]["b"] = co.Exec("1")',
    "not_there": 'p = co.Serial()\nprint(p[‹"a" "b"›])',
    "no_name_in": "p = co.Serial()\n‹3› in p",
    "child_of_exec": 'p = co.Exec("1")\n‹p›["a"] = co.Exec("2")',
    "child_of_exec_deep": 'p = co.Serial()\np["a"] = co.Exec("1")\np[‹"a/b"›] = co.Exec("2")',
    "exec_entered": 'with ‹co.Exec("1")› as p:\n    pass',
    "exec_entered_second": 'with co.Serial() as p, ‹co.Exec("1")›:\n    pass',
    "exec_entered_first": 'with ‹co.Exec("1")›, co.Serial():\n    pass',
    "exec_entered_on_a_line_of_its_own": 'with (\n    co.Serial(),\n    ‹co.Exec("1")› as p,\n    co.Serial(),\n):\n    pass',
    "exec_entered_twice_compiled": 'try:\n    1 / 0\nfinally:\n    with co.Serial(), ‹co.Exec("1")›, co.Serial():\n        pass',
    "exec_entered_by_name": 'e = co.Exec("1")\nfor n in (co.Serial(), e):\n    with n, co.Serial(), ‹e›:\n        pass',
    "exec_entered_through_a_stack": 'import contextlib\ncontextlib.ExitStack().enter_context(‹co.Exec("1")›)',
    "exec_entered_by_its_method": 'e = co.Exec("1")\n‹e.__enter__()›',
    "through_the_standard_library": 'import functools\nf = functools.singledispatch(co.Exec)\nf("x", cpu=‹-1›)',
    "left_over_in_a_stack": "import contextlib\nwith contextlib.ExitStack() as s:\n"
    "    s.enter_context(co.Serial(image='x'))\n    s.enter_context(‹co.Serial()›)",
    "by_position": 'co.Serial(‹"x"›, cpu=1)',
    "by_position_second": 'co.Exec("x", ‹"y"›, "z")',
    "by_position_unpacked": 'more = ["x", "y"]\nco.Exec(‹*more›)',
    "by_position_before_unpacked": 'more = []\n‹co.Exec("x", *more, 1)›',
    "by_position_and_unpacked": 'more = []\nco.Exec("x", ‹1›, *more, **{})',
    "left_over": 'with co.Serial():\n    ‹co.Exec("1")›\n    co.Exec("2", name="a")',
    "set": 'n = co.Exec("x")\nn.set(cpu=1, mem=‹-1›)',
    "set_unknown": 'n = co.Exec("x")\nn.set(‹cpus=1›)',
    "set_unpacked": 'n = co.Exec("x")\nn.set(**{"cpu": ‹-1›})',
    "params": 'co.Exec("x", params=co.Params(cpu=‹-1›))',
    "params_name": 'p = {"cpu": -1}\nco.Exec("x", params=‹p›)',
    "params_literal": 'co.Exec("x", params={"mem": 1, "cpu": ‹-1›})',
    "params_unknown": 'co.Exec("x", params={‹"cpus"›: 1})',
    "params_twice": 'co.Exec("x", params=co.Params(cpu=1), ‹cpu=1›)',
    "params_no_dict": 'co.Exec("x", params=‹3›)',
    "params_of_no_exec": "co.Serial(‹params={}›)",
    "params_env": 'co.Exec("x", params=co.Params(env={"A": ‹1›}))',
    "image_and_its_name": 'co.Exec("x", image="i", ‹image_name="n"›)',
    "both_spellings": 'co.Exec("x", same_container="new", ‹container_reuse_context="new"›)',
    "tag": 'co.Exec("x", tags=["a", ‹1›])',
    "tag_of_a_set": 'co.Exec("x", tags=‹{"a", 1}›)',
    "docker_word": 'co.Exec("x", docker_run_args=("-v", "/a", ‹"-it"›))',
    "docker_word_behind_a_star": 'co.Exec("x", docker_run_args=‹[*[], "-it"]›)',
    "docker_text": 'co.Exec("x", docker_run_args=‹"-v /a -it"›)',
    "docker_no_text": 'co.Exec("x", docker_run_args=["-v", ‹3›])',
    "option": 'co.Exec("x", options={"argo": {"a": [1, {"b": ‹{2}›}]}})',
    "option_key": 'co.Exec("x", options={"argo": {"a": [1, {‹2›: 3}]}})',
    "option_name": 'b = {2}\nco.Exec("x", options={"argo": {"a": ‹b›}})',
    "option_table": 'co.Exec("x", options={"argo": ‹3›})',
    "option_target": 'co.Exec("x", options={‹3›: {}})',
    "option_assigned": 'n = co.Exec("x")\nn.options = {"argo": dict(a=‹b"x"›)}',
    "callback": 'n = co.Exec("x")\nn.on_error(‹3›)',
    "callback_by_name": 'n = co.Exec("x")\nn.on_done(callback=‹3›)',
    "callback_number": "co.callback.retry(‹-1›)",
    "callback_number_by_name": "co.callback.retry_then_skip(max_num_retries=‹None›)",
    "registered": 'co.Serial().register_image(‹"alpine"›)',
    "inherited_unknown": 'co.Serial().get_inherited_attribute(‹"cpus"›)',
    "secret": 'co.Exec("x", env={"A": co.Secret(‹"a-b"›)})',
    "in_a_decorator": 'def kept(n):\n    return lambda f: f\n\n\n@kept(co.Exec("x", cpu=‹-1›))\ndef f():\n    pass',
    "in_a_default": 'def f(n=co.Exec("x", cpu=‹-1›)):\n    pass',
    "wide": 'p = co.Serial()\np["世界"], p["ä"], p["e\u0301"] = co.Exec("世"), co.Exec("x", cpu=‹"世界"›), None',
    "tabs": 'if True:\n\tp = co.Serial();\tp["a"]\t= ‹3›',
    "form_feed": '\x0cp = co.Serial()\np["a"] = ‹3›',
    "line_separators": 'p = co.Serial()  # \u2028 \x85 \x1c\np["\u2028"] = ‹3›',
    "continued": 'p = co.Serial()\np["a"] = \\\n    ‹3›',
}


def run(folder: Path, snippet: str, encoding: str = "utf-8", newline: str = "\n", head: str = "") -> Location:
    """Where the diagnostic points that running `snippet` raises."""
    file = folder / "snippet.py"
    text = f"{head}import conducto as co\n" + snippet.replace("‹", "").replace("›", "") + "\n"
    file.write_bytes(text.replace("\n", newline).encode(encoding))
    linecache.clearcache()
    with pytest.raises(co.ConductoError) as found:
        exec(compile(file.read_bytes(), str(file), "exec"), {})
    (diagnostic,) = found.value.diagnostics
    assert diagnostic.location is not None
    assert diagnostic.location.file == source.shown_path(str(file))
    return diagnostic.location


def check(place: Location, snippet: str, head: str = "") -> None:
    """`place` is what stands between the marks."""
    lines = (f"{head}\n" + snippet).split("\n")
    (number,) = [number for number, line in enumerate(lines) if "‹" in line]
    before, _, rest = lines[number].partition("‹")
    fault, _, after = rest.partition("›")
    assert (place.line, place.text) == (number + 1, before + fault + after)
    assert place.text[place.column : place.end_column] == fault
    assert place.column == len(before)


@pytest.mark.parametrize("snippet", SNIPPETS.values(), ids=SNIPPETS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_the_caret_is_on_the_fault(tmp_path: Path, snippet: str, newline: str) -> None:
    check(run(tmp_path, snippet, newline=newline), snippet)


def test_a_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    check(run(tmp_path, SNIPPETS["wide"], "utf-8-sig"), SNIPPETS["wide"])


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    snippet = 'p = co.Serial()\np["käse"], p["ü"] = co.Exec("ä"), ‹"é"›'
    head = "# coding: latin-1\n"
    check(run(tmp_path, snippet, "latin-1", head=head), snippet, head)


def test_code_without_columns_points_at_the_line(tmp_path: Path) -> None:
    command.write(tmp_path, pipeline='import conducto as co\n\nroot = co.Exec("x",\n    cpu=-1)\n')
    done = command.python(tmp_path, "-X", "no_debug_ranges", "-m", "conducto", "./pipeline.py")
    assert done.status == 2
    assert 'pipeline.py:3\n  |\n3 | root = co.Exec("x",\n  | ^^^^^^^^^^^^^^^^^^^\n' in done.err


def test_code_without_a_file() -> None:
    with pytest.raises(co.ConductoError) as found:
        exec('import conducto as co\nco.Exec("x", cpu=-1)', {})
    (diagnostic,) = found.value.diagnostics
    assert diagnostic.location == Location("<string>", 2, 0, 1, "")
    assert draw.text([diagnostic]).split("\n")[1] == " --> <string>:2"


def test_an_installed_package_is_no_part_of_the_standard_library() -> None:
    file = os.path.join(os.path.dirname(os.__file__), "site-packages", "theirs.py")
    with pytest.raises(co.ConductoError) as found:
        exec(compile('import conducto as co\nco.Exec("x", cpu=-1)', file, "exec"), {})
    place = found.value.diagnostics[0].location
    assert place is not None
    assert place.file == source.shown_path(file)


def test_without_a_line_of_the_users_it_is_the_one_that_called_us() -> None:
    with concurrent.futures.ThreadPoolExecutor() as pool, pytest.raises(co.ConductoError) as found:
        pool.submit(co.Exec, "x", cpu=-1).result()
    place = found.value.diagnostics[0].location
    assert place is not None
    assert str(place.file).endswith(os.path.join("concurrent", "futures", "thread.py"))


def test_a_file_that_is_gone_or_is_no_python_any_more(tmp_path: Path) -> None:
    file = tmp_path / "snippet.py"
    text = 'import conducto as co\nco.Exec("x", cpu=-1)\n'
    for now in ("def (:\n(((\n", None):
        file.write_text(now or "")
        if now is None:
            file.unlink()
        linecache.clearcache()
        with pytest.raises(co.ConductoError) as found:
            exec(compile(text, str(file), "exec"), {})
        place = found.value.diagnostics[0].location
        assert place is not None
        assert (place.line, place.text) == (2, "(((" if now else "")


def test_the_current_folder_may_be_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    assert source.shown_path(str(tmp_path / "a.py")) == str(tmp_path / "a.py")


def test_paths_are_shown_as_one_would_type_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert source.shown_path(str(tmp_path / "a" / "b.py")) == "a/b.py"
    assert source.shown_path("/elsewhere/b.py") == "/elsewhere/b.py"


def test_a_span_over_several_lines_is_cut_at_its_first(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("x = f(   \n  1)\n")
    place = source.locate(str(file), 1, source.Span(1, 2, 4, 4))
    assert place.text[place.column : place.end_column] == "f("
    whole = source.locate(str(file), 2)
    assert whole.text[whole.column : whole.end_column] == "1)"


def test_noting_a_place_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for reading in ("getline", "getlines"):
        monkeypatch.setattr(linecache, reading, lambda *_: pytest.fail("a file was read"))
    root = co.Serial()
    for number in range(10):
        root[str(number)] = co.Exec("x")


def test_a_diagnostic_of_many_nodes_parses_no_file_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ast, "parse", lambda *_: pytest.fail("the file was parsed"))
    with pytest.raises(co.ConductoError) as found, co.Serial():  # noqa: PT012
        for _ in range(100):
            co.Exec("x")
    assert len(found.value.diagnostics) == 100
    assert {type(diagnostic) for diagnostic in found.value.diagnostics} == {Diagnostic}


def test_what_is_made_at_one_place_shares_it() -> None:
    first, second = (co.Exec("x") for _ in range(2))
    third = co.Exec("x")
    assert first._site is second._site
    assert third._site is not first._site
