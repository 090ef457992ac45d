// The election file: questions, key, and the fingerprint that every proof names, over the bytes exactly as received.
// Never here: what a round adds (manifest.js), or a kind of election that our rounds do not hold. Twin: election.py.

import { array, decode, fields, sha256Compact, sha256Hex, string } from "./encoding.js";
import { demand } from "./errors.js";
import { decodePoint, fixedBase, NAME } from "./group.js";

const LIMIT = 4 * 1024 * 1024;
const REQUIRED = ["version", "description", "name", "group", "public_key", "questions", "uuid"];
const OPTIONAL = ["administrator", "credential_authority", "language"];
const UUID = /^[1-9A-HJ-NP-Za-km-z]{14,}$/;

/** @typedef {{ answers: string[], question: string }} Question */
/**
 * @typedef {object} Election
 * @property {Uint8Array} raw
 * @property {string} fingerprint Base64Compact, named by ballots and proofs
 * @property {string} hash the same SHA-256 in hex
 * @property {string} name
 * @property {string} description
 * @property {string} uuid
 * @property {import("./group.js").FixedBase} key
 * @property {Question[]} questions
 */

/**
 * Read the bytes of an election.
 * Throws UNSUPPORTED_ELECTION for another group, version or kind of question, WRONG_SHAPE and others. SPEC 4.5.
 * @param {Uint8Array} raw
 * @returns {Election}
 */
export function parseElection(raw) {
  const m = fields(decode(raw, "election", LIMIT), "election", REQUIRED, OPTIONAL);
  demand(m.version === 1, "UNSUPPORTED_ELECTION", "election.version");
  demand(m.group === NAME, "UNSUPPORTED_ELECTION", "election.group");
  demand(UUID.test(string(m.uuid, "election.uuid")), "WRONG_SHAPE", "election.uuid");
  const questions = array(m.questions, "election.questions").map(parseQuestion);
  demand(questions.length > 0, "WRONG_SHAPE", "election.questions");
  return Object.freeze({
    raw,
    fingerprint: sha256Compact(raw),
    hash: sha256Hex(raw),
    name: string(m.name, "election.name"),
    description: string(m.description, "election.description"),
    uuid: m.uuid,
    key: fixedBase(decodePoint(m.public_key, "election.public_key")),
    questions,
  });
}

/** @param {any} value @param {number} i @returns {Question} */
function parseQuestion(value, i) {
  const where = `election.questions[${i}]`;
  const isPlain = value !== null && typeof value === "object" && !("type" in value) && !("blank" in value);
  demand(isPlain, "UNSUPPORTED_ELECTION", where, "type or blank");
  const m = fields(value, where, ["answers", "min", "max", "question"]);
  demand(m.min === 0 && m.max === 1, "UNSUPPORTED_ELECTION", where, "min 0, max 1");
  const answers = array(m.answers, `${where}.answers`).map((a, k) => string(a, `${where}.answers[${k}]`));
  demand(answers.length > 0, "WRONG_SHAPE", `${where}.answers`);
  return { answers, question: string(m.question, `${where}.question`) };
}

/**
 * Refuse choices that no valid ballot holds: for each question 0/1 marks, at most one of them 1. Throws BAD_CHOICE.
 * @param {Election} election
 * @param {number[][]} choices
 */
export function checkChoices(election, choices) {
  demand(choices.length === election.questions.length, "WRONG_SHAPE", "choices");
  choices.forEach((row, i) => {
    const total = row.reduce((a, b) => a + b, 0);
    const fits = row.length === election.questions[i].answers.length && row.every((m) => m === 0 || m === 1);
    demand(fits && total <= 1, "BAD_CHOICE", `choices[${i}]`);
  });
}
