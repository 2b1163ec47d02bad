"""Products from every kind of file: what comes in, what is told, what is never believed."""

from __future__ import annotations

import csv
import json
import tracemalloc

import pyarrow as pa
import pytest
from pyarrow import parquet

from shopkeeper.imports import rows
from shopkeeper.imports.rows import read_rows
from shopkeeper.model.errors import BadInput

G = 'xmlns:g="http://base.google.com/ns/1.0"'
RSS = f"""<?xml version="1.0"?>
<rss {G} version="2.0"><channel><title>Shop</title>
<item><g:id>tea</g:id><title>Green tea</title><link>https://shop.test/tea</link><g:price>4.50 EUR</g:price>
<g:product_type>Drinks &gt; Tea</g:product_type><g:product_type>Gifts</g:product_type>
<g:availability>out_of_stock</g:availability><g:additional_image_link>a.jpg</g:additional_image_link>
<g:shipping><g:country>NL</g:country><g:price>3 EUR</g:price></g:shipping><g:color>green</g:color></item>
<item><g:id>cup</g:id><title>Cup</title><g:price>dear</g:price></item>
<item><g:id>pot</g:id><title>Pot</title><g:price>20 EUR</g:price><g:item_group_id>pots</g:item_group_id></item>
</channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom" {G}><title>Shop</title>
<entry><g:id>tea</g:id><title>Green tea</title><link href="https://shop.test/tea"/><summary>Fresh</summary>
<g:price>4.50 EUR</g:price></entry></feed>"""
BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><rss><channel><item><title>&b;</title></item></channel></rss>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&f;</title></item></channel></rss>'


@pytest.fixture
def bring(run, shop, tmp_path):
    """`bring("a.xml", text)` imports a file of that text and answers what was said; the shop is then up to date."""

    def bring(name, text, *options):
        path = tmp_path / name
        path.write_text(text)
        result = run("import", "products", path, *options)
        shop.refresh()
        return result.output if result.exception is None else f"{result.output}{result.exception}"

    return bring


def products(shop):
    return shop.catalogue.products


def test_a_merchant_feed_in_rss_comes_in_and_its_broken_item_is_told(bring, shop):
    told = bring("feed.xml", RSS)
    assert "2 came in" in told
    assert "row 2, price: Product cup: 'dear' is not an amount of money" in told
    tea = products(shop)["tea"]
    assert (tea.name, tea.price, tea.in_stock, tea.url) == ("Green tea", 450, False, "https://shop.test/tea")
    assert (tea.category, tea.categories, tea.images) == ("Drinks > Tea", ("Gifts",), ("a.jpg",))
    assert tea.extra == {"color": "green", "shipping": "country: NL; price: 3 EUR"}
    assert products(shop)["pot"].variant_of == "pots"


def test_a_merchant_feed_in_atom_comes_in(bring, shop):
    assert "1 came in" in bring("feed.xml", ATOM)
    assert (products(shop)["tea"].name, products(shop)["tea"].url) == ("Green tea", "https://shop.test/tea")


def test_a_merchant_feed_as_tabs_comes_in(bring, shop):
    bring("feed.tsv", "id\ttitle\tprice\tavailability\tsale price\ntea\tTea, green\t4.50 EUR\tin_stock\t4 EUR\n")
    assert (products(shop)["tea"].name, products(shop)["tea"].sale_price) == ("Tea, green", 400)


def test_a_feed_that_breaks_off_names_the_place_and_keeps_what_came_before(bring, shop):
    broken = RSS.replace("<title>Pot</title>", "<title>Pot")
    told = bring("feed.xml", broken, "--replace")
    assert "2 items" in told and "line 8, column" in told
    assert "nothing was retired" in told
    assert [*products(shop)] == ["tea"]


@pytest.mark.parametrize("text", [BOMB, OUTSIDE])
def test_a_feed_with_entities_of_its_own_is_refused(bring, shop, text):
    assert "Take the <!DOCTYPE ...> out" in bring("feed.xml", text)
    assert not products(shop)


