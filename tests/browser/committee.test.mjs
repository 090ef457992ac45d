// A member's half in JavaScript does what it does in Python: every message byte for byte, every refusal with its place.
// Never here: an expectation that is not in a vector file, but for what only the browser's form refuses.

import assert from "node:assert/strict";
import { createCipheriv } from "node:crypto";
import { test } from "node:test";
import { hex, outcome, p, stream, utf8, vectors } from "./load.mjs";

const ROOT = "ef".repeat(32);
const text = (raw) => new TextDecoder().decode(raw);
const members = (v) => Object.keys(v.seeds);
const each = (v, act) => Object.fromEntries(members(v).map((i) => [i, act(i)]));

// --- honest ceremonies -----------------------------------------------------------------------------------------------

/** Play a ceremony as tests/js_ceremony.py does, every member asking its own stream. */
function play(v) {
  const manifest = p.parseManifest(utf8(v.manifest));
  const random = each(v, (i) => stream(v.seeds[i]));
  const memories = each(v, (i) => p.newMemory(manifest, Number(i), random[i]));
  const said = { memory: text(p.encodeMemory(memories[1])) };
  if (v.size === 1) memories[1] = p.withShare(memories[1], p.shareOfOne(memories[1], manifest));
  else Object.assign(said, talk(v, manifest, memories, random));
  said.memories = each(v, (i) => text(p.encodeMemory(memories[i])));
  said.key = each(v, (i) => p.publishKey(memories[i], manifest, random[i]));
  const committee = p.parseCommittee(p.canonical(v.expect.committee));
  p.checkCommittee(committee, manifest);
  const nonces = each(v, (i) => memories[i].nonce);
  const call = p.readCall(members(v).map((i) => ({ owner: Number(i), nonce: nonces[i] })));
  const opening = each(v, (i) => p.takeOpeningTest(memories[i], committee, call, random[i]));
  const destruction = each(v, (i) => p.stateDestruction(memories[i], committee, ROOT, random[i]));
  return { ...said, committee: v.expect.committee, words: p.wordsOf(committee), nonces, opening, destruction };
}

function talk(v, manifest, memories, random) {
  const certificate = each(v, (i) => p.certificate(memories[i], manifest, random[i]));
  const certificates = p.checkAllCertificates(manifest, certificate);
  const commitment = each(v, (i) => p.commitmentOf(memories[i]));
  const commitments = p.checkAllCommitments(manifest, commitment);
  const reveal = each(v, (i) => {
    const { memory, message } = p.reveal(memories[i], manifest, certificates, commitments, random[i]);
    memories[i] = memory;
    return message;
  });
  const reveals = p.checkAllReveals(manifest, certificates, commitments, reveal);
  for (const i of members(v)) {
    const share = p.receiveShares(memories[i], manifest, certificates, commitments, reveals);
    memories[i] = p.withShare(memories[i], share);
  }
  const { transcript } = memories[1];
  const words = p.fingerprint(transcript, reveals.map(({ coefexps }) => coefexps)); // prettier-ignore
  assert.deepEqual(words, v.expect.words);
  return { certificate, commitment, reveal };
}

for (const v of vectors("js/ceremonies")) test(`ceremonies: ${v.comment}`, () => assert.deepEqual(play(v), v.expect));

// --- refusals --------------------------------------------------------------------------------------------------------

const ACTS = {
  certificates: (t) => p.checkAllCertificates(t.manifest, t.certificate),
  commitments: (t) => p.checkAllCommitments(t.manifest, t.commitment),
  reveal(t) {
    const certificates = p.checkAllCertificates(t.manifest, t.certificate);
    const commitments = p.checkAllCommitments(t.manifest, t.commitment);
    return p.reveal(p.parseMemory(utf8(t.memory)), t.manifest, certificates, commitments);
  },
  receive(t) {
    const certificates = p.checkAllCertificates(t.manifest, t.certificate);
    const commitments = p.checkAllCommitments(t.manifest, t.commitment);
    const memory = p.parseMemory(utf8(t.memory));
    const reveals = p.checkAllReveals(t.manifest, certificates, commitments, t.reveal);
    return p.receiveShares(memory, t.manifest, certificates, commitments, reveals);
  },
  committee: (t) => p.checkCommittee(p.parseCommittee(p.canonical(t.committee)), t.manifest),
  test: (t) => p.takeOpeningTest(p.parseMemory(utf8(t.memories[1])), p.parseCommittee(p.canonical(t.committee)), t.nonces),
  passed(t) {
    const committee = p.parseCommittee(p.canonical(t.committee));
    const passed = p.parsePassed(t.opening[1], "member 1");
    p.checkPassed(committee, { ...t.nonces, 1: passed.nonce }, passed, "member 1");
  },
  destroy: (t) => p.stateDestruction(p.parseMemory(utf8(t.memories[1])), p.parseCommittee(p.canonical(t.committee)), ROOT),
  destroyed(t) {
    const committee = p.parseCommittee(p.canonical(t.committee));
    p.checkDestruction(p.parseDestruction(t.destruction[1], "member 1"), committee, "member 1");
  },
};

