// The public half of making a committee's key: what anybody can check of the members' messages.
// Never here: a secret, or who sends what to whom. Twin: tally/protocol/ceremony.py; SPEC 4.4, 5.4.

import { acknowledgementPrefix } from "./committee.js";
import { array, fields, hexHash, sha256Hex, string, utf8 } from "./encoding.js";
import { demand } from "./errors.js";
import { coefexpsCommitment, parseCertificate, parseCoefexps, signedJson, transcriptText } from "./messages.js";
import { proofJson } from "./proofs.js";
import { messagePrefix, parseProof, schnorrCheck } from "./schnorr.js";
import { checkCertificates, checkPolynomial } from "./trustees.js";

/** @typedef {import("./manifest.js").Manifest} Manifest */
/** @typedef {import("./messages.js").Certificate} Certificate */
/** @typedef {import("./messages.js").Coefexps} Coefexps */
/** @typedef {import("./proofs.js").Proof} Proof */
/** @typedef {Record<string, any>} Messages the JSON of one kind of message by member number */
/** @typedef {{ coefexps: Coefexps, signature: Proof, acknowledgement: Proof, shares: string[] }} Reveal */

const BAD = "BAD_TRUSTEE_MESSAGE";

/**
 * Read all certificates, in order, and check them together.
 * Throws BAD_TRUSTEE_MESSAGE, BAD_SIGNATURE and reading errors naming the sender.
 * @param {Manifest} manifest
 * @param {Messages} messages
 * @returns {Certificate[]}
 */
export function checkAllCertificates(manifest, messages) {
  const certificates = inOrder(manifest, messages, parseCertificate);
  certificates.forEach(({ context }, i) => {
    const { committeeSize: size, threshold } = manifest;
    const fits = context && context.size === size && context.threshold === threshold && context.index === i + 1;
    demand(fits, BAD, `member ${i + 1}`, "context");
  });
  checkCertificates(certificates, manifest.threshold, "certificates");
  return certificates;
}

/** Throws BAD_TRUSTEE_MESSAGE, BAD_HASH naming the sender. @param {Manifest} manifest @param {Messages} messages @returns {string[]} */
export function checkAllCommitments(manifest, messages) {
  return inOrder(manifest, messages, hexHash);
}

/**
 * Return the hash of what everybody must have seen alike before revealing; equal for all members. SPEC 4.4.
 * @param {Manifest} manifest
 * @param {Certificate[]} certificates
 * @param {string[]} commitments
 * @returns {string}
 */
export function transcript(manifest, certificates, commitments) {
  return sha256Hex(utf8(acknowledgementPrefix(manifest.hash, certificates, commitments)));
}

/** Read {"coefexps","signature","acknowledgement","shares"}. @param {any} value @param {string} where @returns {Reveal} */
function parseReveal(value, where) {
  const m = fields(value, where, ["coefexps", "signature", "acknowledgement", "shares"]);
  const shares = array(m.shares, `${where}.shares`);
  return {
    coefexps: parseCoefexps(m.coefexps, `${where}.coefexps`),
    signature: parseProof(m.signature, `${where}.signature`),
    acknowledgement: parseProof(m.acknowledgement, `${where}.acknowledgement`),
    shares: shares.map((share, i) => string(share, `${where}.shares[${i}]`)),
  };
}

/** @param {Reveal} reveal @returns {Record<string, any>} the object that `parseReveal` reads */
export function revealJson({ coefexps, signature, acknowledgement, shares }) {
  return {
    coefexps: signedJson(coefexps.signed),
    signature: proofJson(signature),
    acknowledgement: proofJson(acknowledgement),
    shares: [...shares],
  };
}

/**
 * Check everything public about the reveal of member `index` (from 1). Throws BAD_TRUSTEE_MESSAGE, BAD_SIGNATURE.
 * @param {Manifest} manifest
 * @param {Certificate[]} certificates
 * @param {string[]} commitments
 * @param {number} index
 * @param {Reveal} reveal
 */
export function checkReveal(manifest, certificates, commitments, index, { coefexps, signature, acknowledgement, shares }) {
  const where = `member ${index}`;
  const { verification } = certificates[index - 1];
  demand(coefexpsCommitment(coefexps) === commitments[index - 1], BAD, where, "not the polynomial committed to");
  demand(shares.length === manifest.committeeSize, BAD, where, "shares");
  checkPolynomial(certificates, index - 1, coefexps, manifest.threshold, where);
  schnorrCheck(messagePrefix(transcriptText(certificates, coefexps)), verification, signature, where);
  const prefix = acknowledgementPrefix(manifest.hash, certificates, commitments);
  schnorrCheck(prefix, verification, acknowledgement, where);
}

/**
 * Read all reveals, in order, and check everything public about them.
 * Throws BAD_TRUSTEE_MESSAGE, BAD_SIGNATURE and reading errors naming the sender.
 * @param {Manifest} manifest
 * @param {Certificate[]} certificates
 * @param {string[]} commitments
 * @param {Messages} messages
 * @returns {Reveal[]}
 */
export function checkAllReveals(manifest, certificates, commitments, messages) {
  const reveals = inOrder(manifest, messages, parseReveal);
  reveals.forEach((reveal, i) => checkReveal(manifest, certificates, commitments, i + 1, reveal));
  return reveals;
}

/**
 * @template T
 * @param {Manifest} manifest
 * @param {Messages} messages
 * @param {(value: any, where: string) => T} parse
 * @returns {T[]} one message of every member; throws BAD_TRUSTEE_MESSAGE naming one who is missing
 */
function inOrder(manifest, messages, parse) {
  const members = Array.from({ length: manifest.committeeSize }, (_, i) => String(i + 1));
  for (const index of members) demand(Object.hasOwn(messages, index), BAD, `member ${index}`, "missing");
  return members.map((index) => parse(messages[index], `member ${index}`));
}
