// Blind signatures, the voter's half: RSABSSA-SHA384-PSS-Randomized of RFC 9474 on BigInt, its steps in the margin.
// Never here: a private exponent, or a key from anywhere but the manifest. Twins: tally/protocol/{blind,pss}.py.
//
// Limit: not constant time; it runs on the voter's side, once for each factor.

import { sha384 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { bytesToHex, fromHex, toBytes, toInteger, utf8 } from "./encoding.js";
import { demand } from "./errors.js";
import { randBelow } from "./group.js";

export const PREFIX_LENGTH = 32;
export const SALT_LENGTH = 48;
const HASH_LENGTH = 48;
const EXPONENT = 65537;
const LABEL = "phieu-tin-nhiem/v1/credential|";

/** @typedef {{ modulus: bigint, length: number }} IssuerKey `length` in bytes; the exponent is always 65537 */
/** @typedef {{ prefix: Uint8Array, blindedMessage: Uint8Array, inverse: bigint }} Blinding `inverse` is secret */
/** @typedef {{ prefix: () => Uint8Array, salt: () => Uint8Array, factor: (modulus: bigint) => bigint }} Randomness */

/** Drawn anew for every issuer, lest two of them compare notes; replaced only to replay vectors. @type {Randomness} */
export const SYSTEM_RANDOMNESS = {
  prefix: () => crypto.getRandomValues(new Uint8Array(PREFIX_LENGTH)),
  salt: () => crypto.getRandomValues(new Uint8Array(SALT_LENGTH)),
  factor: (modulus) => 1n + randBelow(modulus - 1n),
};

/**
 * Read a modulus in hexadecimal; `bits` is 3072 in every round, tests replay other sizes. Throws BAD_ISSUER_KEY.
 * @param {any} text
 * @param {string} where
 * @param {number} [bits]
 * @returns {IssuerKey}
 */
export function parseIssuerKey(text, where, bits = 3072) {
  const modulus = toInteger(fromHex(text, where, bits / 8, "BAD_ISSUER_KEY"));
  demand(modulus >> BigInt(bits - 1) === 1n && modulus % 2n === 1n, "BAD_ISSUER_KEY", where);
  return { modulus, length: bits / 8 };
}

/**
 * Return the bytes that an issuer signs blindly, before the random prefix. Throws BAD_HASH.
 * @param {{ manifestHash: string, issuerName: string, credential: string }} of
 * @returns {Uint8Array}
 */
export function credentialMessage({ manifestHash, issuerName, credential }) {
  fromHex(manifestHash, "manifest hash", 32, "BAD_HASH");
  fromHex(credential, "credential", 32, "BAD_HASH");
  return utf8(`${LABEL}${manifestHash}|${issuerName}|${credential}`);
}

/**
 * Hide `message` from the issuer who will sign it. Throws BLIND_MESSAGE_RANGE with the probability of a lucky guess.
 * @param {IssuerKey} key
 * @param {Uint8Array} message
 * @param {Randomness} [randomness]
 * @returns {Blinding}
 */
export function blind(key, message, randomness = SYSTEM_RANDOMNESS) {
  const n = key.modulus;
  const prefix = randomness.prefix(); // RFC 9474 4.1 (PrepareRandomize)
  const encoded = pssEncode(concatBytes(prefix, message), 8 * key.length - 1, randomness.salt()); // 4.2, steps 1-2
  const m = toInteger(encoded); // step 3
  demand(gcd(m, n) === 1n, "BLIND_MESSAGE_RANGE", "message"); // steps 4-5
  const r = randomness.factor(n); // step 6
  demand(gcd(r, n) === 1n, "BLIND_MESSAGE_RANGE", "blinding factor"); // steps 7-8
  const z = (m * publicPower(r, n)) % n; // steps 9-10
  return { prefix, blindedMessage: toBytes(z, key.length), inverse: invert(r, n) }; // steps 11-12
}

/**
 * Unblind the issuer's answer and return the signature, which has then been verified. Throws SIGNATURE_INVALID.
 * @param {IssuerKey} key
 * @param {Uint8Array} message
 * @param {Blinding} blinding
 * @param {Uint8Array} blindSignature
 * @returns {{ prefix: string, signature: string }} in hex, as the list of credentials holds it
 */
export function finalize(key, message, blinding, blindSignature) {
  const z = representative(key, blindSignature, "blind signature"); // RFC 9474 4.4, steps 1-2
  const signature = toBytes((z * blinding.inverse) % key.modulus, key.length); // steps 3-4
  checkSignature(key, message, blinding.prefix, signature); // steps 5-6
  return { prefix: bytesToHex(blinding.prefix), signature: bytesToHex(signature) };
}

/**
 * Check RSASSA-PSS with SHA-384, MGF1-SHA-384 and a salt of 48 bytes. Throws SIGNATURE_INVALID. RFC 8017, 8.1.2.
 * @param {IssuerKey} key
 * @param {Uint8Array} message
 * @param {Uint8Array} prefix
 * @param {Uint8Array} signature
 */
export function checkSignature(key, message, prefix, signature) {
  demand(prefix.length === PREFIX_LENGTH, "SIGNATURE_INVALID", "prefix");
  const s = representative(key, signature, "signature"); // step 1
  const bits = 8 * key.length - 1;
  const encoded = toBytes(publicPower(s, key.modulus), Math.ceil(bits / 8)); // step 2
  demand(pssMatches(concatBytes(prefix, message), encoded, bits), "SIGNATURE_INVALID", "signature"); // step 3
}

/** Exactly one spelling for each residue. @param {IssuerKey} key @param {Uint8Array} octets @param {string} where */
function representative(key, octets, where) {
  const value = toInteger(octets);
  demand(octets.length === key.length && value < key.modulus, "SIGNATURE_INVALID", where);
  return value;
}

// --- EMSA-PSS (RFC 8017, 9.1) ----------------------------------------------------------------------------------------

/** @param {Uint8Array} message @param {number} bits @param {Uint8Array} salt @returns {Uint8Array} RFC 8017, 9.1.1 */
export function pssEncode(message, bits, salt) {
  const length = Math.ceil(bits / 8);
  const h = sha384(concatBytes(new Uint8Array(8), sha384(message), salt)); // steps 2, 5-6
  const block = new Uint8Array(length - HASH_LENGTH - 1);
  block[block.length - salt.length - 1] = 1; // steps 7-8
  block.set(salt, block.length - salt.length);
  const mask = mgf1(h, block.length); // step 9
  block.forEach((byte, i) => (block[i] = byte ^ mask[i])); // step 10
  block[0] &= 0xff >> (8 * length - bits); // step 11
  return concatBytes(block, h, Uint8Array.of(0xbc)); // steps 12-13
}

/** @param {Uint8Array} message @param {Uint8Array} encoded @param {number} bits @returns {boolean} RFC 8017, 9.1.2 */
function pssMatches(message, encoded, bits) {
  const unused = 8 * encoded.length - bits;
  const block = encoded.slice(0, encoded.length - HASH_LENGTH - 1); // step 5
  const h = encoded.slice(block.length, -1);
  if (encoded[encoded.length - 1] !== 0xbc || block[0] >> (8 - unused)) return false; // steps 4, 6
  const mask = mgf1(h, block.length); // step 7
  const salt = block.map((byte, i) => byte ^ mask[i]).slice(-SALT_LENGTH); // steps 8-11
  // Steps 10-14: encoding again with this salt gives the same bytes only if padding, marker and hash are right.
  const again = pssEncode(message, bits, salt);
  return again.every((byte, i) => byte === encoded[i]);
}

/** @param {Uint8Array} seed @param {number} length @returns {Uint8Array} RFC 8017, B.2.1 with SHA-384 */
function mgf1(seed, length) {
  const blocks = Array.from({ length: Math.ceil(length / HASH_LENGTH) }, (_, i) =>
    sha384(concatBytes(seed, toBytes(BigInt(i), 4))),
  );
  return concatBytes(...blocks).slice(0, length);
}

// --- numbers ---------------------------------------------------------------------------------------------------------

/** @param {bigint} base @param {bigint} n @returns {bigint} base^65537 mod n */
function publicPower(base, n) {
  let value = base % n;
  for (let bit = 1; bit < EXPONENT - 1; bit *= 2) value = (value * value) % n;
  return (value * base) % n;
}

/** @param {bigint} a @param {bigint} b @returns {bigint} */
function gcd(a, b) {
  while (b) [a, b] = [b, a % b];
  return a;
}

/** @param {bigint} value @param {bigint} n @returns {bigint} the inverse mod n of a value that has one */
function invert(value, n) {
  let [a, b, u, v] = [value % n, n, 1n, 0n];
  while (b) {
    const quotient = a / b;
    [a, b, u, v] = [b, a - quotient * b, v, u - quotient * v];
  }
  return u < 0n ? u + n : u;
}
