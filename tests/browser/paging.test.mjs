// Which officials stand together on a page.
// Never here: an element.

import assert from "node:assert/strict";
import { test } from "node:test";
import { p } from "./load.mjs";

const block = (title, count) => ({ title, officials: Array.from({ length: count }, (_, i) => ({ number: i + 1 })) });
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

test("nobody is lost and the order is kept", () => {
  for (const height of [100, SMALL, FULL_HD, 4000]) {
    const pages = p.paginate([block("a", 2), block("b", 15), block("c", 23), block("d", 4)], height);
    assert.equal(pages.flatMap((page) => page.blocks.flatMap((part) => part.officials)).length, 44);
    assert.ok(pages.every((page) => page.blocks.every((part) => part.officials.length > 0)));
  }
});
