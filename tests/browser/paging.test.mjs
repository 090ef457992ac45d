// Which officials stand together on a page, and on which form.
// Never here: an element.

import assert from "node:assert/strict";
import { test } from "node:test";
import { p } from "./load.mjs";

const block = (title, count, form = "") => ({
  title,
  form,
  officials: Array.from({ length: count }, (_, i) => ({ number: i + 1 })),
});
const sizes = (blocks, height) =>
  p.paginate(blocks, height).map((page) => page.blocks.map((part) => part.officials.length));
const FULL_HD = 1080 - 158;
const SMALL = 768 - 158;

test("at most nine rows on a large screen and seven on a small one", () => {
  assert.deepEqual(sizes([block("a", 9)], FULL_HD), [[9]]);
  assert.deepEqual(sizes([block("a", 7)], SMALL), [[7]]);
  assert.deepEqual(sizes([block("a", 8)], SMALL), [[4], [4]]);
});

test("a long block is cut into parts of nearly equal length", () => {
  assert.deepEqual(sizes([block("a", 23)], FULL_HD), [[8], [7], [8]]);
});

test("small blocks share a page only while headings and rows fit", () => {
  assert.deepEqual(sizes([block("a", 2), block("b", 3), block("c", 4)], FULL_HD), [[2, 3, 4]]);
  assert.deepEqual(sizes([block("a", 2), block("b", 3), block("c", 4)], SMALL), [[2, 3], [4]]);
});

test("a page holds one form only, however short", () => {
  assert.deepEqual(sizes([block("a", 1, "F"), block("b", 1, "G"), block("c", 2, "G")], FULL_HD), [[1], [1, 2]]);
});

test("a block alone gives its place in the band to its form, and its title takes room above the rows", () => {
  assert.deepEqual(sizes([block("a", 7, "F")], SMALL), [[4], [3]]);
  assert.deepEqual(sizes([block("a", 7, "a")], SMALL), [[7]]); // one name for both stands once
  assert.ok(p.headed([block("a", 1, "F")]));
  assert.ok(!p.headed([block("a", 1, "a")]));
  assert.ok(!p.headed([block("a", 1)]));
  assert.ok(p.headed([block("a", 1), block("b", 1)]));
});

test("the parts of a long block keep the name of their form", () => {
  const pages = p.paginate([block("a", 23, "F"), block("b", 2, "G")], FULL_HD);
  assert.deepEqual(
    pages.map((page) => page.blocks.map((part) => `${part.form} ${part.title}`)),
    [["F a"], ["F a"], ["F a"], ["G b"]],
  );
});

test("people are put under their forms in ballot order, and a form of nobody is left out", () => {
  let number = 0;
  const people = (count) => Array.from({ length: count }, () => ({ number: ++number }));
  const blocks = [
    { title: "a", form: "F", officials: people(2) },
    { title: "b", form: "F", officials: people(1) },
    { title: "c", form: "G", officials: people(2) },
  ];
  const all = blocks.flatMap((each) => each.officials);
  const numbers = (officials) => p.byForm({ blocks }, officials).map(([form, of]) => [form, of.map((each) => each.number)]);
  assert.deepEqual(p.formsOf({ blocks }), ["F", "G"]);
  assert.deepEqual(numbers(all), [["F", [1, 2, 3]], ["G", [4, 5]]]);
  assert.deepEqual(numbers([all[2], all[4]]), [["F", [3]], ["G", [5]]]);
  assert.deepEqual(numbers([all[3]]), [["G", [4]]]);
  assert.deepEqual(numbers([]), []);
});

test("a round with one form has no form to name, unless it was given a name", () => {
  assert.deepEqual(p.formsOf({ blocks: [block("a", 2), block("b", 1)] }), []);
  assert.deepEqual(p.formsOf({ blocks: [block("a", 2, "F")] }), ["F"]);
  assert.deepEqual(
    p.byForm({ blocks: [block("a", 2)] }, block("a", 2).officials).map(([form]) => form),
    [""],
  );
});

test("nobody is lost and the order is kept", () => {
  for (const height of [100, SMALL, FULL_HD, 4000]) {
    const pages = p.paginate([block("a", 2), block("b", 15), block("c", 23), block("d", 4)], height);
    assert.equal(pages.flatMap((page) => page.blocks.flatMap((part) => part.officials)).length, 44);
    assert.ok(pages.every((page) => page.blocks.every((part) => part.officials.length > 0)));
  }
});
