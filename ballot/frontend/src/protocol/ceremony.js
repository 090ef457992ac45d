// A member's secret part in making the committee's key, step by step, as functions over messages.
// Never here: a network, a file, or anybody else's secret. Twin: keys/committee/ceremony.py; SPEC 4.4.
//
//     certificate(memory, manifest)                                          → everybody's certificates
//     certs = checkAllCertificates(manifest, messages.certificate)
//     commitmentOf(memory)                                                   → everybody's commitments
//     commitments = checkAllCommitments(manifest, messages.commitment)
//     ({ memory, message } = reveal(memory, manifest, certs, commitments))   keep `memory` FIRST, then send `message`
//     reveals = checkAllReveals(manifest, certs, commitments, messages.reveal)
//     memory = withShare(memory, receiveShares(memory, manifest, certs, commitments, reveals))        keep it
//     publishKey(memory, manifest)                                           → everybody's keys, committee.json
//
// `messages.KIND` are objects from member number to JSON. The first `where` of a refusal is `member N`, the sender.
// A committee of one: memory = withShare(memory, shareOfOne(memory, manifest)), then publishKey.

import { acknowledgementPrefix } from "./committee.js";
import { checkReveal, revealJson, transcript } from "./ceremony_checks.js";
import { receive, send, sign } from "./channel.js";
import { canonicalText, decode, fields, utf8 } from "./encoding.js";
import { demand, Refused } from "./errors.js";
import { decodeScalar, encodePoint, gPow, mod, randBelow } from "./group.js";
import { boundTo, keysOf, requireShare } from "./memory.js";
import { certificateText, coefexpsCommitment, signedJson, transcriptText, trusteeKeyJson } from "./messages.js";
import { schnorrSign } from "./proofs.js";
import { knowledgePrefix, messagePrefix } from "./schnorr.js";
import { evaluate } from "./trustees.js";

export { checkAllCertificates, checkAllCommitments, checkAllReveals, checkReveal, transcript } from "./ceremony_checks.js";

/** @typedef {import("./group.js").RandBelow} RandBelow */
/** @typedef {import("./manifest.js").Manifest} Manifest */
/** @typedef {import("./memory.js").Memory} Memory */
/** @typedef {import("./messages.js").Certificate} Certificate */
/** @typedef {import("./ceremony_checks.js").Reveal} Reveal */

const BAD = "BAD_TRUSTEE_MESSAGE";
const SHARE_LIMIT = 4096;

/**
 * Publish the member's verification and encryption keys. SPEC 4.4, step 1. Throws KEY_WRONG_ROUND.
 * @param {Memory} memory
 * @param {Manifest} manifest
 * @param {RandBelow} [random]
 * @returns {Record<string, any>} the message
 */
export function certificate(memory, manifest, random = randBelow) {
  const { signing, receiving } = keysOf(memory, manifest);
  const context = { size: manifest.committeeSize, threshold: manifest.threshold, index: memory.index };
  const text = certificateText(context, { verification: signing.publicKey, encryption: receiving.publicKey });
  return signedJson(sign(signing.secret, text, random));
}

/** SPEC 4.4, step 2. @param {Memory} memory @returns {string} the message: all that may be seen before all have committed */
export function commitmentOf(memory) {
  return coefexpsCommitment(memory.coefexps);
}

/**
 * Acknowledge all commitments, then reveal. The returned memory is bound to this transcript and must be kept before the
 * message is sent: this polynomial is shown to nobody else. SPEC 4.4, steps 3 and 4.
 * Throws BAD_TRUSTEE_MESSAGE when the member's own certificate or commitment was replaced, TRANSCRIPT_CHANGED when it has
 * revealed to others, KEY_WRONG_ROUND.
 * @param {Memory} memory
 * @param {Manifest} manifest
 * @param {Certificate[]} certificates from checkAllCertificates
 * @param {string[]} commitments from checkAllCommitments
 * @param {RandBelow} [random]
 * @returns {{ memory: Memory, message: Record<string, any> }}
 */
