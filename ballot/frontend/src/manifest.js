// The sealed manifest of a round as booth and station need it, and what binds an election to it.
// Never here: the whole check of a manifest (every verifier does that in Python). Twin: tally/protocol/manifest.py.

import { parseIssuerKey } from "./blind.js";
import { array, decode, fields, sha256Hex, string } from "./encoding.js";
import { demand } from "./errors.js";

const FORMAT = "phieu-tin-nhiem/manifest/v1";
const LIMIT = 4 * 1024 * 1024;
const NAMES = [
  "format", "uuid", "title", "body", "session", "date", "rehearsal", "rules", "blocks", "roll", "issuers", "box_key",
  "committee", "policy",
]; // prettier-ignore

/** @typedef {{ number: number, name: string, position: string }} Official */
/** @typedef {{ title: string, officials: Official[] }} Block */
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
  let number = 0;
  const blocks = array(m.blocks, "manifest.blocks").map((block, i) => {
    const where = `manifest.blocks[${i}]`;
    const { title, officials } = fields(block, where, ["title", "officials"]);
    const people = array(officials, `${where}.officials`).map((o, k) => parseOfficial(o, `${where}.officials[${k}]`));
    return { title: string(title, `${where}.title`), officials: people.map((o) => ({ number: ++number, ...o })) };
  });
  return Object.freeze({
    hash: sha256Hex(raw),
    ...texts(m, ["uuid", "title", "body", "session", "date"]),
    rehearsal: m.rehearsal,
    levels: array(m.rules?.levels, "manifest.rules.levels").map((l) => string(l?.label, "manifest.rules.levels.label")),
    blocks,
    issuers: array(m.issuers, "manifest.issuers").map(parseIssuer),
    boxKey: string(m.box_key, "manifest.box_key"),
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
