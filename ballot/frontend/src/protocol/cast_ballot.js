// A cast ballot as a verifier reads it: its one spelling, its election, its shape, its signature.
// Never here: the making (ballot.js), the zero-knowledge proofs (ballot_proofs.js), or who may vote. Twin: ballot.py.

import { array, canonicalText, fields, sha256Compact, sha256Hex, string, utf8 } from "./encoding.js";
import { demand } from "./errors.js";
import { ballotSignaturePrefix } from "./proofs.js";
import { readJson } from "./reading.js";
import { parseProof, schnorrCheck } from "./schnorr.js";

/** @typedef {import("./group.js").Point} Point */
/** @typedef {import("./proofs.js").Proof} Proof */
/** @typedef {import("./election.js").Election} Election */
/** @typedef {import("./membership.js").Members} Members */
/** `text` is `s(alpha),s(beta)`, as proofs name it. @typedef {{ alpha: Point, beta: Point, text: string }} Ciphertext */
/** @typedef {{ choices: Ciphertext[], individual: Proof[][], overall: Proof[], blank: Proof[] | null }} Answer */
/**
 * @typedef {object} CastBallot
 * @property {string} hash SHA-256 in hex
 * @property {string} uuid
 * @property {string} fingerprint
 * @property {string} credential in hex
 * @property {Point} point the same
 * @property {Answer[]} answers
 * @property {string} signedHash what the signature says it signs, in Base64Compact
 * @property {string} bodyHash what it ought to sign
 * @property {Proof} signature
 */

const LIMIT = 4 * 1024 * 1024;

/**
 * Read canonical bytes; its points may be used once `members` is settled. Throws reading errors. SPEC 4.6.
 * @param {Uint8Array} raw
 * @param {string} where
 * @param {Members} members
 * @returns {CastBallot}
 */
export function parseBallot(raw, where, members) {
  const names = ["election_uuid", "election_hash", "credential", "answers", "signature"];
  const m = fields(readJson(raw, where, LIMIT), where, names);
  const signature = fields(m.signature, `${where}.signature`, ["hash", "proof"]);
  const uuid = string(m.election_uuid, `${where}.election_uuid`);
  const fingerprint = string(m.election_hash, `${where}.election_hash`);
  const point = members.read(m.credential, `${where}.credential`);
  const answers = array(m.answers, `${where}.answers`).map((a, i) => readAnswer(a, `${where}.answers[${i}]`, members));
  const signedHash = string(signature.hash, `${where}.signature.hash`);
  const proof = parseProof(signature.proof, `${where}.signature.proof`);
  // The bytes are canonical and the signature is their last field: what it signs is what stands before, closed again.
  const tail = utf8(`,"signature":${canonicalText(m.signature)}}`).length;
  const body = raw.slice(0, raw.length - tail + 1);
  body[body.length - 1] = 0x7d;
  const hashes = { hash: sha256Hex(raw), bodyHash: sha256Compact(body), signedHash };
  return { ...hashes, uuid, fingerprint, credential: m.credential, point, answers, signature: proof };
}

/** @param {any} value @param {string} where @param {Members} members @returns {Answer} */
function readAnswer(value, where, members) {
  const m = fields(value, where, ["choices", "individual_proofs", "overall_proof"], ["blank_proof"]);
  const choices = array(m.choices, `${where}.choices`);
  const individual = array(m.individual_proofs, `${where}.individual_proofs`, choices.length);
  const overall = array(m.overall_proof, `${where}.overall_proof`);
  return {
    choices: choices.map((c, k) => readCiphertext(c, `${where}.choices[${k}]`, members)),
    individual: individual.map((p, k) => readProofs(p, `${where}.individual_proofs[${k}]`, 2)),
    overall: readProofs(overall, `${where}.overall_proof`, overall.length),
    blank: Object.hasOwn(m, "blank_proof") ? readProofs(m.blank_proof, `${where}.blank_proof`, 2) : null,
  };
}

/** Only beta may be the identity. @param {any} value @param {string} where @param {Members} members @returns {Ciphertext} */
export function readCiphertext(value, where, members) {
  const m = fields(value, where, ["alpha", "beta"]);
  const alpha = members.read(m.alpha, `${where}.alpha`);
  return { alpha, beta: members.read(m.beta, `${where}.beta`, { identity: true }), text: `${m.alpha},${m.beta}` };
}

/** @param {any} value @param {string} where @param {number} length @returns {Proof[]} */
function readProofs(value, where, length) {
  return array(value, where, length).map((proof, i) => parseProof(proof, `${where}[${i}]`));
}

/** Check that the ballot was made for this very election. Throws WRONG_ELECTION. SPEC 5.2, step 2. @param {CastBallot} ballot @param {Election} election @param {string} where */
export function checkOwnElection({ uuid, fingerprint }, election, where) {
  demand(uuid === election.uuid && fingerprint === election.fingerprint, "WRONG_ELECTION", where);
}

/** Check that the credential's key signed exactly this ballot. Throws MISMATCH, BAD_SIGNATURE. SPEC 5.2, step 5. @param {CastBallot} ballot @param {string} where */
export function checkBallotSignature({ bodyHash, signedHash, point, signature }, where) {
  demand(bodyHash === signedHash, "MISMATCH", `${where}.signature.hash`);
  schnorrCheck(ballotSignaturePrefix(signedHash), point, signature, `${where}.signature`);
}

/** Check that there is an answer for each question, with all its proofs. Throws WRONG_SHAPE. SPEC 5.2, step 7. @param {CastBallot} ballot @param {Election} election @param {string} where */
export function checkBallotShape({ answers }, { questions }, where) {
  demand(answers.length === questions.length, "WRONG_SHAPE", `${where}.answers`);
  answers.forEach(({ choices, overall, blank }, i) => {
    const fits = choices.length === questions[i].answers.length && overall.length === 2 && blank === null;
    demand(fits, "WRONG_SHAPE", `${where}.answers[${i}]`);
  });
}

/** @param {CastBallot} ballot @returns {string[]} every alpha in hex, in order */
export function alphasOf({ answers }) {
  return answers.flatMap(({ choices }) => choices.map(({ text }) => text.slice(0, 64)));
}
