// What a member's key file remembers, and the rules by which it changes: bound to one transcript, then only a share.
// Never here: a file, a passphrase, or a message. Twin: keys/committee/memory.py; SPEC 4.4.

import { memberKeys, randomSeed, sign } from "./channel.js";
import { array, canonical, decode, fields, hexHash, integer, string, toBytes, bytesToHex } from "./encoding.js";
import { demand } from "./errors.js";
import { decodeScalar, gPow, randBelow, randomScalar } from "./group.js";
import { coefexpsText, parseCoefexps, signedJson } from "./messages.js";

/** @typedef {import("./group.js").Point} Point */
/** @typedef {import("./group.js").RandBelow} RandBelow */
/** @typedef {import("./manifest.js").Manifest} Manifest */
/** @typedef {import("./channel.js").MemberKeys} MemberKeys */
/**
 * Values are frozen: every rule returns a new memory. `transcript`, `share` and `decryptedRoot` are empty until there is
 * one.
 * @typedef {object} Memory
 * @property {string} manifest hash
 * @property {number} index the member's number, from 1
 * @property {string} seed of the member's two key pairs
 * @property {readonly bigint[]} polynomial secret coefficients; none once the share is there
 * @property {import("./messages.js").Coefexps} coefexps their signed image
 * @property {string} transcript
 * @property {bigint | null} share
 * @property {string} nonce of the opening test, 32 bytes in hex
 * @property {string} decryptedRoot
 */

const NAMES = ["manifest", "index", "seed", "polynomial", "coefexps", "transcript", "share", "nonce", "decrypted_root"];
const LIMIT = 64 * 1024;
const MOST = 1000;
const WHERE = "trustee";
const NONCE_LENGTH = 32;

/**
 * Draw everything a member needs for a ceremony.
 * Throws NO_SUCH_SEAT.
 * @param {Manifest} manifest
 * @param {number} index
 * @param {RandBelow} [random] asked for the seed, the coefficients, the signature, the nonce, in this order
 * @returns {Memory}
 */
export function newMemory(manifest, index, random = randBelow) {
  const isSeat = Number.isSafeInteger(index) && index >= 1 && index <= manifest.committeeSize;
  demand(isSeat, "NO_SUCH_SEAT", `member ${index}`);
  const seed = randomSeed(random);
  const polynomial = Array.from({ length: manifest.threshold }, () => randomScalar(random));
  const signed = sign(memberKeys(seed).signing.secret, coefexpsText(polynomial.map(gPow)), random);
  const coefexps = parseCoefexps(signedJson(signed), `member ${index}`);
  const nonce = bytesToHex(toBytes(random(1n << BigInt(8 * NONCE_LENGTH)), NONCE_LENGTH));
  const empty = { transcript: "", share: null, nonce, decryptedRoot: "" };
  return Object.freeze({ manifest: manifest.hash, index, seed, polynomial, coefexps, ...empty });
}

/** Read the secret of a key file. Throws reading errors at `trustee`. @param {Uint8Array} raw @returns {Memory} */
export function parseMemory(raw) {
  const m = fields(decode(raw, WHERE, LIMIT), WHERE, NAMES);
  const orEmpty = (/** @type {any} */ value) => (value === "" ? "" : hexHash(string(value, WHERE), WHERE));
  return Object.freeze({
    manifest: hexHash(m.manifest, WHERE),
    index: integer(m.index, WHERE, 1, MOST),
    seed: string(m.seed, WHERE),
    polynomial: array(m.polynomial, WHERE).map((a) => decodeScalar(a, WHERE)),
    coefexps: parseCoefexps(m.coefexps, WHERE),
    transcript: orEmpty(m.transcript),
    share: m.share === "" ? null : decodeScalar(m.share, WHERE),
    nonce: hexHash(m.nonce, WHERE),
    decryptedRoot: orEmpty(m.decrypted_root),
  });
}

/** @param {Memory} memory @returns {Uint8Array} the bytes that are encrypted into the key file */
export function encodeMemory(memory) {
  return canonical({
    manifest: memory.manifest,
    index: memory.index,
    seed: memory.seed,
    polynomial: memory.polynomial.map(String),
    coefexps: signedJson(memory.coefexps.signed),
    transcript: memory.transcript,
    share: memory.share === null ? "" : memory.share.toString(),
    nonce: memory.nonce,
    decrypted_root: memory.decryptedRoot,
  });
}

// --- rules -----------------------------------------------------------------------------------------------------------

/** Throws KEY_WRONG_ROUND. @param {Memory} memory @param {Manifest} manifest @returns {MemberKeys} */
export function keysOf(memory, manifest) {
  demand(manifest.hash === memory.manifest, "KEY_WRONG_ROUND", "manifest.json");
  return memberKeys(memory.seed);
}

/**
 * Bind the memory to one set of certificates and commitments: a polynomial is revealed to no other.
 * Throws TRANSCRIPT_CHANGED: whoever carries the messages has replaced some since. Source: threats F5.
 * @param {Memory} memory
 * @param {string} transcript
 * @returns {Memory}
 */
export function boundTo(memory, transcript) {
  const fits = memory.transcript === "" || memory.transcript === transcript;
  demand(fits, "TRANSCRIPT_CHANGED", `member ${memory.index}`);
  return Object.freeze({ ...memory, transcript });
}

/** Keep the finished share; the polynomial has served and is forgotten. @param {Memory} memory @param {bigint} share @returns {Memory} */
export function withShare(memory, share) {
  return Object.freeze({ ...memory, share, polynomial: [] });
}

/** Throws SHARE_MISSING. @param {Memory} memory @returns {bigint} */
export function requireShare(memory) {
  demand(memory.share !== null, "SHARE_MISSING", `member ${memory.index}`);
  return memory.share;
}

/**
 * Check that the share is the one of this committee. Throws SHARE_MISSING, NOT_THIS_TRUSTEE.
 * @param {Memory} memory
 * @param {Point[]} owners verification keys for decryption, of `committee.trustees.owners`
 */
export function checkShare(memory, owners) {
  const share = requireShare(memory);
  const owner = owners[memory.index - 1];
  demand(owner && gPow(share).equals(owner), "NOT_THIS_TRUSTEE", `member ${memory.index}`);
}

/**
 * Remember the root that is about to be opened; to be kept in the file before anything is decrypted.
 * Throws OTHER_ROOT_DECRYPTED: the difference of two sums would be one person's vote. Source: SPEC 5.6, step 1.
 * @param {Memory} memory
 * @param {string} root 64 hex digits
 * @returns {Memory}
 */
export function withDecryptedRoot(memory, root) {
  const fits = memory.decryptedRoot === "" || memory.decryptedRoot === root;
  demand(fits, "OTHER_ROOT_DECRYPTED", `member ${memory.index}`);
  return Object.freeze({ ...memory, decryptedRoot: hexHash(root, "root") });
}
