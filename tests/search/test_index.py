"""The index is derived: whatever becomes of its files, what is found is what the catalogue says."""

from __future__ import annotations

import shutil
import time

import httpx
import pytest

from shopkeeper.campaigns import parse_file
from shopkeeper.catalogue import read_product
from shopkeeper.engine.shop import Shop
from shopkeeper.goods.finding import find, keep_up
from shopkeeper.model.errors import Unavailable
from shopkeeper.search import Question, finder
from shopkeeper.storage.lock import hold
from tests.search.conftest import NOW, ids, put
from tests.serving import Served


def again(shop: Shop, folder) -> Shop:
    """The same shop, opened anew."""
    shop.close()
    return Shop.open(folder, now=lambda: NOW)


@pytest.fixture
def home(tmp_path):
    return tmp_path / "data" / "search"


@pytest.fixture
def reopened(shop, look, tmp_path):
    """What breaks the index, and then asks a shop opened anew for `swift`."""
    look("swift")

    def reopened(spoil):
        spoil()
        fresh = again(shop, tmp_path / "data")
        try:
            return ids(find(fresh, Question(q="swift")))
        finally:
            fresh.close()

    return reopened


def files(home):
    return [f for folder in home.iterdir() if folder.is_dir() for f in folder.iterdir() if not f.name.startswith(".")]


def test_an_index_is_opened_as_it_was_left(reopened, home):
    before = {f: f.stat().st_mtime_ns for f in files(home)}
    assert reopened(lambda: None) == ["run-1"]
    assert {f: f.stat().st_mtime_ns for f in files(home)} == before


def test_a_missing_index_is_made_anew(reopened, home):
    assert reopened(lambda: shutil.rmtree(home)) == ["run-1"]


@pytest.mark.parametrize("kind", ["meta.json", ".idx", ".term", ".store", ".fast"])
@pytest.mark.parametrize("spoil", ["cut", "gone"])
def test_a_file_that_is_cut_off_or_gone_has_it_made_anew(reopened, home, kind, spoil):
    def break_it():
        for file in files(home):
            if file.name.endswith(kind):
                if spoil == "gone":
                    file.unlink()
                else:
                    file.write_bytes(file.read_bytes()[:-7])

    assert reopened(break_it) == ["run-1"]


@pytest.mark.parametrize("kind", ["meta.json", ".idx", ".term", ".store"])
def test_files_of_garbage_have_it_made_anew(reopened, home, kind):
    def break_it():
        for file in files(home):
            if file.name.endswith(kind):
                file.write_bytes(bytes(len(file.read_bytes())))

    assert reopened(break_it) == ["run-1"]


@pytest.mark.parametrize(
    "text", ["", "{}", "nonsense", '{"folder": "../..", "version": 1, "settings": "", "files": {}}']
)
def test_a_stamp_that_says_nothing_has_it_made_anew(reopened, home, text):
    assert reopened(lambda: (home / "current.json").write_text(text)) == ["run-1"]
    assert home.parent.joinpath("state.db").exists()


def test_what_was_written_and_not_stamped_is_written_again(shop, look, reopened, home):
    """As after a crash between the two: the stamp is that of the change before."""
    stamp = (home / "current.json").read_bytes()
    put(shop, {"id": "run-1", "name": "Slow shoes"}, {"id": "new", "name": "Swift kettle"})
    assert ids(look("swift")) == ["new"]
    assert reopened(lambda: (home / "current.json").write_bytes(stamp)) == ["new"]


def test_an_index_of_a_later_catalogue_is_not_believed(shop, look, reopened):
    """As after a backup of the state was put back."""

    def set_back():
        with shop.state.write() as conn:
            conn.run("UPDATE catalogue_version SET version = 1")
            conn.run("DELETE FROM catalogue_products WHERE id <> 'water'")
            conn.run("UPDATE catalogue_products SET version = 1")

    assert reopened(set_back) == []


def test_a_change_of_language_makes_it_anew(shop, look):
    put(shop, {"id": "h", "name": "Häuser"})
    assert "h" not in ids(look("Hauses"))
    shop.apply(parse_file("search: {language: de}"))
    assert "h" in ids(look("Hauses"))


def test_a_variant_that_moves_leaves_its_old_group(shop, look):
    put(shop, {"id": "shirt-red", "name": "Crimson blouse", "category": "Blouses"})
    assert ids(look("crimson")) == ["shirt-red"]
    assert ids(look("shirt")) == ["shirt"] and look("shirt red", relax=False).total == 0


def test_changes_of_few_products_give_what_a_new_index_gives(shop, look, home):
    look()
    for number in range(5):
        put(shop, {"id": f"p{number}", "name": f"Kettle {number}", "variant_of": "kettle" if number % 2 else ""})
        look()
    little_by_little = {text: ids(look(text)) for text in ("kettle", "kettle 3", "running", "shirt")}
    shutil.rmtree(home)
    shop.finder.__init__(home, shop.keys.write)
    assert {text: ids(look(text)) for text in little_by_little} == little_by_little


def test_while_another_process_writes_it_the_index_is_taken_as_it_is(shop, look, home):
    look()
    put(shop, {"id": "late", "name": "Latecomer"})
    with hold(home):
        assert not keep_up(shop)
        assert find(shop, Question(q="latecomer", relax=False)).total == 0
    assert keep_up(shop) and ids(find(shop, Question(q="latecomer"))) == ["late"]


def test_each_node_keeps_a_copy_of_its_own(postgres_url, tmp_path):
    nodes = [Shop.open(tmp_path / name, postgres_url, now=lambda: NOW) for name in ("one", "two")]
    nodes[0].put_products([read_product({"id": "tea", "name": "Green tea"}, "EUR", 0)])
    for node in nodes:
        assert keep_up(node) and ids(find(node, Question(q="green"))) == ["tea"]
    nodes[1].put_products([read_product({"id": "tea", "name": "Black tea"}, "EUR", 0)])
    for node in nodes:
        assert keep_up(node) and find(node, Question(q="green", relax=False)).total == 0
        node.close()


def test_a_change_is_found_by_a_running_server(served: Served):
    def found(text):
        answer = httpx.get(f"{served.base}/v1/search", params={"q": text, "writeKey": served.keys.write})
        return [hit["id"] for hit in answer.json()["hits"]]

    for number in range(3):
        served.post("/v1/products", [{"id": f"k{number}", "name": f"Kettle number{number}"}], "secret")
        until = time.monotonic() + 30
        while f"k{number}" not in found(f"number{number}") and time.monotonic() < until:
            time.sleep(0.02)
        assert found(f"kettle number{number}") == [f"k{number}"]


def test_a_question_to_a_server_makes_no_large_index_but_is_told_to_come_again(shop, monkeypatch):
    monkeypatch.setattr(finder, "SMALL", 3)
    monkeypatch.setattr(finder, "KEPT_PATIENCE_S", 0.0)
    shop.finder.kept = True
    with pytest.raises(Unavailable, match="being made"):
        find(shop, Question(q="swift"))
    keep_up(shop)  # as the thread beside does
    assert ids(find(shop, Question(q="swift"))) == ["run-1"]
