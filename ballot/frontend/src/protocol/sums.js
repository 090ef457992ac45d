// The encrypted tally: the product of all ballots of a round, and the record that says over how many it is.
// Never here: a decryption, or a single ballot. Twin: tally/protocol/sums.py; SPEC 4.8, 5.5.

import { canonical, fields, hexHash, integer, sha256Hex } from "./encoding.js";
import { demand } from "./errors.js";
import { encodePoints, IDENTITY } from "./group.js";
import { readJson } from "./reading.js";

/** @typedef {import("./group.js").Point} Point */
/** @typedef {import("./cast_ballot.js").CastBallot} CastBallot */
/** One row a question, one sum an answer; `hash` of the canonical bytes `raw`. @typedef {{ rows: { alpha: Point, beta: Point }[][], raw: Uint8Array, hash: string }} EncryptedTally */

const MAX_WEIGHT = 2 ** 30 - 1;

/** Multiply ballots whose shape was checked. @param {import("./election.js").Election} election @param {CastBallot[]} ballots @returns {EncryptedTally} SPEC 5.5 */
export function tallyOver(election, ballots) {
  const rows = election.questions.map(({ answers }) => answers.map(() => ({ alpha: IDENTITY, beta: IDENTITY })));
  for (const { answers } of ballots) {
    answers.forEach(({ choices }, i) => {
      choices.forEach(({ alpha, beta }, k) => {
        const sum = rows[i][k];
        rows[i][k] = { alpha: sum.alpha.add(alpha), beta: sum.beta.add(beta) };
      });
    });
  }
  const raw = canonical(encoded(rows));
  return { rows, raw, hash: sha256Hex(raw) };
}

/** @param {{ alpha: Point, beta: Point }[][]} rows @returns {{ alpha: string, beta: string }[][]} */
function encoded(rows) {
  const texts = encodePoints(rows.flat().flatMap(({ alpha, beta }) => [alpha, beta]));
  return rows.map((row) =>
    row.map(() => {
      const [alpha, beta] = texts.splice(0, 2);
      return { alpha, beta };
    }),
  );
}

/**
 * Check that the archived sums are these, byte for byte, and say over how many ballots they are.
 * Throws MISMATCH, WRONG_COUNT and reading errors. SPEC 6, check 23.
 * @param {Uint8Array} raw
 * @param {Uint8Array} sizedRaw
 * @param {EncryptedTally} tally
 * @param {number} ballots
 */
export function checkSums(raw, sizedRaw, tally, ballots) {
  demand(sha256Hex(raw) === tally.hash, "MISMATCH", "encrypted_tally");
  const where = "sized_tally";
  const m = fields(readJson(sizedRaw, where, 4096), where, ["num_tallied", "total_weight", "encrypted_tally"]);
  integer(m.num_tallied, `${where}.num_tallied`, 0);
  integer(m.total_weight, `${where}.total_weight`, 0, MAX_WEIGHT);
  hexHash(m.encrypted_tally, `${where}.encrypted_tally`);
  demand(m.num_tallied === ballots && m.total_weight === ballots, "WRONG_COUNT", where);
  demand(m.encrypted_tally === tally.hash, "MISMATCH", where);
}
