// Key files: one secret each, encrypted under a passphrase, for one kind of key and one round; the bytes keys/store writes.
// Never here: a file system, or a passphrase kept. Twin: keys/store.py.
//
//     {"format":"phieu-tin-nhiem/key/v1","kind":"trustee","name":"member 1","round":"…",
//      "kdf":{"name":"argon2id","ops":3,"mem":134217728,"salt":"…"},"nonce":"…","ciphertext":"…"} and a newline
//
// Deriving the key takes seconds and 128 MiB: do it in a worker. `resealKeyFile` needs the passphrase no more.

import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { argon2id } from "@noble/hashes/argon2.js";
import { bytesToHex, canonical, fields, fromHex, string, toBytes, utf8 } from "./encoding.js";
import { demand, Refused } from "./errors.js";
import { randBelow } from "./group.js";

/** @typedef {import("./group.js").RandBelow} RandBelow */
/** @typedef {{ ops: number, mem: number }} KdfCost passes over the memory, bytes of memory */
/** @typedef {{ kind: string, name: string, round: string, secret: Uint8Array }} StoredKey `round` is uuid or manifest hash, or empty */
/** @typedef {KdfCost & { salt: Uint8Array, bytes: Uint8Array }} DerivedKey what the passphrase was stretched to; secret */
/** @typedef {StoredKey & { key: DerivedKey }} OpenedKey ends with the visit */

const DEFAULT_COST = Object.freeze({ ops: 3, mem: 128 * 1024 * 1024 });
export const LEAST_CHARACTERS = 12;
const HIGHEST_COST = { ops: 12, mem: 1024 * 1024 * 1024 };
const LEAST_MEMORY = 8192;
const KINDS = ["issuer", "statement", "box", "freeze", "trustee", "report"];
const FORMAT = "phieu-tin-nhiem/key/v1";
const NAMES = ["format", "kind", "name", "round", "kdf", "nonce", "ciphertext"];
const MOST = 4 * 1024 * 1024;
const [KEY, SALT, NONCE, TAG] = [32, 16, 24, 16];
const NEWLINE = 0x0a;
const DAMAGED = "KEY_FILE_DAMAGED";

/**
 * Encrypt a secret into the bytes of a new key file.
 * Throws KEY_UNKNOWN_KIND, PASSPHRASE_TOO_SHORT, PASSPHRASE_UNREADABLE, KDF_OUT_OF_RANGE (this device has not the memory).
 * @param {StoredKey} stored
 * @param {string} passphrase
 * @param {{ kdf?: KdfCost, random?: RandBelow }} [options] chance is asked for the salt, then for the nonce
 * @returns {Uint8Array}
 */
export function sealKeyFile(stored, passphrase, options = {}) {
  return createKeyFile(stored, passphrase, options).file;
}

/**
 * The same, and the opened key beside it for `resealKeyFile` in the same visit.
 * @param {StoredKey} stored
 * @param {string} passphrase
 * @param {{ kdf?: KdfCost, random?: RandBelow }} [options]
 * @returns {{ file: Uint8Array, opened: OpenedKey }}
 */
export function createKeyFile(stored, passphrase, { kdf = DEFAULT_COST, random = randBelow } = {}) {
  demand(KINDS.includes(stored.kind), "KEY_UNKNOWN_KIND", "kind");
  const characters = [...passphrase.normalize("NFC")].length;
  demand(characters >= LEAST_CHARACTERS, "PASSPHRASE_TOO_SHORT", "", String(LEAST_CHARACTERS));
  const opened = { ...stored, key: derive(passphrase, kdf, drawBytes(random, SALT)) };
  return { file: resealKeyFile(opened, stored.secret, random), opened };
}

/**
 * Return the bytes of the file with another secret in it: same passphrase, cost and salt, fresh nonce.
 * @param {OpenedKey} opened
 * @param {Uint8Array} secret
 * @param {RandBelow} [random]
 * @returns {Uint8Array}
 */
export function resealKeyFile({ kind, name, round, key }, secret, random = randBelow) {
  const nonce = drawBytes(random, NONCE);
  const kdf = { name: "argon2id", ops: key.ops, mem: key.mem, salt: bytesToHex(key.salt) };
  const header = { format: FORMAT, kind, name, round, kdf, nonce: bytesToHex(nonce) };
  const sealed = xchacha20poly1305(key.bytes, nonce, canonical(header)).encrypt(secret); // the header is bound
  return Uint8Array.from([...canonical({ ...header, ciphertext: bytesToHex(sealed) }), NEWLINE]);
}

