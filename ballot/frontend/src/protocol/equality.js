// The strong proof that one exponent stands behind two pairs, with everything in the hash: made and checked.
// Never here: what is decrypted, or for whom. Twin: tally/protocol/proofs/equality.py; SPEC 3.7.

import { sha512 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { toBytes, toInteger, utf8 } from "./encoding.js";
import { demand } from "./errors.js";
import { gPow, mod, power, publicPower, randBelow, randomScalar } from "./group.js";

/** @typedef {import("./group.js").Point} Point */
/** @typedef {import("./group.js").RandBelow} RandBelow */
/** @typedef {import("./proofs.js").Proof} Proof */
/**
 * The claim log_g publicKey = log_alpha factor, in a context of already encoded fields.
 * @typedef {{ label: string, context: Uint8Array[], publicKey: Point, alpha: Point, factor: Point }} Equality
 */

export const STRONG_LABEL = "phieu-tin-nhiem/v1/decryption";
export const OPENING_LABEL = "phieu-tin-nhiem/v1/opening-proof";

/** @param {Equality} claim @param {Point} a @param {Point} b @returns {bigint} */
function challengeOf(claim, a, b) {
  const points = [claim.publicKey, claim.alpha, claim.factor, a, b].map((point) => point.toBytes());
  const parts = [...claim.context, ...points].flatMap((part) => [toBytes(BigInt(part.length), 8), part]);
  return mod(toInteger(sha512(concatBytes(utf8(claim.label), ...parts))));
}

/**
 * Prove `claim` with one number of chance.
 * @param {Equality} claim
 * @param {bigint} secret
 * @param {RandBelow} [random]
 * @returns {Proof}
 */
export function proveStrong(claim, secret, random = randBelow) {
  const nonce = randomScalar(random);
  const c = challengeOf(claim, gPow(nonce), power(claim.alpha, nonce));
  return { challenge: c, response: mod(nonce - secret * c) };
}

/**
 * Check a proof of `proveStrong`. Throws BAD_PROOF. SPEC 3.7.
 * @param {Equality} claim
 * @param {Proof} proof
 * @param {string} where
 */
export function checkStrong(claim, { challenge, response }, where) {
  const a = gPow(response).add(publicPower(claim.publicKey, challenge));
  const b = publicPower(claim.alpha, response).add(publicPower(claim.factor, challenge));
  demand(challengeOf(claim, a, b) === challenge, "BAD_PROOF", where);
}