export function reveal(memory, manifest, certificates, commitments, random = randBelow) {
  const { signing, receiving } = keysOf(memory, manifest);
  const where = `member ${memory.index}`;
  const bound = boundTo(memory, transcript(manifest, certificates, commitments));
  const { verification, encryption } = certificates[memory.index - 1];
  const ours = verification.equals(signing.publicKey) && encryption.equals(receiving.publicKey);
  demand(ours, BAD, where, "own certificate replaced");
  demand(commitments[memory.index - 1] === commitmentOf(memory), BAD, where, "own commitment replaced");
  demand(memory.polynomial.length === manifest.threshold, BAD, where, "polynomial forgotten");
  const text = messagePrefix(transcriptText(certificates, memory.coefexps));
  const signature = schnorrSign(text, signing.secret, random);
  const prefix = acknowledgementPrefix(manifest.hash, certificates, commitments);
  const acknowledgement = schnorrSign(prefix, signing.secret, random);
  const shares = certificates.map((to, i) => {
    const secret = canonicalText({ secret: shareFor(memory.polynomial, i + 1).toString() });
    return send(signing, to.encryption, secret, random);
  });
  return { memory: bound, message: revealJson({ coefexps: memory.coefexps, signature, acknowledgement, shares }) };
}

/** @param {readonly bigint[]} polynomial @param {number} index @returns {bigint} f(index), the share for member `index` */
function shareFor(polynomial, index) {
  return polynomial.reduceRight((total, a) => mod(total * BigInt(index) + a), 0n);
}

/**
 * Open, check and add the shares that all members sent to this one. SPEC 4.4, step 5.
 * Throws BAD_TRUSTEE_MESSAGE, BAD_PRIVATE_MESSAGE, BAD_SIGNATURE naming the sender, TRANSCRIPT_CHANGED, KEY_WRONG_ROUND.
 * @param {Memory} memory
 * @param {Manifest} manifest
 * @param {Certificate[]} certificates
 * @param {string[]} commitments
 * @param {Reveal[]} reveals from checkAllReveals
 * @returns {bigint} for withShare
 */
export function receiveShares(memory, manifest, certificates, commitments, reveals) {
  const { receiving } = keysOf(memory, manifest);
  boundTo(memory, transcript(manifest, certificates, commitments));
  let total = 0n;
  reveals.forEach((message, i) => {
    const where = `member ${i + 1}`;
    checkReveal(manifest, certificates, commitments, i + 1, message);
    const text = receive(receiving, certificates[i].verification, message.shares[memory.index - 1], where);
    const share = readShare(text, where);
    const fits = gPow(share).equals(evaluate(message.coefexps.points, memory.index));
    demand(fits, BAD, where, "not a share of the polynomial revealed");
    total = mod(total + share);
  });
  return total;
}

/** @param {string} text @param {string} where @returns {bigint} */
function readShare(text, where) {
  try {
    return decodeScalar(fields(decode(utf8(text), where, SHARE_LIMIT), where, ["secret"]).secret, where);
  } catch (error) {
    throw error instanceof Refused ? new Refused(BAD, where, "unreadable share") : error;
  }
}

/** Throws WRONG_SHAPE if there are others. @param {Memory} memory @param {Manifest} manifest @returns {bigint} for withShare */
export function shareOfOne(memory, manifest) {
  demand(manifest.committeeSize === 1 && memory.polynomial.length === 1, "WRONG_SHAPE", "manifest.committee");
  return memory.polynomial[0];
}

/**
 * Publish the key of the share with a proof of knowledge, signed unless the member is alone. SPEC 4.4, step 6.
 * Throws SHARE_MISSING, KEY_WRONG_ROUND.
 * @param {Memory} memory
 * @param {Manifest} manifest
 * @param {RandBelow} [random]
 * @returns {Record<string, any>} the message
 */
export function publishKey(memory, manifest, random = randBelow) {
  const { signing } = keysOf(memory, manifest);
  const share = requireShare(memory);
  const point = gPow(share);
  const proof = schnorrSign(knowledgePrefix(point), share, random);
  const isAlone = manifest.committeeSize === 1;
  const signature = isAlone ? null : schnorrSign(messagePrefix(encodePoint(point)), signing.secret, random);
  return trusteeKeyJson({ proof, point, signature, name: null });
}
