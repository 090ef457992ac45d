// Schnorr signatures and knowledge of a key: the strings that are signed in a ceremony, and how a signature is checked.
// Never here: the making (proofs.js), or who must sign what. Twin: tally/protocol/proofs/schnorr.py.

import { fields } from "./encoding.js";
import { demand } from "./errors.js";
import { decodeScalar, encodePoint, gPow, NAME, publicPower } from "./group.js";
import { challenge } from "./proofs.js";

/** @typedef {import("./group.js").Point} Point */
/** @typedef {import("./proofs.js").Proof} Proof */

/**
 * Read {"challenge","response"}. Throws WRONG_SHAPE, BAD_SCALAR.
 * @param {any} value
 * @param {string} where
 * @returns {Proof}
 */
export function parseProof(value, where) {
  const m = fields(value, where, ["challenge", "response"]);
  const challenge = decodeScalar(m.challenge, `${where}.challenge`);
  return { challenge, response: decodeScalar(m.response, `${where}.response`) };
}

/**
 * Check a Schnorr signature under `signer`. Throws BAD_SIGNATURE. SPEC 3.3.
 * @param {string} prefix
 * @param {Point} signer
 * @param {Proof} proof
 * @param {string} where
 */
export function schnorrCheck(prefix, signer, proof, where) {
  const commitment = gPow(proof.response).add(publicPower(signer, proof.challenge));
  demand(challenge(prefix, [encodePoint(commitment)]) === proof.challenge, "BAD_SIGNATURE", where);
}

/** @param {string} message @returns {string} the text signed in a ceremony's signed message */
export function messagePrefix(message) {
  return `sigmsg|${message}|`;
}

/** @param {Point} point @returns {string} the text hashed when a trustee proves knowledge of the key behind `point` */
export function knowledgePrefix(point) {
  return `pok|${NAME}|${encodePoint(point)}|`;
}
