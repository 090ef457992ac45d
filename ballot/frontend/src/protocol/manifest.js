// The sealed manifest of a round as booth and station need it, and what binds an election to it.
// Never here: the whole check of a manifest (sealed_manifest.js). Twin: tally/protocol/manifest.

import { parseIssuerKey } from "./blind.js";
import { array, decode, fields, integer, sha256Hex, string } from "./encoding.js";
import { demand } from "./errors.js";

const FORMAT = "phieu-tin-nhiem/manifest/v1";
const LIMIT = 4 * 1024 * 1024;
const MOST_SOFTWARE = 200;
const MOST_MEMBERS = 9;
const FILE_NAME = /^[a-z][a-z0-9._-]{0,79}$/;
const INTEGRITY = /^sha384-[A-Za-z0-9+/]{64}$/;
const NAMES = [
  "format", "uuid", "title", "body", "session", "date", "rehearsal", "rules", "blocks", "exempt", "roll", "issuers",
  "box_key", "log_key", "committee", "policy", "software",
]; // prettier-ignore

/** @typedef {{ number: number, name: string, position: string }} Official */
/** @typedef {{ title: string, form: string, officials: Official[] }} Block `form` is empty where there is one only */
/** @typedef {{ name: string, key: import("./blind.js").IssuerKey }} Issuer */
/**
 * @typedef {object} Manifest
 * @property {string} hash the name of the round
 * @property {string} uuid
 * @property {string} title
 * @property {string} body
 * @property {string} session
 * @property {string} date ISO 8601
 * @property {boolean} rehearsal
 * @property {string[]} levels labels in ballot order; the last is the lowest
 * @property {Block[]} blocks
 * @property {Issuer[]} issuers
 * @property {string} boxKey Ed25519, RFC 8032 bytes in hex
 * @property {number} committeeSize
 * @property {number} threshold how many members of the committee decrypt together
 * @property {boolean} ownDevice whether delegates may also vote from a device of their own
 * @property {Record<string, string>} software scripts and style sheets of the voting pages, each with its SHA-384
 */

/**
 * Read the bytes of a manifest. Throws reading errors naming the field. SPEC 4.1.
 * @param {Uint8Array} raw
 * @returns {Manifest}
 */
export function parseManifest(raw) {
  const m = fields(decode(raw, "manifest", LIMIT), "manifest", NAMES);
  demand(m.format === FORMAT, "WRONG_SHAPE", "manifest.format");
  demand(typeof m.rehearsal === "boolean", "WRONG_SHAPE", "manifest.rehearsal");
  const policy = fields(m.policy, "manifest.policy", ["minimum_ballots", "own_device", "disclosure", "secrecy", "accepted_by"]);
  demand(typeof policy.own_device === "boolean", "WRONG_SHAPE", "manifest.policy.own_device");
  const { members, threshold } = fields(m.committee, "manifest.committee", ["members", "threshold"]);
  const committeeSize = integer(members, "manifest.committee.members", 1, MOST_MEMBERS);
  const least = Math.min(2, committeeSize);
  let number = 0;
  const blocks = array(m.blocks, "manifest.blocks").map((block, i) => {
    const where = `manifest.blocks[${i}]`;
    const { title, form, officials } = fields(block, where, ["title", "form", "officials"]);
    const people = array(officials, `${where}.officials`).map((o, k) => parseOfficial(o, `${where}.officials[${k}]`));
    const numbered = people.map((o) => ({ number: ++number, ...o }));
    return { title: string(title, `${where}.title`), form: string(form, `${where}.form`), officials: numbered };
  });
  return Object.freeze({
    hash: sha256Hex(raw),
    ...texts(m, ["uuid", "title", "body", "session", "date"]),
    rehearsal: m.rehearsal,
    levels: array(m.rules?.levels, "manifest.rules.levels").map((l) => string(l?.label, "manifest.rules.levels.label")),
    blocks,
    issuers: array(m.issuers, "manifest.issuers").map(parseIssuer),
    boxKey: string(m.box_key, "manifest.box_key"),
    committeeSize,
    threshold: integer(threshold, "manifest.committee.threshold", least, committeeSize),
    ownDevice: policy.own_device,
    software: parseSoftware(m.software),
  });
}

/** @param {any} value @param {string} where */
function parseOfficial(value, where) {
  const m = fields(value, where, ["id", "name", "position"]);
  return { name: string(m.name, `${where}.name`), position: string(m.position, `${where}.position`) };
}

/** @param {any} value @param {number} i @returns {Issuer} */
function parseIssuer(value, i) {
  const where = `manifest.issuers[${i}]`;
  const m = fields(value, where, ["name", "key", "statement_key"]);
  return { name: string(m.name, `${where}.name`), key: parseIssuerKey(m.key, `${where}.key`) };
}

/** Names ascending, each with its SHA-384. @param {any} value @returns {Record<string, string>} */
function parseSoftware(value) {
  const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
  demand(isObject && Object.keys(value).length <= MOST_SOFTWARE, "WRONG_SHAPE", "manifest.software");
  const names = Object.keys(value);
  const sound = names.every((name, i) => {
    const ascends = i === 0 || names[i - 1] < name;
    return ascends && FILE_NAME.test(name) && typeof value[name] === "string" && INTEGRITY.test(value[name]);
  });
  demand(sound, "WRONG_SHAPE", "manifest.software");
  return Object.freeze({ ...value });
}

/** @param {Record<string, any>} m @param {string[]} names @returns {any} */
function texts(m, names) {
  return Object.fromEntries(names.map((name) => [name, string(m[name], `manifest.${name}`)]));
}

/** @param {Manifest} manifest @returns {import("./election.js").Question[]} the ballot that follows from it. SPEC 5.1 */
export function questionsOf(manifest) {
  return manifest.blocks
    .flatMap((block) => block.officials)
    .map((o) => ({ answers: manifest.levels, question: `${o.number}. ${o.name} – ${o.position}` }));
}

/**
 * Check that the election is the one of this manifest: its hash in the description, uuid, and every question.
 * Throws WRONG_MANIFEST. SPEC 4.5.
 * @param {import("./election.js").Election} election
 * @param {Manifest} manifest
 */
export function checkBinding(election, manifest) {
  const [named, committee] = election.description.split("|committee:");
  const bound = named === `manifest:${manifest.hash}` && /^[0-9a-f]{64}$/.test(committee ?? "");
  demand(bound && election.uuid === manifest.uuid, "WRONG_MANIFEST", "election.description");
  const expected = questionsOf(manifest);
  demand(JSON.stringify(election.questions) === JSON.stringify(expected), "WRONG_MANIFEST", "election.questions");
}
