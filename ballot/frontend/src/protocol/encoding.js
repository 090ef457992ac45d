// Bytes to values and back in exactly one spelling: canonical JSON, SHA-256, hex and Base64Compact.
// Never here: a lenient reading, or anything that knows what a ballot is. Twin: tally/protocol/encoding.py.

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { demand, Refused } from "./errors.js";

export { bytesToHex };

const INDEX_LIKE = /^(?:0|[1-9][0-9]*)$/; // JavaScript moves such keys to the front, Python does not
const LONE_SURROGATE = /\p{Surrogate}/u;
const MAX_DEPTH = 12;
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;
const BLANK =
  /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\uffa0\ufe00-\ufe0f]/u;
const STACKED = /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{3}/u;

/**
 * Return the one permitted JSON spelling of `value` as text: compact, unescaped, fields in the given order.
 * Throws NOT_JSON for what JSON cannot say or what the two languages would spell differently. SPEC 2.1.
 * @param {unknown} value
 * @returns {string}
 */
export function canonicalText(value) {
  checkSpelling(value, 0);
  return JSON.stringify(value);
}

/**
 * Return the same as UTF-8 bytes.
 * @param {unknown} value
 * @returns {Uint8Array}
 */
export function canonical(value) {
  return utf8(canonicalText(value));
}

/** @param {unknown} value @param {number} depth */
function checkSpelling(value, depth) {
  if (value === null || typeof value === "boolean") return;
  if (typeof value === "number") return demand(Number.isSafeInteger(value), "NOT_JSON", "number");
  if (typeof value === "string") return checkText(value);
  demand(depth < MAX_DEPTH, "TOO_DEEP", "JSON");
  if (Array.isArray(value)) return value.forEach((entry) => checkSpelling(entry, depth + 1));
  demand(typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype, "NOT_JSON", typeof value);
  for (const [key, entry] of Object.entries(/** @type {object} */ (value))) {
    demand(!INDEX_LIKE.test(key), "NOT_JSON", "key");
    checkText(key);
    checkSpelling(entry, depth + 1);
  }
}

/** @param {string} text */
function checkText(text) {
  demand(!LONE_SURROGATE.test(text), "NOT_JSON", "surrogate");
}

/**
 * Read canonical JSON; whatever the canonical spelling of its value is not, byte for byte, is refused. This also
 * catches duplicate keys, other number spellings and trailing bytes.
 * Throws NOT_JSON, NOT_CANONICAL, TOO_LARGE. SPEC 2.1.
 * @param {Uint8Array} raw
 * @param {string} where
 * @param {number} limit largest length in bytes
 * @returns {any}
 */
export function decode(raw, where, limit) {
  demand(raw.length <= limit, "TOO_LARGE", where);
  let text, value;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
    value = JSON.parse(text);
  } catch {
    throw new Refused("NOT_JSON", where);
  }
  demand(canonicalText(value) === text, "NOT_CANONICAL", where);
  return value;
}

/**
 * Return `value` if it is an object with exactly `names` in this order, then those of `optional` that it has.
 * Throws WRONG_SHAPE.
 * @param {any} value
 * @param {string} where
 * @param {string[]} names
 * @param {string[]} [optional]
 * @returns {Record<string, any>}
 */
export function fields(value, where, names, optional = []) {
  demand(value !== null && typeof value === "object" && !Array.isArray(value), "WRONG_SHAPE", where);
  const allowed = [...names, ...optional.filter((name) => Object.hasOwn(value, name))];
  const keys = Object.keys(value);
  demand(keys.length === allowed.length && keys.every((key, i) => key === allowed[i]), "WRONG_SHAPE", where);
  return value;
}

/** @param {any} value @param {string} where @param {number} [length] @returns {any[]} */
export function array(value, where, length) {
  demand(Array.isArray(value) && (length === undefined || value.length === length), "WRONG_SHAPE", where);
  return value;
}

/** @param {any} value @param {string} where @param {number} low @param {number} high @returns {number} both included */
export function integer(value, where, low, high = Number.MAX_SAFE_INTEGER) {
  demand(Number.isSafeInteger(value) && low <= value && value <= high, "WRONG_SHAPE", where);
  return value;
}

/** @param {any} value @param {string} where @returns {string} */
export function string(value, where) {
  demand(typeof value === "string", "WRONG_SHAPE", where);
  return value;
}

/** @param {any} value @param {string} where @returns {string} a SHA-256 in 64 lower-case digits; throws BAD_HASH */
export function hexHash(value, where) {
  demand(typeof value === "string" && /^[0-9a-f]{64}$/.test(value), "BAD_HASH", where);
  return value;
}

/**
 * Return `value` if it is a text for people: NFC, nothing invisible, one kind of blank, none at the ends.
 * Throws BAD_TEXT. SPEC 2.4.
 * @param {any} value
 * @param {string} where
 * @param {{ empty?: boolean, limit?: number }} [options] limit in code points
 * @returns {string}
 */
export function text(value, where, { empty = false, limit = 2000 } = {}) {
  string(value, where);
  const visible = ![UNSEEN, BLANK, STACKED].some((pattern) => pattern.test(value));
  demand(visible && value.normalize("NFC") === value && value === value.trim() && [...value].length <= limit, "BAD_TEXT", where);
  demand(value !== "" || empty, "BAD_TEXT", where);
  return value;
}

// --- bytes ---------------------------------------------------------------------------------------------------------

/** @param {string} text @returns {Uint8Array} */
export function utf8(text) {
  return new TextEncoder().encode(text);
}

/**
 * Read lower-case hexadecimal of `length` bytes. Throws `code`.
 * @param {any} text
 * @param {string} where
 * @param {number} length
 * @param {string} [code]
 * @returns {Uint8Array}
 */
export function fromHex(text, where, length, code = "WRONG_SHAPE") {
  demand(typeof text === "string" && text.length === 2 * length && /^[0-9a-f]*$/.test(text), code, where);
  return hexToBytes(text);
}

/** Big-endian. @param {Uint8Array} raw @returns {bigint} */
export function toInteger(raw) {
  return raw.length ? BigInt(`0x${bytesToHex(raw)}`) : 0n;
}

/** Big-endian in exactly `length` bytes. @param {bigint} value @param {number} length @returns {Uint8Array} */
export function toBytes(value, length) {
  const digits = value.toString(16).padStart(2 * length, "0");
  demand(value >= 0n && digits.length === 2 * length, "WRONG_SHAPE", "integer");
  return hexToBytes(digits);
}

// --- hashes --------------------------------------------------------------------------------------------------------

/** @param {Uint8Array} raw @returns {string} SHA-256 in lower-case hexadecimal */
export function sha256Hex(raw) {
  return bytesToHex(sha256(raw));
}

/** Standard Base64 without padding. @param {Uint8Array} raw @returns {string} */
export function base64Compact(raw) {
  return btoa(String.fromCharCode(...raw)).replace(/=+$/, "");
}

/** SHA-256 in 43 characters: a ballot's tracker, an election's fingerprint. @param {Uint8Array} raw */
export function sha256Compact(raw) {
  return base64Compact(sha256(raw));
}
