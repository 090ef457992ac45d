// What an unfinished slip needs to be finished after a power cut, sealed under the key that the registry keeps for it.
// Never here: that key for longer than a slip is worked on, or a record that is thrown away because it does not open.
//
//     sealed with XChaCha20-Poly1305, a random nonce of 24 bytes, the order's id as additional data

import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { bytesToHex, toBytes, toInteger, utf8 } from "../protocol/encoding.js";
import { hexToBytes } from "@noble/hashes/utils.js";

const NONCE_LENGTH = 24;

/** A record is there and does not open with the key of its order. */
export class Unreadable extends Error {}

/**
 * A slip in the making. `body` is the exact request for signatures; `signatures` are verified; `sealed` goes to the box.
 * @typedef {object} Slip
 * @property {"made" | "signed"} stage
 * @property {string} code
 * @property {string} credential
 * @property {import("../protocol/blind.js").Blinding[]} blindings
 * @property {Uint8Array} body
 * @property {import("../protocol/request.js").Signature[]} signatures
 * @property {Uint8Array} sealed
 */

/**
 * @param {Uint8Array} key
 * @param {string} id of the order
 * @param {Slip} slip
 * @returns {{ nonce: Uint8Array, box: Uint8Array }}
 */
export function sealSlip(key, id, slip) {
  const plain = utf8(JSON.stringify(asJson(slip)));
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_LENGTH));
  const box = xchacha20poly1305(key, nonce, utf8(id)).encrypt(plain);
  plain.fill(0);
  return { nonce, box };
}

/**
 * Open what sealSlip closed. Throws Unreadable.
 * @param {Uint8Array} key
 * @param {string} id
 * @param {{ nonce: Uint8Array, box: Uint8Array }} kept
 * @returns {Slip}
 */
export function openSlip(key, id, { nonce, box }) {
  let plain;
  try {
    plain = xchacha20poly1305(key, nonce, utf8(id)).decrypt(box);
  } catch {
    throw new Unreadable();
  }
  const slip = fromJson(JSON.parse(new TextDecoder().decode(plain)));
  plain.fill(0);
  return slip;
}

/** Forget what can be overwritten; texts and BigInts go when nothing names them any more. @param {Slip} slip */
export function wipe(slip) {
  slip.blindings.forEach((blinding) => blinding.prefix.fill(0));
  slip.blindings = [];
  slip.body.fill(0);
  slip.sealed.fill(0);
  slip.code = slip.credential = "";
}

/** @param {Slip} slip */
function asJson({ stage, code, credential, blindings, body, signatures, sealed }) {
  const hidden = blindings.map(({ prefix, blindedMessage, inverse }) => ({
    prefix: bytesToHex(prefix),
    blinded: bytesToHex(blindedMessage),
    inverse: bytesToHex(toBytes(inverse, blindedMessage.length)),
  }));
  return { stage, code, credential, blindings: hidden, body: bytesToHex(body), signatures, sealed: bytesToHex(sealed) };
}

/** Nobody else writes these: what opened was closed here. @param {any} m @returns {Slip} */
function fromJson(m) {
  const blindings = m.blindings.map((/** @type {Record<string, string>} */ b) => ({
    prefix: hexToBytes(b.prefix),
    blindedMessage: hexToBytes(b.blinded),
    inverse: toInteger(hexToBytes(b.inverse)),
  }));
  return { ...m, blindings, body: hexToBytes(m.body), sealed: hexToBytes(m.sealed) };
}
