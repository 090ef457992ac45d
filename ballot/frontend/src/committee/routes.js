// What the member's page asks of the server, and the shape in which it takes the answers.
// Never here: a secret, a retry, or a value that was not looked at. Messages of members are parsed where they are used.

import { array, canonical, string } from "../protocol/encoding.js";
import { demand } from "../protocol/errors.js";
import { readAnswer } from "../page/answer.js";
import { fetchBytes, post } from "../page/net.js";

const LIMIT = 16 * 1024 * 1024;
const JSON_TYPE = "application/json";
const UUID = /^[0-9A-Za-z_-]{1,64}$/;
const KINDS = ["certificate", "commitment", "reveal", "key", "nonce"];

/**
 * @typedef {{ device: string, uuid: string, number: number, manifest?: string }} Seat `manifest`: the hash of the first one seen
 */
/**
 * @typedef {object} Colleague a member as all may see it
 * @property {number} number
 * @property {string} name
 * @property {string} role
 * @property {boolean} joined
 * @property {string[]} sent kinds of message
 * @property {boolean} part
 * @property {boolean} retested
 * @property {boolean} destroyed
 */
/**
 * @typedef {object} State what the server says of the round's committee
 * @property {number} revision
 * @property {string} phase
 * @property {number} attempt
 * @property {number} size
 * @property {number} threshold
 * @property {Colleague[]} members by number
 * @property {Record<string, Record<string, any>>} messages by kind, then by member number
 * @property {{ code: string, accused: number, accuser: number } | null} ended why this attempt was given up
 * @property {{ owner: number, nonce: string }[] | null} called who takes the opening test
 * @property {boolean} committee
 * @property {boolean} root the closed record can be fetched
 * @property {number} waits how many minutes complaints may still be made; nothing is decrypted before
 * @property {Comparison | null} comparison the record beside what two people counted on paper, once they agree
 */
/** @typedef {{ words: string, left: number, sign: string, right: number, holds: boolean }} Equation */
/** @typedef {{ agrees: boolean, sentence: string, equations: Equation[] }} Comparison */

/** Harmless again. @param {string} invitation @param {string} device drawn here @returns {Promise<Seat>} Throws Declined INVITATION_REFUSED */
export async function enter(invitation, device) {
  const m = readAnswer(await post("/vao", canonical({ invitation, device }), JSON_TYPE), "seat", LIMIT);
  const uuid = string(m.uuid, "seat.uuid");
  demand(UUID.test(uuid), "WRONG_SHAPE", "seat.uuid"); // it goes into addresses
  return { device, uuid, number: count(m.number, "seat.number") };
}

/**
 * @param {Seat} seat
 * @param {number} revision
 * @param {string} [language] of the server's sentences, where it is not Vietnamese
 * @returns {Promise<State | null>} null: nothing new. Throws Declined DEVICE_UNKNOWN
 */
export async function fetchState({ device, uuid }, revision, language = "") {
  const path = `/dot/${uuid}/tinh-hinh${language && `?ngon-ngu=${language}`}`;
  const m = readAnswer(await post(path, canonical({ device, revision }), JSON_TYPE), "state", LIMIT);
  if (m.phase === undefined) return null;
  const size = count(m.size, "state.size");
  const members = array(m.members, "state.members").map(readColleague);
  demand(members.length === size && members.every((c, i) => c.number === i + 1), "WRONG_SHAPE", "state.members");
  return {
    ...{ revision: count(m.revision, "state.revision"), attempt: count(m.attempt, "state.attempt"), size, members },
    ...{ threshold: count(m.threshold, "state.threshold"), phase: string(m.phase, "state.phase") },
    messages: Object.fromEntries(KINDS.map((kind) => [kind, { ...m.messages?.[kind] }])),
    ended: m.ended ? readEnd(m.ended) : null,
    called: m.called ? array(m.called, "state.called").map(readCall) : null,
    committee: m.committee === true,
    root: m.root === true,
    waits: m.waits === undefined ? 0 : count(m.waits, "state.waits"),
    comparison: m.comparison ? readComparison(m.comparison) : null,
  };
}