/**
 * Open a key file of this kind.
 * Throws WRONG_PASSPHRASE (also when a byte was changed), KEY_WRONG_KIND, KEY_FILE_DAMAGED, KDF_OUT_OF_RANGE,
 * PASSPHRASE_UNREADABLE, KEY_UNKNOWN_KIND.
 * @param {Uint8Array} raw
 * @param {string} kind
 * @param {string} passphrase
 * @param {string} [where] the file's name
 * @returns {OpenedKey}
 */
export function openKeyFile(raw, kind, passphrase, where = "") {
  demand(KINDS.includes(kind), "KEY_UNKNOWN_KIND", "kind");
  const { ciphertext, ...header } = readKeyFile(raw, where);
  demand(header.kind === kind, "KEY_WRONG_KIND", where, header.kind);
  const key = derive(passphrase, header.kdf, fromHex(header.kdf.salt, where, SALT));
  const sealed = fromHex(ciphertext, where, ciphertext.length / 2);
  try {
    const cipher = xchacha20poly1305(key.bytes, fromHex(header.nonce, where, NONCE), canonical(header));
    return { kind, name: header.name, round: header.round, secret: cipher.decrypt(sealed), key };
  } catch {
    throw new Refused("WRONG_PASSPHRASE", where); // the tag does not fit
  }
}

// --- the format ------------------------------------------------------------------------------------------------------

/**
 * Read the one spelling of a key file without opening it: its public header and the ciphertext.
 * Throws KEY_FILE_DAMAGED, KDF_OUT_OF_RANGE.
 * @param {Uint8Array} raw
 * @param {string} [where]
 * @returns {Record<string, any>}
 */
export function readKeyFile(raw, where = "") {
  demand(raw.length <= MOST, DAMAGED, where);
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw));
    const again = canonical(value);
    demand(raw.length === again.length + 1 && raw[again.length] === NEWLINE, DAMAGED, where);
    demand(again.every((byte, i) => byte === raw[i]), DAMAGED, where);
    checkHeader(value, where);
    return value;
  } catch (error) {
    throw error instanceof Refused && error.code === "KDF_OUT_OF_RANGE" ? error : new Refused(DAMAGED, where);
  }
}

/** @param {any} value @param {string} where */
function checkHeader(value, where) {
  const m = fields(value, where, NAMES);
  const kdf = fields(m.kdf, where, ["name", "ops", "mem", "salt"]);
  demand(m.format === FORMAT && kdf.name === "argon2id" && KINDS.includes(m.kind), DAMAGED, where);
  string(m.name, where);
  string(m.round, where);
  fromHex(kdf.salt, where, SALT);
  fromHex(m.nonce, where, NONCE);
  fromHex(m.ciphertext, where, Math.floor(string(m.ciphertext, where).length / 2));
  demand(m.ciphertext.length >= 2 * TAG, DAMAGED, where);
  demand(Number.isSafeInteger(kdf.ops) && Number.isSafeInteger(kdf.mem), DAMAGED, where);
  // A header is believed only after it is decrypted, so until then it may not ask for much.
  const modest = kdf.ops >= 1 && kdf.ops <= HIGHEST_COST.ops && kdf.mem >= LEAST_MEMORY && kdf.mem <= HIGHEST_COST.mem;
  demand(modest, "KDF_OUT_OF_RANGE", where);
}

/**
 * libsodium's Argon2id: opslimit is t, memlimit in bytes is m in KiB rounded down, p is 1.
 * @param {string} passphrase
 * @param {KdfCost} cost
 * @param {Uint8Array} salt
 * @returns {DerivedKey}
 */
function derive(passphrase, { ops, mem }, salt) {
  demand(!/\p{Surrogate}/u.test(passphrase), "PASSPHRASE_UNREADABLE", "");
  const password = utf8(passphrase.normalize("NFC"));
  try {
    return { ops, mem, salt, bytes: argon2id(password, salt, { t: ops, m: Math.floor(mem / 1024), p: 1, dkLen: KEY }) };
  } catch (error) {
    demand(!(error instanceof RangeError), "KDF_OUT_OF_RANGE", "", "not enough memory"); // the array was not granted
    throw error;
  }
}

/** @param {RandBelow} random @param {number} length @returns {Uint8Array} */
function drawBytes(random, length) {
  return toBytes(random(1n << BigInt(8 * length)), length);
}
