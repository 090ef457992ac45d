// Zero-knowledge proofs and Schnorr signatures: how a booth makes them, with the exact strings that are hashed.
// Never here: a whole ballot, or the checking (schnorr.js, equality.js, ballot_proofs.js). Twin: tally/protocol/proofs.
//
// The prover knows the randomness r of alpha = g^r, beta = y^r g^m, so no base but g and y is ever needed. For the
// branch "this encrypts n" with challenge c and response s the verifier computes
//
//     A = g^s alpha^c           = g^(s + rc)
//     B = y^s (beta / g^n)^c    = y^(s + rc) g^((m − n)c)
//
// and for the true branch s = w − rc, n = m, hence A = g^w, B = y^w. Every branch costs three powers, the true one too
// (its third is of chance and thrown away), so that the work does not depend on the choice.

import { sha256 } from "@noble/hashes/sha2.js";
import { toInteger, utf8 } from "./encoding.js";
import { encodePoint, encodePoints, gPow, IDENTITY, mod, Q, randomScalar, sum } from "./group.js";

/** @typedef {import("./group.js").Point} Point */
/** @typedef {import("./group.js").RandBelow} RandBelow */
/** @typedef {import("./group.js").FixedBase} FixedBase */
/** @typedef {{ challenge: bigint, response: bigint }} Proof */
/**
 * What is proved: one ciphertext with number `value` and exponent `randomness` encrypts one of `messages`.
 * @typedef {{ tag: string, messages: number[], value: number, randomness: bigint }} Claim
 */

/** Belenios' H of already encoded points. @param {string} prefix @param {string[]} points @returns {bigint} */
export function challenge(prefix, points) {
  return mod(toInteger(sha256(utf8(prefix + points.join(",")))));
}

/**
 * Prove several claims with chance that was drawn before, so that another thread can do the work; commitments are encoded
 * in one batch.
 * @param {FixedBase} key
 * @param {Claim[]} claims
 * @param {Drawn[]} drawn
 * @returns {Proof[][]} for each claim its proofs in the order of its messages
 */
export function proveDrawn(key, claims, drawn) {
  const points = encodePoints(claims.flatMap((claim, i) => commitments(key, claim, drawn[i])));
  let place = 0;
  return claims.map((claim, i) => {
    const own = points.slice(place, (place += 2 * claim.messages.length));
    return answer(claim, drawn[i], challenge(claim.tag, own));
  });
}

/** @typedef {{ branches: Proof[], nonce: bigint }} Drawn */

/** Draw what the proof of one claim with `branches` messages takes. @param {number} branches @param {RandBelow} random @returns {Drawn} */
export function draw(branches, random) {
  const drawn = Array.from({ length: branches }, () => {
    const challenge = random(Q);
    return { challenge, response: random(Q) };
  });
  return { branches: drawn, nonce: randomScalar(random) };
}

/** @param {FixedBase} key @param {Claim} claim @param {Drawn} drawn @returns {Point[]} A and B of every branch */
function commitments(key, claim, { branches, nonce }) {
  return claim.messages.flatMap((message, i) => {
    const { challenge, response } = branches[i];
    const isTrue = message === claim.value;
    const exponent = isTrue ? nonce : mod(response + claim.randomness * challenge);
    const distance = isTrue ? 1 : claim.value - message;
    const shift = gPow(BigInt(distance) * challenge);
    return [gPow(exponent), key.pow(exponent).add(isTrue ? IDENTITY : shift)];
  });
}

/** @param {Claim} claim @param {Drawn} drawn @param {bigint} whole @returns {Proof[]} */
function answer(claim, { branches, nonce }, whole) {
  const others = sum(branches.filter((_, i) => claim.messages[i] !== claim.value).map((proof) => proof.challenge));
  const own = mod(whole - others);
  const truth = { challenge: own, response: mod(nonce - claim.randomness * own) };
  return branches.map((proof, i) => (claim.messages[i] === claim.value ? truth : proof));
}

/**
 * Sign with a Schnorr key: c = H(prefix, g^w), s = w − secret·c. SPEC 3.3.
 * @param {string} prefix
 * @param {bigint} secret
 * @param {RandBelow} random
 * @returns {Proof}
 */
export function schnorrSign(prefix, secret, random) {
  const nonce = randomScalar(random);
  const c = challenge(prefix, [encodePoint(gPow(nonce))]);
  return { challenge: c, response: mod(nonce - secret * c) };
}

/** @param {string} ballotHash Base64Compact @returns {string} the text that a ballot's credential signs */
export function ballotSignaturePrefix(ballotHash) {
  return `sig|${ballotHash}|`;
}

/** @param {Proof} proof @returns {{ challenge: string, response: string }} in decimal */
export function proofJson(proof) {
  return { challenge: proof.challenge.toString(), response: proof.response.toString() };
}
