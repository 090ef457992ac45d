// The run of RFC 9474, Appendix A.1, and what an issuer may answer instead of a signature.
// Never here: a private key of ours.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, hex, outcome, p, vectors } from "./load.mjs";

const rfc = vectors("rfc9474");
const key = p.parseIssuerKey(rfc.n, "vector", 4096);
const n = BigInt(`0x${rfc.n}`);
const message = bytes(rfc.msg);

function blinding() {
  const inverse = BigInt(`0x${rfc.inv}`);
  const factor = () => invert(inverse, n);
  const prefix = () => bytes(rfc.msg_prefix ?? rfc.prefix);
  return p.blind(key, message, { prefix, salt: () => bytes(rfc.salt), factor });
}

function invert(value, modulus) {
  let [a, b, u, v] = [value, modulus, 1n, 0n];
  while (b) [a, b, u, v] = [b, a % b, v, u - (a / b) * v];
  return ((u % modulus) + modulus) % modulus;
}

test("the RFC's blinded message comes out byte for byte", () => {
  assert.equal(hex(blinding().blindedMessage), rfc.blinded_msg);
});

test("the RFC's signature comes out byte for byte", () => {
  assert.equal(p.finalize(key, message, blinding(), bytes(rfc.blind_sig)).signature, rfc.sig);
});

test("an answer with one bit changed is refused", () => {
  const answer = bytes(rfc.blind_sig);
  answer[100] ^= 1;
  assert.equal(outcome(() => p.finalize(key, message, blinding(), answer)), "SIGNATURE_INVALID");
});

test("an answer for another message is refused", () => {
  const other = Uint8Array.of(...message, 0);
  assert.equal(outcome(() => p.finalize(key, other, blinding(), bytes(rfc.blind_sig))), "SIGNATURE_INVALID");
});

test("an answer of another length, or not below the modulus, is refused", () => {
  const answer = bytes(rfc.blind_sig);
  for (const bad of [answer.slice(1), Uint8Array.of(0, ...answer), bytes(rfc.n), new Uint8Array(512).fill(255)]) {
    assert.equal(outcome(() => p.finalize(key, message, blinding(), bad)), "SIGNATURE_INVALID");
  }
});

test("two blindings of one message have nothing in common", () => {
  const [a, b] = [p.blind(key, message), p.blind(key, message)];
  assert.notEqual(hex(a.prefix), hex(b.prefix));
  assert.notEqual(hex(a.blindedMessage), hex(b.blindedMessage));
});

test("a factor that shares a prime with the key is refused", () => {
  const factor = () => BigInt(`0x${rfc.p}`);
  assert.equal(outcome(() => p.blind(key, message, { ...p.SYSTEM_RANDOMNESS, factor })), "BLIND_MESSAGE_RANGE");
});

test("an even or short modulus is no issuer key", () => {
  for (const bad of [rfc.n.slice(0, -1) + "0", "0" + rfc.n.slice(1), rfc.n.slice(2)]) {
    assert.equal(outcome(() => p.parseIssuerKey(bad, "vector", 4096)), "BAD_ISSUER_KEY");
  }
});

test("chance is uniform at the edges and never reaches the bound", () => {
  const drawn = new Set(Array.from({ length: 400 }, () => p.randBelow(3n)));
  assert.deepEqual([...drawn].sort(), [0n, 1n, 2n]);
  assert.equal(p.randBelow(1n), 0n);
});
