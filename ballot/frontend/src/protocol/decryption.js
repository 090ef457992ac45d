// One trustee's part of opening the sums of an examined record, with both kinds of proof, and the root from paper.
// Never here: a way to decrypt anything but an encrypted tally that closed_record.js has recomputed. Twins:
// tally/protocol/decryption.py, check_root of keys/committee/trustee.py; SPEC 3.6, 3.7, 5.6.
//
// Before this is called the root stands in the member's key file: a key opens one root and never another.

import { fromHex, toBytes } from "./encoding.js";
import { proveStrong, STRONG_LABEL } from "./equality.js";
import { demand } from "./errors.js";
import { encodePoint, encodePoints, gPow, IDENTITY, mod, power, randBelow, randomScalar } from "./group.js";
import { challenge, proofJson } from "./proofs.js";

/** @typedef {import("./group.js").Point} Point */
/** @typedef {import("./group.js").RandBelow} RandBelow */
/** @typedef {import("./closed_record.js").Examined} Examined */
/** @typedef {{ challenge: string, response: string }} ProofJson in decimal */
/** @typedef {{ decryption_factors: string[][], decryption_proofs: ProofJson[][], strong_proofs: ProofJson[][] }} PartialDecryption as the archive holds it */

const LEAST_ROOT_DIGITS = 32;

/**
 * Compare what was typed from paper, in any grouping and case, with the root. Throws ROOT_TOO_SHORT, ROOT_MISMATCH.
 * @param {string} typed
 * @param {string} root 64 hex digits
 */
export function checkTypedRoot(typed, root) {
  const digits = typed.replace(/\s/gu, "").toLowerCase();
  demand([...digits].length >= LEAST_ROOT_DIGITS, "ROOT_TOO_SHORT", "root");
  demand(root.startsWith(digits), "ROOT_MISMATCH", "root");
}

/**
 * Check that a share is the one of this committee's member. Throws NOT_THIS_TRUSTEE. SPEC 5.6, step 1.
 * @param {Examined} examined
 * @param {{ owner: number, secret: bigint }} share
 */
function checkOwnShare({ committee }, { owner, secret }) {
  const expected = committee.trustees.owners[owner - 1];
  demand(expected && gPow(secret).equals(expected), "NOT_THIS_TRUSTEE", `member ${owner}`);
}

/**
 * Compute one trustee's part: factors α^x, Belenios' proofs, strong proofs; chance in the order in which Python draws it.
 * Throws NOT_THIS_TRUSTEE. SPEC 5.6, step 1.
 * @param {Examined} examined
 * @param {{ owner: number, secret: bigint, random?: RandBelow }} share `owner` from 1
 * @returns {PartialDecryption}
 */
export function decryptPartially(examined, { owner, secret, random = randBelow }) {
  checkOwnShare(examined, { owner, secret });
  const { manifest, election, tally, committee } = examined;
  const publicKey = committee.trustees.owners[owner - 1];
  const prefix = `decrypt|${election.fingerprint}|${encodePoint(publicKey)}|`;
  const hashes = [manifest.hash, election.hash, tally.hash].map((hash) => fromHex(hash, "hash", 32));
  /** @type {PartialDecryption} */ const part = { decryption_factors: [], decryption_proofs: [], strong_proofs: [] };
  tally.rows.forEach((row, i) => {
    const factors = row.map(({ alpha }) => raised(alpha, secret));
    part.decryption_factors.push(encodePoints(factors));
    part.decryption_proofs.push(row.map(({ alpha }) => proofJson(proveDecryption(prefix, alpha, secret, random))));
    const strong = row.map(({ alpha }, k) => {
      const places = [owner, i, k].map((n) => toBytes(BigInt(n), 8));
      const claim = { label: STRONG_LABEL, context: [...hashes, ...places], publicKey, alpha, factor: factors[k] };
      return proofJson(proveStrong(claim, secret, random));
    });
    part.strong_proofs.push(strong);
  });
  return part;
}

/** Belenios' proof of log_g X = log_α f; it hashes neither α nor f, hence the strong one. SPEC 3.6. @param {string} prefix @param {Point} alpha @param {bigint} secret @param {RandBelow} random */
function proveDecryption(prefix, alpha, secret, random) {
  const nonce = randomScalar(random);
  const c = challenge(prefix, [gPow(nonce), raised(alpha, nonce)].map(encodePoint));
  return { challenge: c, response: mod(nonce - secret * c) };
}

/** A sum of α may be the identity, which noble does not raise. @param {Point} alpha @param {bigint} exponent @returns {Point} */
function raised(alpha, exponent) {
  return alpha.is0() ? IDENTITY : power(alpha, exponent);
}
