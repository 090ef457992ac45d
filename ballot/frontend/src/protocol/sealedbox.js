// libsodium's sealed box: anybody can close it for a public key, only the holder of the private key opens it.
// Never here: a long-lived private key. Twin: PyNaCl's SealedBox; freeze keys are RFC 7748 bytes in hex, not reversed.

import { hsalsa, xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { demand } from "./errors.js";

const KEY_LENGTH = 32;
const NONCE_LENGTH = 24;
const SIGMA = words(new TextEncoder().encode("expand 32-byte k"));

/**
 * Seal `plain` to `recipient`; the ephemeral secret is replaced only to replay vectors.
 * @param {Uint8Array} plain
 * @param {Uint8Array} recipient
 * @param {Uint8Array} [ephemeral]
 * @returns {Uint8Array} ephemeral public key ‖ box
 */
export function seal(plain, recipient, ephemeral = crypto.getRandomValues(new Uint8Array(KEY_LENGTH))) {
  demand(recipient.length === KEY_LENGTH, "WRONG_SHAPE", "freeze key");
  const sender = x25519.getPublicKey(ephemeral);
  const box = cipher(ephemeral, recipient, sender, recipient).encrypt(plain);
  return concatBytes(sender, box);
}

/**
 * Open a sealed box, for tests. Throws BAD_BOX.
 * @param {Uint8Array} sealed
 * @param {Uint8Array} secret
 * @returns {Uint8Array}
 */
export function unseal(sealed, secret) {
  demand(sealed.length >= KEY_LENGTH + 16, "BAD_BOX", "sealed box");
  const sender = sealed.slice(0, KEY_LENGTH);
  try {
    return cipher(secret, sender, sender, x25519.getPublicKey(secret)).decrypt(sealed.slice(KEY_LENGTH));
  } catch {
    demand(false, "BAD_BOX", "sealed box");
  }
}

/** crypto_box: HSalsa20 of the X25519 secret, nonce = BLAKE2b-24 of both public keys. */
function cipher(
  /** @type {Uint8Array} */ secret,
  /** @type {Uint8Array} */ other,
  /** @type {Uint8Array} */ sender,
  /** @type {Uint8Array} */ recipient,
) {
  const shared = x25519.getSharedSecret(secret, other); // noble refuses an all-zero secret
  const key = new Uint32Array(8);
  hsalsa(SIGMA, words(shared), new Uint32Array(4), key);
  const nonce = blake2b(concatBytes(sender, recipient), { dkLen: NONCE_LENGTH });
  return xsalsa20poly1305(new Uint8Array(key.buffer), nonce);
}

/** @param {Uint8Array} raw @returns {Uint32Array} */
function words(raw) {
  return new Uint32Array(raw.slice().buffer);
}
