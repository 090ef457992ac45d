// Ed25519 signatures of box and issuers, checked as libsodium checks them, so that Python and this page agree on all.
// Never here: a private key, or what was signed. RFC 8032, 5.1.7, without cofactor; no key or R of small order.

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { bytesToHex, toInteger } from "./encoding.js";
import { demand } from "./errors.js";
import { gPow, mod, publicPower, Q } from "./group.js";

/**
 * Check that `key` signed `message`. Throws `code`.
 * @param {Uint8Array} key 32 bytes, not reversed
 * @param {Uint8Array} message
 * @param {Uint8Array} signature 64 bytes
 * @param {{ where: string, code: string }} failure
 */
export function checkEd25519(key, message, signature, { where, code }) {
  demand(signature.length === 64 && holds(key, message, signature), code, where);
}

/** @param {Uint8Array} key @param {Uint8Array} message @param {Uint8Array} signature @returns {boolean} */
function holds(key, message, signature) {
  const [r, s] = [signature.slice(0, 32), toInteger(signature.slice(32).reverse())];
  const [signer, commitment] = [decode(key), decode(r)];
  if (!signer || !commitment || s >= Q) return false;
  const k = mod(toInteger(sha512(concatBytes(r, key, message)).reverse()));
  const expected = gPow(s).add(publicPower(signer.negate(), k));
  return bytesToHex(expected.toBytes()) === bytesToHex(r);
}

/** @param {Uint8Array} raw @returns {import("./group.js").Point | null} */
function decode(raw) {
  try {
    const point = ed25519.Point.fromBytes(raw, false);
    return point.isSmallOrder() ? null : point;
  } catch {
    return null;
  }
}
