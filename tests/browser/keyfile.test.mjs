// Key files, memories, destructions and passphrases: the same bytes and the same refusals as in Python.
// Never here: an expectation that is not in a vector file, but for what only a browser does.

import assert from "node:assert/strict";
import { test } from "node:test";
import { hex, outcome, p, stream, utf8, vectors } from "./load.mjs";

const text = (raw) => new TextDecoder().decode(raw);
const CHEAP = { ops: 1, mem: 8192 };
const PHRASE = "bàn tay con mèo hoa sen lá cờ ô tô núi lửa";

const COMPUTE = {
  ceremony_words: () => [...p.WORDS],
  memories: (v) => text(p.encodeMemory(p.parseMemory(utf8(v.raw)))),
  committees(v) {
    const committee = p.parseCommittee(p.canonical(v.committee));
    p.checkCommittee(committee, p.parseManifest(utf8(v.manifest)));
    const { owners, publicKey } = committee.trustees;
    return { hash: committee.hash, owners: owners.map(p.encodePoint), key: p.encodePoint(publicKey) };
  },
  key_files(v) {
    const opened = p.openKeyFile(utf8(v.raw), v.kind, v.passphrase);
    const { name, round, secret } = opened;
    const again = p.resealKeyFile(opened, secret);
    assert.equal(hex(p.openKeyFile(again, v.kind, v.passphrase).secret), hex(secret));
    if (v.seed) {
      const { ops, mem } = JSON.parse(v.raw).kdf;
      const options = { kdf: { ops, mem }, random: stream(v.seed) };
      assert.equal(text(p.sealKeyFile({ kind: v.kind, name, round, secret }, v.passphrase, options)), v.raw);
    }
    return { name, round, secret: hex(secret) };
  },
  damaged_key_files: (v) => p.openKeyFile(utf8(v.raw), v.kind, v.passphrase) && "opened",
  passphrases: (v) => p.checkPassphrase(v.text, { own: v.own }) ?? "accepted",
};

for (const [name, compute] of Object.entries(COMPUTE)) {
  for (const v of vectors(`js/${name}`)) {
    test(`${name}: ${v.comment}`, () => assert.deepEqual(outcome(() => compute(v)), v.expect));
  }
}

// --- what only this half can be asked --------------------------------------------------------------------------------

const stored = { kind: "trustee", name: "member 1", round: "ab".repeat(32), secret: utf8("a secret") };

test("a passphrase under twelve characters seals nothing", () => {
  assert.equal(outcome(() => p.sealKeyFile(stored, "ế".repeat(11).normalize("NFD"), { kdf: CHEAP })), "PASSPHRASE_TOO_SHORT");
});

test("half a surrogate pair is no passphrase", () => {
  const file = p.sealKeyFile(stored, PHRASE, { kdf: CHEAP });
  assert.equal(outcome(() => p.openKeyFile(file, "trustee", `${PHRASE}\ud800`)), "PASSPHRASE_UNREADABLE");
  assert.equal(outcome(() => p.checkPassphrase(`${PHRASE}\ud800`)), "PASSPHRASE_UNREADABLE");
});

test("two files of one secret under one passphrase have nothing secret in common", () => {
  const [a, b] = [1, 2].map(() => JSON.parse(text(p.sealKeyFile(stored, PHRASE, { kdf: CHEAP }))));
  assert.notEqual(a.kdf.salt, b.kdf.salt);
  assert.notEqual(a.nonce, b.nonce);
  assert.notEqual(a.ciphertext, b.ciphertext);
});

test("a file is resealed without its passphrase, with the salt it had and a fresh nonce", () => {
  const { file, opened } = p.createKeyFile(stored, PHRASE, { kdf: CHEAP });
  const again = p.resealKeyFile(opened, utf8("another"));
  assert.equal(text(p.openKeyFile(again, "trustee", PHRASE).secret), "another");
  const [a, b] = [file, again].map((raw) => JSON.parse(text(raw)));
  assert.deepEqual(a.kdf, b.kdf);
  assert.notEqual(a.nonce, b.nonce);
});

test("a suggested passphrase is six different words and always passes", () => {
  for (let i = 0; i < 200; i++) {
    const syllables = p.suggestPassphrase().split(" ");
    const words = syllables.flatMap((_, k) => (k % 2 ? [] : [syllables.slice(k, k + 2).join(" ")]));
    assert.equal(new Set(words).size, 6);
    assert.ok(words.every((word) => p.WORDS.includes(word)));
    p.checkPassphrase(syllables.join(" "), { own: ["Nguyễn Văn Anh", "Lấy phiếu tín nhiệm"] });
  }
});

test("every word is suggested as often as any other", () => {
  const asked = [];
  p.suggestPassphrase((below) => (asked.push(Number(below)), below - 1n));
  assert.deepEqual(asked, [256, 255, 254, 253, 252, 251]);
});

test("the words on everybody's screen are no passphrase", () => {
  const { words } = vectors("js/ceremonies")[0].expect;
  assert.equal(outcome(() => p.checkPassphrase(words.join(" "), { own: [words.join(" ")] })), "PASSPHRASE_WEAK");
  assert.equal(outcome(() => p.checkPassphrase(words.reverse().join(" "), { own: words })), "PASSPHRASE_WEAK");
});
