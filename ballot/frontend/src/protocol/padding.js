// One length for every ballot on its way to the box, so that nobody who sees the network learns anything from sizes.
// Never here: padding inside a ballot, whose bytes are hashed. SPEC 5.13. Twin: tally/protocol/padding.py.

import { canonicalText } from "./encoding.js";
import { demand } from "./errors.js";

/** @typedef {import("./election.js").Election} Election */

const LONGEST = "9".repeat(76); // no scalar has more digits
const POINT = "0".repeat(64);
const HASH = "0".repeat(43);

/** @param {Election} election @returns {number} bytes of a ballot in which every scalar has its most digits */
export function paddedLength(election) {
  const proof = { challenge: LONGEST, response: LONGEST };
  const answers = election.questions.map(({ answers: { length } }) => ({
    choices: Array(length).fill({ alpha: POINT, beta: POINT }),
    individual_proofs: Array(length).fill([proof, proof]),
    overall_proof: [proof, proof],
  }));
  const body = { election_uuid: election.uuid, election_hash: HASH, credential: POINT, answers };
  return canonicalText({ ...body, signature: { hash: HASH, proof } }).length; // ASCII throughout
}

/** Append spaces up to the constant length. Throws TOO_LARGE. @param {Uint8Array} raw @param {Election} election @returns {Uint8Array} */
export function padded(raw, election) {
  const length = paddedLength(election);
  demand(raw.length <= length, "TOO_LARGE", "ballot");
  const body = new Uint8Array(length).fill(0x20);
  body.set(raw);
  return body;
}
