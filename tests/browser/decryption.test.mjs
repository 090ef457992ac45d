// A member's part of decryption and the typed root: the shared vectors; and points that are tested for all together.
// Never here: a whole record (records.mjs).

import assert from "node:assert/strict";
import { test } from "node:test";
import { outcome, p, stream, utf8, vectors } from "./load.mjs";

const POINT_OF_ORDER_2 = "7".padEnd(62, "f") + "ec"; // y = −1
const torsion = () => p.G.constructor.fromHex(POINT_OF_ORDER_2.match(/../g).reverse().join(""), true);

function examined({ election, tally, manifest, owner, secret }) {
  const read = (text) => p.decodePoint(text, "sum", { identity: true });
  const rows = JSON.parse(tally).map((row) => row.map(({ alpha, beta }) => ({ alpha: read(alpha), beta: read(beta) })));
  const owners = Array.from({ length: owner }, () => p.gPow(BigInt(secret)));
  const said = { rows, raw: utf8(tally), hash: p.sha256Hex(utf8(tally)) };
  return { manifest: { hash: manifest }, election: p.parseElection(utf8(election)), tally: said, committee: { trustees: { owners } } };
}

for (const v of vectors("js/decryptions")) {
  test(`decryptions: ${v.comment}`, () => {
    const part = p.decryptPartially(examined(v), { owner: v.owner, secret: BigInt(v.secret), random: stream(v.seed) });
    assert.equal(JSON.stringify(part), v.expect);
  });
}

test("a share of somebody else decrypts nothing", () => {
  const [v] = vectors("js/decryptions");
  const refused = (share) => outcome(() => p.decryptPartially(examined(v), share));
  assert.equal(refused({ owner: 1, secret: BigInt(v.secret) + 1n }), "NOT_THIS_TRUSTEE");
  assert.equal(refused({ owner: 2, secret: BigInt(v.secret) }), "NOT_THIS_TRUSTEE");
  assert.equal(refused({ owner: 0, secret: BigInt(v.secret) }), "NOT_THIS_TRUSTEE");
});

for (const v of vectors("js/typed_roots")) {
  test(`typed_roots: ${v.comment}`, () => assert.equal(outcome(() => p.checkTypedRoot(v.typed, v.root) ?? "accepted"), v.expect));
}

// --- membership ------------------------------------------------------------------------------------------------------

for (const v of vectors("js/points")) {
  test(`points read together: ${v.comment}`, () => {
    const read = () => {
      const members = p.makeMembers();
      const point = members.read(v.text, "p");
      members.settle();
      return p.encodePoint(point);
    };
    assert.equal(outcome(read), v.expect);
  });
}

/** 300 members of the group; `change` makes strangers of some. */
function many(change) {
  const points = Array.from({ length: 300 }, (_, i) => p.gPow(BigInt(i + 1)));
  change(points);
  const members = p.makeMembers();
  p.encodePoints(points).forEach((text, i) => members.read(text, `point ${i}`));
  return outcome(() => members.settle() ?? "accepted");
}

test("many members of the group are accepted together", () => assert.equal(many(() => {}), "accepted"));

test("one stranger among many is found", () => {
  for (const place of [0, 150, 299]) {
    assert.equal(many((points) => (points[place] = points[place].add(torsion()))), "BAD_POINT");
  }
});

test("strangers whose parts cancel in a plain sum are found", () => {
  assert.equal(many((points) => [3, 4].forEach((i) => (points[i] = points[i].add(torsion())))), "BAD_POINT");
  assert.equal(many((points) => points.forEach((point, i) => (points[i] = point.add(torsion())))), "BAD_POINT");
});

test("a stranger is named by its place", () => {
  const members = p.makeMembers();
  const points = Array.from({ length: 300 }, (_, i) => (i === 7 ? p.gPow(9n).add(torsion()) : p.gPow(BigInt(i + 1))));
  p.encodePoints(points).forEach((text, i) => members.read(text, `point ${i}`));
  assert.throws(() => members.settle(), { code: "BAD_POINT", where: "point 7" });
});

test("the identity is taken only where it may stand", () => {
  const members = p.makeMembers();
  const neutral = "1".padStart(64, "0");
  assert.equal(outcome(() => members.read(neutral, "p")), "IDENTITY_POINT");
  assert.ok(members.read(neutral, "p", { identity: true }).is0());
  members.settle();
});