const tables = Object.fromEntries(vectors("js/ceremonies").map((v) => [v.size, { manifest: v.manifest, ...v.expect }]));

function changed(table, changes) {
  const copy = structuredClone(table);
  for (const [path, ...value] of changes) {
    const place = path.slice(0, -1).reduce((at, step) => at[step], copy);
    const last = path.at(-1);
    if (value.length) place[last] = value[0];
    else if (Array.isArray(place)) place.splice(last, 1);
    else delete place[last];
  }
  return { ...copy, manifest: p.parseManifest(utf8(copy.manifest)) };
}

function attempt(v) {
  try {
    ACTS[v.act](changed(v.table ?? tables[v.size], v.changes));
    return { expect: "accepted", where: "" };
  } catch (error) {
    if (!(error instanceof p.Refused)) throw error;
    return { expect: error.code, where: error.where };
  }
}

for (const kind of ["certificate", "reveal", "share", "committee", "opening", "destruction"]) {
  const name = `${kind}_refusals`;
  for (const v of vectors(`js/${name}`)) {
    test(`${name}: ${v.comment}`, () => assert.deepEqual(attempt(v), { expect: v.expect, where: v.where }));
  }
}

// --- what only this half refuses -------------------------------------------------------------------------------------

const [two] = vectors("js/ceremonies").filter((v) => v.size === 2);

test("a polynomial that was forgotten is not revealed again", () => {
  const t = changed(tables[2], []);
  const memory = p.parseMemory(utf8(t.memories[1]));
  const [certificates, commitments] = [ACTS.certificates(t), ACTS.commitments(t)];
  assert.equal(outcome(() => p.reveal(memory, t.manifest, certificates, commitments)), "BAD_TRUSTEE_MESSAGE");
});

test("a root that was opened once is the only one", () => {
  const memory = p.withDecryptedRoot(p.parseMemory(utf8(two.expect.memories[1])), "ab".repeat(32));
  assert.equal(p.withDecryptedRoot(memory, "ab".repeat(32)).decryptedRoot, "ab".repeat(32));
  assert.equal(outcome(() => p.withDecryptedRoot(memory, "cd".repeat(32))), "OTHER_ROOT_DECRYPTED");
  assert.match(text(p.encodeMemory(memory)), /"decrypted_root":"(ab){32}"/);
});

test("the AES-CCM of older tools is not read", () => {
  const [from, to] = [p.memberKeys("1".repeat(22)), p.memberKeys("2".repeat(22))];
  const { alpha, beta, data } = JSON.parse(p.send(from.signing, to.receiving.publicKey, "x"));
  const cipher = createCipheriv("aes-256-ccm", Buffer.alloc(32), Buffer.alloc(13), { authTagLength: 8 });
  const old = JSON.stringify({ alpha, beta, data: hex(Buffer.concat([cipher.update("x"), cipher.final()])) + data.slice(0, 16) });
  assert.equal(outcome(() => p.receive(to.receiving, from.signing.publicKey, old, "member 1")), "BAD_PRIVATE_MESSAGE");
});

test("nobody sits outside the committee", () => {
  const manifest = p.parseManifest(utf8(two.manifest));
  for (const index of [0, 3, 1.5, "1", NaN]) assert.equal(outcome(() => p.newMemory(manifest, index)), "NO_SUCH_SEAT");
});

test("a refusal never holds what was inside a sealed message", () => {
  const v = vectors("js/share_refusals").find(({ comment }) => comment === "a share that is no number");
  const holdsNothing = (error) => error instanceof p.Refused && !error.message.includes("-1");
  assert.throws(() => ACTS.receive(changed(tables[v.size], v.changes)), holdsNothing);
});
