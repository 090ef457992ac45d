// The opening test: a member proves, with the very file it will use, that it can decrypt; on a point nobody hands in.
// Never here: a ciphertext from anybody, so that it is no oracle. Twins: tally/protocol/opening.py, keys/committee/trustee.py; SPEC 5.8.

import { sha512 } from "@noble/hashes/sha2.js";
import { transcriptOf } from "./committee.js";
import { array, fields, fromHex, hexHash, integer, toBytes, toInteger, utf8 } from "./encoding.js";
import { checkStrong, OPENING_LABEL, proveStrong } from "./equality.js";
import { demand } from "./errors.js";
import { decodePoint, encodePoint, gPow, mod, power, randBelow } from "./group.js";
import { boundTo, checkShare, requireShare } from "./memory.js";
import { proofJson } from "./proofs.js";
import { parseProof } from "./schnorr.js";

/** @typedef {import("./group.js").Point} Point */
/** @typedef {import("./group.js").RandBelow} RandBelow */
/** @typedef {import("./committee.js").Committee} Committee */
/** @typedef {import("./memory.js").Memory} Memory */
/** @typedef {Record<number, string>} Nonces by owner number, of all who take the test */
/** @typedef {{ owner: number, nonce: string, factor: Point, proof: import("./proofs.js").Proof }} Passed */

const POINT_LABEL = "phieu-tin-nhiem/v1/opening-test|";
const MOST = 1000;

/**
 * Read who takes the test: `[{"owner","nonce"}, …]`, as in opening-call.json. Throws WRONG_SHAPE, BAD_HASH.
 * @param {any} value
 * @param {string} [where]
 * @returns {Nonces}
 */
export function readCall(value, where = "opening-call.json") {
  const entries = array(value, where);
  demand(entries.length > 0, "WRONG_SHAPE", where);
  /** @type {Nonces} */ const nonces = {};
  entries.forEach((entry, i) => {
    const m = fields(entry, `${where}[${i}]`, ["owner", "nonce"]);
    nonces[integer(m.owner, `${where}[${i}]`, 1, MOST)] = hexHash(m.nonce, `${where}[${i}]`);
  });
  return nonces;
}

/**
 * Show that this memory's share can decrypt: only the point that is derived here is ever raised to it.
 * Throws KEY_WRONG_ROUND, SHARE_MISSING, NOT_THIS_TRUSTEE, TRANSCRIPT_CHANGED.
 * @param {Memory} memory
 * @param {Committee} committee
 * @param {Nonces} nonces from readCall
 * @param {RandBelow} [random]
 * @returns {Record<string, any>} the message `{"owner","nonce","factor","proof"}`
 */
export function takeOpeningTest(memory, committee, nonces, random = randBelow) {
  demand(committee.manifest === memory.manifest, "KEY_WRONG_ROUND", "committee.json");
  checkShare(memory, committee.trustees.owners);
  boundTo(memory, transcriptOf(committee));
  demand(nonces[memory.index] === memory.nonce, "NOT_THIS_TRUSTEE", "nonce");
  const secret = requireShare(memory);
  const alpha = testPoint(committee, nonces);
  const factor = power(alpha, secret);
  const proof = proveStrong(claim(committee, memory.index, alpha, factor), secret, random);
  return { owner: memory.index, nonce: memory.nonce, factor: encodePoint(factor), proof: proofJson(proof) };
}

/** Read {"owner","nonce","factor","proof"}. @param {any} value @param {string} where @returns {Passed} */
export function parsePassed(value, where) {
  const m = fields(value, where, ["owner", "nonce", "factor", "proof"]);
  return {
    owner: integer(m.owner, `${where}.owner`, 1, MOST),
    nonce: hexHash(m.nonce, `${where}.nonce`),
    factor: decodePoint(m.factor, `${where}.factor`),
    proof: parseProof(m.proof, `${where}.proof`),
  };
}

/**
 * Check one member's test under this call. Throws BAD_PROOF, MISMATCH for a nonce that was not called. SPEC 5.8, step 4.
 * @param {Committee} committee
 * @param {Nonces} nonces
 * @param {Passed} passed
 * @param {string} where
 */
export function checkPassed(committee, nonces, { owner, nonce, factor, proof }, where) {
  const called = owner <= committee.trustees.owners.length && nonces[owner] === nonce;
  demand(called, "MISMATCH", where, "opening-call.json");
  checkStrong(claim(committee, owner, testPoint(committee, nonces), factor), proof, where);
}

/** alpha = g^h, the same for everybody. @param {Committee} committee @param {Nonces} nonces @returns {Point} */
function testPoint(committee, nonces) {
  return gPow(testExponent(committee, nonces));
}

/** SPEC 5.8, step 2. @param {Committee} committee @param {Nonces} nonces @returns {bigint} h, which is public */
export function testExponent(committee, nonces) {
  const owners = Object.keys(nonces).map(Number);
  const joined = owners.sort((a, b) => a - b).map((owner) => nonces[owner]).join("|"); // prettier-ignore
  return mod(toInteger(sha512(utf8(`${POINT_LABEL}${committee.manifest}|${committee.hash}|${joined}`))));
}

/** @param {Committee} committee @param {number} owner @param {Point} alpha @param {Point} factor */
function claim(committee, owner, alpha, factor) {
  const hashes = [committee.manifest, committee.hash].map((hash) => fromHex(hash, "hash", 32));
  const context = [...hashes, toBytes(BigInt(owner), 8)];
  return { label: OPENING_LABEL, context, publicKey: committee.trustees.owners[owner - 1], alpha, factor };
}
