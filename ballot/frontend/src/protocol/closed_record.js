// What a committee member's page verifies before it decrypts: a closed record, from its files to its encrypted tally.
// Never here: a network, a secret, or a check of its own invention. Twins: tally/verify.py, tally/checks; SPEC 6, column C.
//
//     const examined = await examineRecord(files, { manifest: hashFromTheKeyFile, progress, signal });
//     examined.issued, examined.returned, examined.root           three numbers to compare with paper
//     examined.checked, examined.of                               ballots whose proofs were checked, of how many
//     decryptPartially(examined, { owner, secret })               decryption.js; takes nothing but what was examined
//
// Checks run in the order of their numbers, save that the proofs of ballots (19) come last, with what the budget leaves.

import { makeCourse } from "./course.js";
import { Refused } from "./errors.js";
import { randBelow } from "./group.js";
import { BALLOTS, shapes } from "./record_ballots.js";
import { checkProofsWithin } from "./record_proofs.js";
import { SETTLED } from "./record_settled.js";
import { ALL_FILES } from "./record_files.js";
import { witnesses } from "./witnesses.js";

/** @typedef {import("./record_files.js").Evidence} Evidence */
/**
 * A record that passed every check before decryption.
 * @typedef {object} Examined
 * @property {number} issued *phát ra*
 * @property {number} returned *thu về*
 * @property {string} root in 64 hex digits, to be compared with the paper
 * @property {number} checked ballots whose zero-knowledge proofs were checked: all, or a sample drawn uniformly
 * @property {number} of ballots in all
 * @property {import("./witnesses.js").Witness[]} witnesses whose copies are in the record, and agree with it
 * @property {number} tested drafts that were opened to test terminals
 * @property {import("./sealed_manifest.js").SealedManifest} manifest
 * @property {import("./committee.js").Committee} committee
 * @property {import("./election.js").Election} election
 * @property {import("./sums.js").EncryptedTally} tally what is decrypted
 * @property {import("./opening_file.js").Override[]} overrides written exceptions to the conflict of interest
 */
/**
 * @typedef {object} Options
 * @property {string} manifest hash of the manifest of the member's ceremony, from the key file (in hex)
 * @property {number} [budget] ms for the proofs of ballots; 0 checks none of them
 * @property {import("./course.js").Progress} [progress] told (check, 0, 1) when one begins, (check, 1, 1) when it has passed, and
 *   (check, done, total) in between; their names are in record_checks.js
 * @property {AbortSignal} [signal] stops within a few ballots; what is thrown is its reason
 * @property {import("./group.js").RandBelow} [random] draws the sample
 */

const BUDGET = 60_000;
/** @type {import("./record_files.js").Check} */
const WATCHED = [28, witnesses];

/**
 * Verify a record up to its encrypted tally, whatever follows it. Throws Refused with the code of the first finding, the
 * same as Python's, and `check`, the number of the check that found it. SPEC 5.6, step 1.
 * @param {Record<string, Uint8Array>} files by their names in the record; result.json may be among them and is not read
 * @param {Options} options
 * @returns {Promise<Examined>}
 */
export async function examineRecord(files, { manifest, budget = BUDGET, progress, signal, random = randBelow }) {
  const course = makeCourse(progress, signal);
  const evidence = /** @type {Evidence} */ ({ files, expected: manifest });
  for (const [number, check] of [...ALL_FILES, ...SETTLED, ...BALLOTS, WATCHED]) await run(number, check, evidence, course);
  let checked = 0;
  await run(19, async (e) => void (checked = await checkProofsWithin(e, { budget, random, course })), evidence, course);
  const { credentials, ballots, archive, spoiled, opening } = evidence;
  return Object.freeze({
    issued: credentials.credentials.length - credentials.voided.length,
    returned: ballots.length,
    root: archive.root,
    checked,
    of: ballots.length,
    tested: spoiled.ballots.length,
    witnesses: evidence.witnesses,
    manifest: evidence.manifest,
    committee: evidence.committee,
    election: evidence.election,
    tally: evidence.tally,
    overrides: opening.overrides,
  });
}

/** @param {number} number @param {(e: Evidence, course: import("./course.js").Course) => unknown} check @param {Evidence} evidence @param {import("./course.js").Course} course */
async function run(number, check, evidence, course) {
  const tell = check !== shapes; // the cheap half of 19, long before the other
  if (tell) await course(number, 0, 1);
  try {
    await check(evidence, course);
  } catch (error) {
    if (error instanceof Refused) /** @type {any} */ (error).check = number;
    throw error;
  }
  if (tell) await course(number, 1, 1);
}