/** @param {any} m @returns {Comparison} */
function readComparison(m) {
  const where = "state.comparison";
  const equations = array(m.equations, where).map((line) => ({
    ...{ words: string(line?.words, where), sign: string(line?.sign, where), holds: line?.holds === true },
    ...{ left: whole(line?.left, where), right: whole(line?.right, where) },
  }));
  return { agrees: m.agrees === true, sentence: string(m.sentence, where), equations };
}

/** @param {unknown} value @param {string} where @returns {number} below zero too: what was counted may be wrong */
function whole(value, where) {
  demand(Number.isSafeInteger(value), "WRONG_SHAPE", where);
  return /** @type {number} */ (value);
}

/**
 * How many hold the key is sealed; a server that says otherwise is not followed. Throws MISMATCH.
 * @param {State} state
 * @param {import("../protocol/manifest.js").Manifest | null} manifest
 */
export function checkSealed({ size, threshold }, manifest) {
  const same = !manifest || (size === manifest.committeeSize && threshold === manifest.threshold);
  demand(same, "MISMATCH", "state", "manifest.json");
}

/** @param {any} m @param {number} i @returns {Colleague} */
function readColleague(m, i) {
  const where = `state.members[${i}]`;
  const flags = Object.fromEntries(["joined", "part", "retested", "destroyed"].map((name) => [name, m?.[name] === true]));
  const sent = array(m.sent, where).map((kind) => string(kind, where));
  return /** @type {any} */ ({
    ...flags,
    number: count(m.number, where),
    name: string(m.name, where),
    role: string(m.role, where),
    sent,
  });
}

/** @param {any} m */
function readEnd(m) {
  const where = "state.ended";
  return { code: string(m.code, where), accused: count(m.accused, where), accuser: count(m.accuser, where) };
}

/** @param {any} m */
function readCall(m) {
  return { owner: count(m?.owner, "state.called"), nonce: string(m?.nonce, "state.called") };
}

/** @param {string} uuid @returns {Promise<Uint8Array>} */
export function fetchManifest(uuid) {
  return fetchBytes(`/dot/${uuid}/manifest.json`);
}

/** @param {string} uuid @returns {Promise<Uint8Array>} */
export function fetchCommittee(uuid) {
  return fetchBytes(`/dot/${uuid}/committee.json`);
}

/** @param {Seat} seat who asks matters once a record holds a result that is not public @returns {Promise<Uint8Array>} one file of the closed record */
export function fetchRecordFile({ device, uuid }, /** @type {string} */ name) {
  return fetchBytes(`/dot/${uuid}/ho-so/${name}`, { headers: { Authorization: `Bearer ${device}` } });
}

/** @param {Seat} seat @param {number} attempt @param {string} kind @param {unknown} message */
export function sendMessage({ device, uuid }, attempt, kind, message) {
  return post(`/dot/${uuid}/gui`, canonical({ device, attempt, kind, message }), JSON_TYPE);
}

/**
 * Say that this attempt cannot go on.
 * @param {Seat} seat
 * @param {number} attempt
 * @param {number} accused 0: the organisers
 * @param {string} code
 */
export function accuse({ device, uuid }, attempt, accused, code) {
  return post(`/dot/${uuid}/to-cao`, canonical({ device, attempt, accused, code }), JSON_TYPE);
}

/** @param {Seat} seat @param {unknown} part */
export function sendPart({ device, uuid }, part) {
  return post(`/dot/${uuid}/giai-ma`, canonical({ device, part }), JSON_TYPE);
}

/** @param {any} value @param {string} where @returns {number} */
function count(value, where) {
  demand(Number.isSafeInteger(value) && value >= 0, "WRONG_SHAPE", where);
  return value;
}