ENDLESS = {
    "text.xml": ("<rss><channel><item><title>", "x" * 100_000, "larger than 4 MB"),
    "attribute.xml": ('<rss><channel><item name="', "x" * 100_000, "larger than 4 MB"),
    "parts.xml": ("<rss><channel>", "<other/>" * 10_000, "larger than 4 MB"),
    "line.csv": ("id,name\ncup,Cup\n", "x" * 100_000, "longer than 8 million characters"),
    "columns.csv": ("id,name\ncup,Cup\n", "," * 100_000, "longer than 8 million characters"),
    "quotes.csv": ('id,name\ncup,"Cup\n', "x,y\n" * 25_000, "larger than field limit"),
    "lines.csv": ('id,name\ncup,"Cup', ("x" * 50 + '\n","') * 2_000, "longer than 8 million characters"),
    "header.csv": ("id,name", "x" * 100_000, "1 million characters"),
    "line.jsonl": ('{"id": "cup"}\n{"id": "', "x" * 100_000, "1 MB of JSON"),
    "object.json": ('[{"id": "', "x" * 100_000, "not a list of objects"),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_has_no_end_does_not_fill_the_memory(tmp_path, name):
    begins, piece, told = ENDLESS[name]
    path = tmp_path / name
    with path.open("w") as file:
        file.write(begins)
        for _ in range(400):
            file.write(piece)
    tracemalloc.start()
    with pytest.raises(BadInput, match=told):
        list(read_rows(path))
    assert tracemalloc.get_traced_memory()[1] < 100 << 20
    tracemalloc.stop()


def test_a_parquet_file_in_one_huge_piece_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "LARGEST_GROUP", 4_000)
    path = tmp_path / "huge.parquet"
    table = pa.table({"id": [f"p{n}" for n in range(100)], "name": [f"Tea {n} " * 10 for n in range(100)]})
    parquet.write_table(table, path)
    with pytest.raises(BadInput, match="row group"):
        read_rows(path)
    parquet.write_table(table, path, row_group_size=20)
    assert sum(1 for _ in read_rows(path)) == 100


@pytest.mark.parametrize("name", ["long.xml", "long.csv", "long.jsonl", "long.json"])
def test_a_long_file_is_read_piece_by_piece(tmp_path, name):
    path = tmp_path / name
    heads = {"xml": "<rss><channel>", "csv": "id,name\n", "jsonl": "", "json": "["}
    ends = {"xml": "</channel></rss>", "json": "]"}
    kind = path.suffix[1:]
    with path.open("w") as file:
        file.write(heads[kind])
        for number in range(30_000):
            text = "tea " * 50
            file.write(
                {
                    "xml": f"<item><id>{number}</id><title>{text}</title></item>",
                    "csv": f"{number},{text}\n",
                    "jsonl": f'{{"id": "{number}", "name": "{text}"}}\n',
                    "json": f'{{"id": "{number}", "name": "{text}"}},' if number < 29_999 else '{"id": "last"}',
                }[kind]
            )
        file.write(ends.get(kind, ""))
    tracemalloc.start()
    assert sum(1 for row in read_rows(path) if not row.fault) == 30_000
    assert tracemalloc.get_traced_memory()[1] < 3 << 20 < path.stat().st_size
    tracemalloc.stop()


def test_two_rows_of_one_id_are_told_and_the_first_counts(bring, shop):
    told = bring("two.csv", "id,name\ntea,First\ntea,Second\n")
    assert "row 3, id: Product tea stands in this file before" in told
    assert products(shop)["tea"].name == "First"


