"""Templates: versions over the national text, what is refused in them, and two texts side by side."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ballot.catalogue import checked_text, models_of_text, standards
from ballot.catalogue.checked_text import PLACES, checked, fill
from ballot.catalogue.difference import ADDED, REMOVED, SAME, SKIPPED, difference
from ballot.catalogue.errors import BadTemplate, NoSuchEntry, TemplateMoved, TemplateUnchanged
from ballot.models.registry.catalogue import TemplateVersion
from tally import rules
from tests.ballot.catalogued import Catalogue
from tests.ballot.prepared import new_hall

Open = Callable[[], Catalogue]
PLAN, POSTS, VOTERS = "ke-hoach", "chuc-danh", "thanh-phan"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    hall, count = new_hall(tmp_path_factory.mktemp("texts")), iter(range(10_000))
    yield lambda: Catalogue.founded(hall.house, f"Đơn vị {next(count)}")
    hall.house.registry.dispose()
    hall.house.box.dispose()


@pytest.fixture
def c(opened: Open) -> Catalogue:
    return opened()


def standing(c: Catalogue, name: str = PLAN) -> models_of_text.Standing:
    with c.read() as session:
        return models_of_text.standing(session, c.mine, name)


def save(c: Catalogue, text: str, name: str = PLAN) -> None:
    models_of_text.save(c.house, c.actor, name, text, seen=standing(c, name).newest)


# --- the national texts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", models_of_text.names())
def test_a_national_template_passes_its_own_check(name: str) -> None:
    assert checked(name, models_of_text.national(name), rules.names()) == models_of_text.national(name)


def test_every_composition_is_of_a_known_rule_set_and_post() -> None:
    posts = {post.key: post for post in standards.read_standards(models_of_text.national(POSTS))}
    levels = {level.key for level in standards.read_levels(models_of_text.national(POSTS))}
    rows = standards.read_compositions(models_of_text.national(VOTERS))
    assert {row.rule_set for row in rows} <= set(rules.names())
    for row in rows:
        assert row.level in levels
        assert {posts[key].level for key in row.posts} == {row.level}
        assert row.groups
        assert row.note or row.certainty == "seen"  # what is not certain says why


def test_the_posts_of_one_title_are_told_apart_by_level(c: Catalogue) -> None:
    with c.read() as session:
        for level in ("tinh", "don-vi"):
            key = standards.standard_key(session, c.mine, f"{level}.{'bi-thu' if level == 'tinh' else 'cap-truong'}")
            assert key.startswith(level)
        found = standards.voters_of(session, c.mine, rule_set="QD96_2023", standard="tinh.bi-thu")
        assert found is not None
        assert found.groups == ("Ban Chấp hành đảng bộ tỉnh",)
        assert standards.voters_of(session, c.mine, rule_set="QD96_2023", standard="x") is None


def test_there_is_no_other_template(c: Catalogue) -> None:
    for name in ("", "x", "../national", "ke-hoach.txt"):
        with pytest.raises(NoSuchEntry):
            models_of_text.national(name)


# --- versions -----------------------------------------------------------------------------------------------------


def test_an_own_text_holds_for_its_organisation_alone(c: Catalogue, opened: Open) -> None:
    save(c, "Kế hoạch {ten_dot}")
    assert standing(c).text == "Kế hoạch {ten_dot}\n"
    assert standing(c).own
    assert standing(opened()).text == models_of_text.national(PLAN)  # threats H5


def test_every_version_is_kept_and_one_act_goes_back(c: Catalogue) -> None:
    save(c, "Một")
    save(c, "Hai")
    models_of_text.restore(c.house, c.actor, PLAN, seen=standing(c).newest)
    assert standing(c).text == models_of_text.national(PLAN)
    assert not standing(c).own
    with c.read() as session:
        kept = models_of_text.versions(session, c.mine, PLAN)
    assert [version.text for version in kept] == ["", "Hai\n", "Một\n"]
    save(c, "Hai")
    assert standing(c).text == "Hai\n"


def test_nothing_is_written_for_the_same_text(c: Catalogue) -> None:
    with pytest.raises(TemplateUnchanged):
        save(c, models_of_text.national(PLAN).replace("\n", "\r\n") + "\n\n")
    with pytest.raises(TemplateUnchanged):
        models_of_text.restore(c.house, c.actor, PLAN, seen=0)
    save(c, "Một")
    with pytest.raises(TemplateUnchanged):
        save(c, "Một  \n")


def test_two_who_edit_at_once_do_not_overwrite_each_other(c: Catalogue) -> None:
    save(c, "Một")
    with pytest.raises(TemplateMoved):
        models_of_text.save(c.house, c.actor, PLAN, "Hai", seen=0)
    assert standing(c).text == "Một\n"


def test_a_changed_national_text_is_told(c: Catalogue) -> None:
    save(c, models_of_text.national(PLAN) + "Thêm một dòng\n")
    assert not standing(c).moved
    with c.write() as session:  # as an update of the program would leave it
        row = session.get_one(TemplateVersion, standing(c).newest)
        row.base_text = row.base_text.replace("KẾ HOẠCH", "DỰ THẢO")
    now = standing(c)
    assert now.moved
    assert difference(now.base, models_of_text.national(PLAN))
    assert difference(models_of_text.national(PLAN), now.text)[-1].kind == ADDED


def test_levels_of_an_own_template_hold(c: Catalogue) -> None:
    text = models_of_text.national(POSTS).replace('name = "Cấp tỉnh"', 'name = "Thành phố"')
    save(c, text, POSTS)
    with c.read() as session:
        assert standards.level_key(session, c.mine, "thành phố") == "tinh"


# --- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("Một\nHai {khong_co}", "Dòng 2"),
        ("{{7*7}}", "Dòng 1"),
        ("{ten_dot.__class__}", "Dòng 1"),
        ("{}", "Dòng 1"),
        ("Một {", "Dòng 1"),
        ("Một\n\n} hai", "Dòng 3"),
        ("Một\u202e", "Dòng 1"),
        ("Một\nHai\x00", "Dòng 2"),
        ("Một\n" + "x" * 3000, "Dòng 2"),
        ("   \n \n", "text"),
        ("x\n" * 40_000, "text"),
    ],
)
def test_a_text_template_is_refused_with_its_line(text: str, where: str) -> None:
    with pytest.raises(BadTemplate) as refused:
        checked(PLAN, text, rules.names())
    assert refused.value.where == where


LEVEL = '[[levels]]\nkey = "tinh"\nname = "Tỉnh"\n'
POST = (
    '[[positions]]\nkey = "tinh.a"\nlevel = "tinh"\ntitle = "A"\nequivalents = []\nauthority = ""\nblock = ""\n'
    'form = ""\nrank = 1\ncertainty = "seen"\n'
)


def test_the_smallest_template_of_posts_passes() -> None:
    assert checked(POSTS, LEVEL + POST, rules.names()) == LEVEL + POST


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (LEVEL + POST + "x = ", "Dòng 14"),
        (LEVEL + POST + '\n[[positions]]\nkey = "unclosed', "Dòng 16"),
        ("x = " + "[" * 5000, "text|Dòng 1|Cuối văn bản"),
        (LEVEL, "text"),
        (LEVEL + POST + "[other]\n", "text"),
        ("levels = 1\n" + POST, "levels"),
        ("levels = []\n" + POST, "levels"),
        ("levels = [1]\n" + POST, "levels"),
        (LEVEL + POST.replace('title = "A"\n', ""), r"\[\[positions\]\] 1"),
        (LEVEL + POST + "more = 1\n", r"\[\[positions\]\] 1"),
        (LEVEL + POST.replace('"A"', '""'), r"\[\[positions\]\] 1"),
        (LEVEL + POST.replace('"A"', "7"), r"\[\[positions\]\] 1"),
        (LEVEL + POST.replace('"A"', '" A"'), r"\[\[positions\]\] 1"),
        (LEVEL + POST.replace('"A"', '"A\\u202E"'), r"\[\[positions\]\] 1"),
        (LEVEL + POST.replace('"A"', f'"{"a" * 401}"'), r"\[\[positions\]\] 1"),
        (LEVEL + POST.replace("[]", '["B", "B"]'), r"\[\[positions\]\] 1"),
        (LEVEL + POST.replace("[]", "[1]"), r"\[\[positions\]\] 1"),
        (LEVEL + POST.replace("rank = 1", "rank = true"), r"\[\[positions\]\] 1"),
        (LEVEL + POST.replace("rank = 1", "rank = -1"), r"\[\[positions\]\] 1"),
        (LEVEL + POST.replace('"seen"', '"sure"'), r"\[\[positions\]\] 1"),
        (LEVEL + POST.replace('level = "tinh"', 'level = "huyen"'), r"\[\[positions\]\] 1"),
        (LEVEL + POST.replace('"tinh.a"', '"Tỉnh A"'), r"\[\[positions\]\] 1"),
        (LEVEL + POST + POST, r"\[\[positions\]\] 2"),
        (LEVEL + LEVEL + POST, r"\[\[levels\]\] 2"),
    ],
)
def test_a_template_of_posts_is_refused_with_its_entry(text: str, where: str) -> None:
    with pytest.raises(BadTemplate) as refused:
        checked(POSTS, text, rules.names())
    assert re.fullmatch(where, refused.value.where)


ROW = (
    '[[compositions]]\nrule_set = "QD96_2023"\nlevel = "tinh"\nposts = ["tinh.bi-thu"]\ngroups = ["Nhóm"]\n'
    'certainty = "seen"\nnote = ""\n'
)


@pytest.mark.parametrize(
    "text",
    [
        ROW + ROW,
        ROW.replace("QD96_2023", "QD1"),
        ROW.replace('["tinh.bi-thu"]', "[]"),
        ROW.replace('["tinh.bi-thu"]', '"tinh.bi-thu"'),
        ROW.replace('["Nhóm"]', "[[]]"),
        ROW.replace('"QD96_2023"', "[]"),
        ROW.replace('certainty = "seen"', "certainty = {}"),
    ],
)
def test_a_template_of_voters_is_refused(text: str) -> None:
    assert checked(VOTERS, ROW, rules.names()) == ROW
    with pytest.raises(BadTemplate):
        checked(VOTERS, text, rules.names())


@given(st.sampled_from(models_of_text.names()), st.text(max_size=200))
def test_checking_answers_or_refuses(name: str, text: str) -> None:
    try:
        kept = checked(name, text, rules.names())
    except BadTemplate:
        return
    assert checked(name, kept, rules.names()) == kept


@given(st.dictionaries(st.sampled_from(["levels", "positions"]), st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=8,
)))  # fmt: skip
def test_tables_of_any_shape_are_refused(data: dict[str, object]) -> None:
    from ballot.catalogue.checked_tables import TABLES, _check_table

    for table, fields in TABLES[POSTS].items():
        with pytest.raises(BadTemplate):
            _check_table(table, data.get(table), fields)


# --- filling in ---------------------------------------------------------------------------------------------------


def test_what_is_filled_in_is_not_read_as_a_place() -> None:
    values = dict.fromkeys(PLACES, "{can_cu} {{7*7}} \\1")
    assert fill("Đợt {ten_dot}.", values) == "Đợt {can_cu} {{7*7}} \\1."


def test_every_place_of_the_national_texts_is_explained() -> None:
    assert set(tomllib.loads(models_of_text.national(POSTS))) == {"levels", "positions"}
    for name in (PLAN, "dieu-hanh"):
        fill(models_of_text.national(name), PLACES)
    assert checked_text.PLACES is PLACES


# --- side by side -------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from("abcd e"), max_size=30), st.lists(st.sampled_from("abcd e"), max_size=30))
def test_two_texts_side_by_side_lose_no_line(left: list[str], right: list[str]) -> None:
    old, new = "\n".join(left), "\n".join(right)
    rows = difference(old, new)
    if old.splitlines() == new.splitlines():
        assert rows == []
        return
    for side, lines in (("left", old.splitlines()), ("right", new.splitlines())):
        count, at = 0, 0
        for row in rows:
            part = getattr(row, side)
            if row.kind == SKIPPED:
                count += row.skipped
                at += row.skipped
            elif part.number:
                at += 1
                count += 1
                assert part.number == at
                assert "".join(piece for piece, _differs in part.pieces) == lines[at - 1]
        assert count == len(lines)


def test_only_the_words_that_differ_are_marked() -> None:
    (row,) = difference("Một hai ba", "Một bốn ba")
    assert [piece for piece, differs in row.left.pieces if differs] == ["hai"]
    assert [piece for piece, differs in row.right.pieces if differs] == ["bốn"]


def test_long_stretches_that_are_the_same_are_shortened() -> None:
    text = "".join(f"dòng {number}\n" for number in range(100))
    rows = difference(text, text + "thêm\n")
    assert [row.kind for row in rows] == [SKIPPED, SAME, SAME, SAME, ADDED]
    assert rows[0].skipped == 97
    assert difference(text + "bớt\n", text)[-1].kind == REMOVED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["x", "w"] * 15_000, ["x", "w", "w"] * 10_000),
        (["a " * 990] * 30, ["a b " * 495] * 30),
        (["x"] * 29_000, ["đầu", *["x"] * 29_000, "cuối"]),
    ],
    ids=["lines", "words", "around"],
)
def test_texts_that_only_repeat_themselves_are_compared_in_the_end(old: list[str], new: list[str]) -> None:
    """Two versions of thirty thousand short lines, and the page that shows both kept a server busy for hours."""
    rows = difference("\n".join(old), "\n".join(new))
    assert {row.kind for row in rows} - {SAME, SKIPPED}
    shown = sum(row.kind != SKIPPED and bool(row.right.number) for row in rows) + sum(row.skipped for row in rows)
    assert shown == len(new)
