// Private messages between trustees: signed by the sender, encrypted to one recipient, in the Belenios form.
// Never here: a message in clear after its reader has returned, or a store. Twin: keys/committee/channel.py; SPEC 4.4.
//
// `receive` reads what we write, AES-256-GCM with a 32-byte nonce, and nothing else: the AES-256-CCM of older tools never
// reaches a browser, since all members of a ceremony of ours work with tools of ours.

import { gcm } from "@noble/ciphers/aes.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, canonical, canonicalText, decode, fields, fromHex, string, toInteger, utf8 } from "./encoding.js";
import { demand, Refused } from "./errors.js";
import { decodePoint, encodePoint, gPow, mod, power, randBelow, randomScalar } from "./group.js";
import { checkSigned, contentOf, parseSigned, signedJson } from "./messages.js";
import { schnorrSign } from "./proofs.js";
import { messagePrefix } from "./schnorr.js";

/** @typedef {import("./group.js").Point} Point */
/** @typedef {import("./group.js").RandBelow} RandBelow */
/** @typedef {import("./messages.js").Signed} Signed */
/** @typedef {{ secret: bigint, publicKey: Point }} KeyPair */
/** @typedef {{ signing: KeyPair, receiving: KeyPair }} MemberKeys what a member says, and what it is told */

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const SEED_LENGTH = 22;
const LIMIT = 1024 * 1024;
const TAG = 16;
const BAD = "BAD_PRIVATE_MESSAGE";

/** @param {RandBelow} [random] @returns {string} a fresh seed of 22 Base58 characters, 128 bits */
export function randomSeed(random = randBelow) {
  const places = Array.from({ length: SEED_LENGTH }, () => Number(random(BigInt(ALPHABET.length))));
  return places.map((place) => ALPHABET[place]).join("");
}

/** @param {string} seed @returns {MemberKeys} the pairs whose secrets are SHA-256(`sk|seed`), SHA-256(`dk|seed`), mod q */
export function memberKeys(seed) {
  return { signing: derive("sk", seed), receiving: derive("dk", seed) };
}

/** @param {string} label @param {string} seed @returns {KeyPair} */
function derive(label, seed) {
  const secret = mod(toInteger(sha256(utf8(`${label}|${seed}`))));
  return { secret, publicKey: gPow(secret) };
}

/**
 * Sign a text as a ceremony's message.
 * @param {bigint} secret
 * @param {string} text
 * @param {RandBelow} [random]
 * @returns {Signed}
 */
export function sign(secret, text, random = randBelow) {
  return { message: text, signature: schnorrSign(messagePrefix(text), secret, random) };
}

/**
 * Seal `message` from `sender` for the holder of `recipient`.
 * @param {KeyPair} sender
 * @param {Point} recipient
 * @param {string} message
 * @param {RandBelow} [random]
 * @returns {string}
 */
export function send(sender, recipient, message, random = randBelow) {
  const envelope = canonicalText({ recipient: encodePoint(recipient), message });
  const plain = canonical(signedJson(sign(sender.secret, envelope, random)));
  const [r, k] = [randomScalar(random), randomScalar(random)];
  const [alpha, mask] = [gPow(r), gPow(k)];
  const { key, nonce } = keyAndNonce(mask, alpha);
  return canonicalText({
    algorithm: "AES-GCM",
    alpha: encodePoint(alpha),
    beta: encodePoint(power(recipient, r).add(mask)),
    data: bytesToHex(gcm(key, nonce).encrypt(plain)),
  });
}

/**
 * Open a message and check that `sender` wrote it for this very receiver. Throws BAD_PRIVATE_MESSAGE for everything that
 * is wrong with it; `where` names the sender.
 * @param {KeyPair} receiver
 * @param {Point} sender
 * @param {string} sealed
 * @param {string} where
 * @returns {string}
 */
export function receive(receiver, sender, sealed, where) {
  try {
    const signed = parseSigned(decode(unlock(receiver, sealed, where), where, LIMIT), where);
    checkSigned(signed, sender, where);
    const m = fields(contentOf(signed, where), where, ["recipient", "message"]);
    demand(m.recipient === encodePoint(receiver.publicKey), BAD, where);
    return string(m.message, where);
  } catch (error) {
    throw error instanceof Refused ? new Refused(BAD, where) : error;
  }
}

/** @param {KeyPair} receiver @param {string} sealed @param {string} where @returns {Uint8Array} */
function unlock(receiver, sealed, where) {
  const m = fields(decode(utf8(sealed), where, LIMIT), where, ["algorithm", "alpha", "beta", "data"]);
  demand(m.algorithm === "AES-GCM", BAD, where);
  const [alpha, beta] = [decodePoint(m.alpha, where), decodePoint(m.beta, where, { identity: true })];
  const { key, nonce } = keyAndNonce(beta.subtract(power(alpha, receiver.secret)), alpha);
  const data = fromHex(m.data, where, Math.floor(string(m.data, where).length / 2));
  demand(data.length >= TAG, BAD, where);
  try {
    return gcm(key, nonce).decrypt(data);
  } catch {
    throw new Refused(BAD, where); // the tag does not fit
  }
}

/** @param {Point} mask @param {Point} alpha */
function keyAndNonce(mask, alpha) {
  const of = (/** @type {string} */ label, /** @type {Point} */ point) => sha256(utf8(`${label}|${encodePoint(point)}`));
  return { key: of("key", mask), nonce: of("iv", alpha) };
}