def test_lists_and_lines_of_json_keep_their_types(bring, shop):
    bring("list.json", json.dumps({"products": [{"id": "tea", "tags": ["new"], "weight": 1.5}, {"id": "cup"}]}))
    assert products(shop)["tea"].tags == ("new",) and products(shop)["tea"].extra == {"weight": 1.5}
    told = bring("lines.jsonl", '{"id": "pot"}\n{half\n[1]\n')
    assert "row 2: it is not a JSON object" in told and "row 3: it is not a JSON object" in told
    assert "pot" in products(shop)


@pytest.mark.parametrize("text", ['{"id": 1}', '[{"id": "tea"}, {"id": "c', "[1, 2]", "nothing at all"])
def test_json_that_is_no_list_of_products_is_refused(bring, text):
    assert "Write [" in bring("bad.json", text)


def test_parquet_comes_in_with_its_types(run, shop, tmp_path):
    table = pa.table({"sku": [1.0, 2.0], "title": ["Tea", None], "weight": [2, None], "tags": [["new"], None]})
    parquet.write_table(table, tmp_path / "p.parquet")
    assert "2 came in" in run("import", "products", tmp_path / "p.parquet").output
    shop.refresh()
    assert products(shop)["1"].extra == {"weight": 2} and products(shop)["1"].tags == ("new",)
    assert products(shop)["2"].name == "2"


def test_a_whole_catalogue_retires_what_it_does_not_hold_and_deletes_nothing(bring, shop):
    bring("all.csv", "id,name\ntea,Tea\ncup,Cup\npot,Pot\n", "--replace")
    assert "1 were retired" in bring("less.csv", "id,name\ntea,Tea\ncup,Cup\n", "--replace")
    assert products(shop)["pot"].retired_at and products(shop)["pot"].name == "Pot"
    assert "1 came in" in bring("again.csv", "id,name\npot,Pot\n")
    assert not products(shop)["pot"].retired_at


def test_a_whole_catalogue_that_would_retire_most_needs_to_be_told_twice(bring, shop):
    bring("all.csv", "id\n" + "\n".join(f"p{n}" for n in range(20)))
    assert "19 of 20 products are missing" in bring("cut.csv", "id\np1\n", "--replace")
    assert not any(p.retired_at for p in products(shop).values())
    assert "19 were retired" in bring("cut.csv", "id\np1\n", "--replace", "--force")


def test_a_row_without_an_id_keeps_everything_from_being_retired(bring, shop):
    bring("all.csv", "id,name\ntea,Tea\ncup,Cup\n")
    assert "nothing was retired" in bring("holes.csv", "id,name\ntea,Tea\n,Nameless\n", "--replace")
    assert not products(shop)["cup"].retired_at


def test_the_file_of_errors_can_be_mended_and_imported(bring, tmp_path, shop):
    bring("some.csv", "id,price\ntea,4\ncup,dear\n", "--errors", str(tmp_path / "errors.csv"))
    (row,) = csv.DictReader((tmp_path / "errors.csv").open())
    assert row["id"] == "cup" and row["price"] == "dear"


def test_variants_join_last_and_are_not_told_twice(bring, shop):
    assert "2 came in" in bring("v.csv", "id,item_group_id\nred,shirt\nblue,shirt\n")
    assert shop.catalogue.group("red") == ("blue", "red")
    assert "0 came in, 2 were there already" in bring("v.csv", "id,item_group_id\nred,shirt\nblue,shirt\n")
    assert "1 came in, 1 were there already" in bring("v.csv", "id,item_group_id\nred,\nblue,shirt\n")


def test_rows_that_cannot_be_used_do_not_fill_the_memory(bring, shop, monkeypatch):
    monkeypatch.setattr("shopkeeper.imports.left_out.MOST_ROWS", 5)
    rows = "".join(f"tea,{'x' * 3_000}\n" for _ in range(10))
    told = bring("twice.csv", f"id,name\ngood,Good\ntea,Tea\n{rows}last,Last\n")
    assert "more than are kept to be mended" in told
    assert set(products(shop)) == {"good", "tea"}
