// A voter's credential: the code on the slip, the secret exponent behind it, the public key that the box knows.
// Never here: a name, or a code that is kept anywhere. Twin: tally/protocol/credential.py.

import { sha512 } from "@noble/hashes/sha2.js";
import { toInteger, utf8 } from "./encoding.js";
import { demand } from "./errors.js";
import { encodePoint, gPow, mod, randBelow } from "./group.js";

export const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's base 32
export const DIGITS = 26;
export const LENGTH = DIGITS + 2;
const MODULUS = 1021n;
const LABEL = "phieu-tin-nhiem/v1/credential-secret|";
// The blanks of Python's str.split, spelled out: \s differs in five places.
const BLANKS = /[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/g;
/** @type {Record<string, string>} */
const FORGIVEN = { O: "0", I: "1", L: "1", "-": "" };

/** @typedef {{ secret: bigint, public: string }} Credential `public` in 64 hex digits */

/**
 * Bring what was typed or scanned into capital base-32 digits, forgiving case, grouping, O, I and L; may be unfinished.
 * @param {string} typed
 * @returns {string}
 */
export function plain(typed) {
  return typed
    .toUpperCase()
    .replace(BLANKS, "")
    .replace(/[OIL-]/g, (c) => FORGIVEN[c]);
}

/** @param {string} digits @returns {string} groups of four joined by hyphens */
export function grouped(digits) {
  return (digits.match(/.{1,4}/gsu) ?? []).join("-");
}

/** @param {import("./group.js").RandBelow} [random] @returns {bigint} the 130-bit value of a fresh slip */
export function randomSlip(random = randBelow) {
  return random(32n ** BigInt(DIGITS));
}

/**
 * Read a finished code and return its value. Throws BAD_CODE for a wrong length, alphabet or check digit. SPEC 3.8.
 * @param {string} typed
 * @returns {bigint}
 */
export function readSlip(typed) {
  const digits = plain(typed);
  demand(digits.length === LENGTH && [...digits].every((c) => ALPHABET.includes(c)), "BAD_CODE", "slip");
  const value = toNumber(digits.slice(0, DIGITS));
  demand(value % MODULUS === toNumber(digits.slice(DIGITS)), "BAD_CODE", "slip");
  return value;
}

/** @param {bigint} value @returns {string} the 28 characters in seven groups of four */
export function shownSlip(value) {
  return grouped(toDigits(value, DIGITS) + toDigits(value % MODULUS, 2));
}

/**
 * Return the key pair of a slip in the round `uuid`: SHA-512(label uuid | 26 digits), big-endian, mod q.
 * @param {bigint} value
 * @param {string} uuid
 * @returns {Credential}
 */
export function deriveCredential(value, uuid) {
  const secret = mod(toInteger(sha512(utf8(`${LABEL}${uuid}|${toDigits(value, DIGITS)}`))));
  return { secret, public: encodePoint(gPow(secret)) };
}

/** @param {string} digits @returns {bigint} */
function toNumber(digits) {
  return [...digits].reduce((value, digit) => value * 32n + BigInt(ALPHABET.indexOf(digit)), 0n);
}

/** @param {bigint} value @param {number} length @returns {string} */
export function toDigits(value, length) {
  return Array.from({ length }, (_, i) => ALPHABET[Number((value >> BigInt(5 * (length - 1 - i))) & 31n)]).join("");
}
