// The browser's modules compute what Python computed: every vector of tests/vectors/js.
// Never here: an expectation that is not in a vector file.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, hex, outcome, p, stream, utf8, vectors } from "./load.mjs";

const election = (v) => p.parseElection(utf8(v.election));
const text = (raw) => new TextDecoder().decode(raw);

const COMPUTE = {
  canonical_json: (v) => hex(p.canonical(v.value)),
  strict_reading: (v) => (/^[A-Z_]+$/.test(outcome(() => p.decode(bytes(v.raw), "vector", 1000))) ? "refused" : "accepted"),
  hashes: (v) => ({ hex: p.sha256Hex(bytes(v.raw)), compact: p.sha256Compact(bytes(v.raw)) }),
  points: (v) => p.encodePoint(p.decodePoint(v.text, "p")),
  powers: (v) => {
    const key = p.fixedBase(p.decodePoint(v.key, "y"));
    const [g, y] = p.encodePoints([p.gPow(BigInt(v.exponent)), key.pow(BigInt(v.exponent))]);
    return { g, y };
  },
  scalars: (v) => p.decodeScalar(v.text, "s").toString(),
  challenges: (v) => p.challenge(v.prefix, v.points).toString(),
  schnorr: (v) => p.proofJson(p.schnorrSign(v.prefix, BigInt(v.exponent), stream(v.seed))),
  slip_codes: (v) => p.shownSlip(p.readSlip(v.typed)),
  credentials: (v) => {
    const { public: key, secret } = p.deriveCredential(p.readSlip(v.slip), v.uuid);
    return { public: key, secret: secret.toString() };
  },
  elections: (v) => p.parseElection(utf8(v.raw)).fingerprint,
  ballots: (v) => {
    const [made, random] = [election(v), stream(v.seed)];
    const draft = p.encrypt(made, v.choices, random);
    const raw = p.cast(made, draft, p.deriveCredential(p.readSlip(v.slip), made.uuid), random);
    const commit = p.commitCode(made, draft);
    return {
      commit,
      shown: p.shownCommit(commit),
      ballot: text(raw),
      tracker: p.tracker(raw),
      opened: text(p.openForTest(draft, "B1")),
      padded_sha256: p.sha256Hex(p.padded(raw, made)),
    };
  },
  bad_choices: (v) => p.encrypt(election(v), v.choices),
  lengths: (v) => p.paddedLength(election(v)),
  credential_messages: (v) => hex(p.credentialMessage(v)),
  sealed_boxes: (v) => {
    const plain = p.unseal(bytes(v.sealed), bytes(v.secret));
    assert.equal(hex(p.seal(plain, bytes(v.public), bytes(v.ephemeral))), v.sealed);
    return hex(plain);
  },
  holdings: (v) => {
    const [credential, random] = [p.deriveCredential(p.readSlip(v.slip), v.uuid), stream(v.seed)];
    const asked = v.reason === undefined;
    return asked ? p.proveStanding(v.manifestHash, credential, random) : p.proveVoid(v.manifestHash, credential, v.reason, random);
  },
  manifests: (v) => {
    const { hash, blocks, ownDevice, software, committeeSize, threshold } = p.parseManifest(utf8(v.raw));
    const forms = blocks.map(({ form }) => form);
    return { hash, forms, ownDevice, software: { ...software }, committee: [committeeSize, threshold] };
  },
  sealed_manifests: (v) => {
    try {
      const { hash, logKey, blocks } = p.parseSealed(utf8(v.raw));
      return { hash, logKey, forms: blocks.map(({ form }) => form) };
    } catch (error) {
      if (error instanceof p.Refused) return `${error.code} ${error.where}`;
      throw error;
    }
  },
  opened_files: (v) => {
    if (v.seed) assert.equal(text(p.openedFile(election(v), p.encrypt(election(v), v.choices, stream(v.seed)), v.made_as)), v.raw);
    return p.checkOpened(election(v), p.readOpened(election(v), utf8(v.raw)));
  },
  opened_frames: (v) => {
    if (v.seed) assert.deepEqual(p.openedFrames(election(v), p.encrypt(election(v), v.choices, stream(v.seed))), v.frames);
    return p.checkOpened(election(v), p.readFrames(election(v), v.frames));
  },
  commit_codes: (v) => p.checkCommit(v.typed, v.commit) ?? "accepted",
  receipts: (v) => p.checkReceipt(utf8(v.raw), v.expected, v.box_key) && "accepted",
  site_receipts: (v) => (p.checkAnswer(utf8(v.raw), v.expected, v.keys).provisional ? "provisional" : "final"),
};

for (const [name, compute] of Object.entries(COMPUTE)) {
  for (const vector of vectors(`js/${name}`)) {
    test(`${name}: ${vector.comment}`, () => assert.deepEqual(outcome(() => compute(vector)), vector.expect));
  }
}
