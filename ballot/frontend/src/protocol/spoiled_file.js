// spoiled.json as a verifier reads it: drafts opened to test a terminal, each encrypted again and compared.
// Never here: a ballot that counts; no ciphertext of these ever may. Twin: tally/protocol/spoiled.py; SPEC 4.10, 5.1.

import { checkTerminal, commitCode } from "./ballot.js";
import { readCiphertext } from "./cast_ballot.js";
import { checkChoices } from "./election.js";
import { array, fields, hexHash, integer } from "./encoding.js";
import { demand } from "./errors.js";
import { decodeScalar, encodePoints, G, IDENTITY } from "./group.js";
import { checkAscending, readJson } from "./reading.js";

/** @typedef {import("./election.js").Election} Election */
/** @typedef {import("./membership.js").Members} Members */
/** @typedef {{ alpha: string, beta: string, value: number, randomness: bigint }} OpenedChoice in hex */
/** @typedef {{ terminal: string, rows: OpenedChoice[][] }} OpenedBallot */
/** @typedef {{ election: string, ballots: OpenedBallot[] }} Spoiled */

const FORMAT = "phieu-tin-nhiem/spoiled/v1";
const LIMIT = 256 * 1024 ** 2;

/** Throws reading errors. @param {Uint8Array} raw @param {Members} members @param {string} [where] @returns {Spoiled} */
export function parseSpoiled(raw, members, where = "spoiled.json") {
  const m = fields(readJson(raw, where, LIMIT), where, ["format", "election", "spoiled"]);
  demand(m.format === FORMAT, "WRONG_SHAPE", `${where}.format`);
  const ballots = array(m.spoiled, `${where}.spoiled`).map((v, i) => readOpened(v, `${where}.spoiled[${i}]`, members));
  return { election: hexHash(m.election, `${where}.election`), ballots };
}

/** @param {any} value @param {string} where @param {Members} members @returns {OpenedBallot} */
function readOpened(value, where, members) {
  const m = fields(value, where, ["terminal", "rows"]);
  const rows = array(m.rows, `${where}.rows`).map((row, i) => {
    const place = `${where}.rows[${i}]`;
    return array(row, place).map((choice, k) => readChoice(choice, `${place}[${k}]`, members));
  });
  return { terminal: checkTerminal(m.terminal), rows };
}

/** @param {any} value @param {string} where @param {Members} members @returns {OpenedChoice} */
function readChoice(value, where, members) {
  const { alpha, beta, value: mark, randomness } = fields(value, where, ["alpha", "beta", "value", "randomness"]);
  readCiphertext({ alpha, beta }, where, members);
  const opened = { value: integer(mark, `${where}.value`, 0, 1), randomness: decodeScalar(randomness, `${where}.randomness`) };
  return { alpha, beta, ...opened };
}

/** Check round and order. Throws MISMATCH, NOT_SORTED. @param {Spoiled} spoiled @param {Election} election @param {string} [where] */
export function checkSpoiledForm({ election: named, ballots }, election, where = "spoiled.json") {
  demand(named === election.hash, "MISMATCH", `${where}.election`);
  const codes = ballots.map(({ rows }) => commitCode(election, /** @type {any} */ ({ ciphertexts: rows })));
  checkAscending(codes, `${where}.spoiled`);
}

/**
 * Encrypt an opened draft again and compare. Throws WRONG_SHAPE, BAD_CHOICE, BAD_PROOF. SPEC 5.1, step 2.
 * @param {OpenedBallot} opened
 * @param {Election} election
 * @param {import("./ballot_proofs.js").Prepared} prepared
 * @param {string} where
 */
export function checkOpenedBallot({ rows }, election, { g, y }, where) {
  checkChoices(election, rows.map((row) => row.map(({ value }) => value))); // prettier-ignore
  rows.forEach((row, i) => {
    const again = row.flatMap(({ value, randomness }) => [g(randomness), y(randomness).add(value ? G : IDENTITY)]);
    const texts = encodePoints(again);
    row.forEach(({ alpha, beta }, k) => {
      demand(texts[2 * k] === alpha && texts[2 * k + 1] === beta, "BAD_PROOF", `${where}[${i}][${k}]`);
    });
  });
}

/** @param {Spoiled} spoiled @returns {Set<string>} every opened alpha in hex */
export function openedAlphas({ ballots }) {
  return new Set(ballots.flatMap(({ rows }) => rows.flat().map(({ alpha }) => alpha)));
}
