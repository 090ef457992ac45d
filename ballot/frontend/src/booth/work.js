// The pieces into which encrypting and proving are cut: what a worker does, and the page where there is none.
// Never here: chance; the page draws it in the order of the specification, so that the bytes do not depend on who works.

import { draftOf, drawForRow, drawRandomness, encryptRow, proveRow, rowOf, signAnswers } from "../protocol/ballot.js";
import { randBelow } from "../protocol/group.js";

/** @typedef {import("../protocol/election.js").Election} Election */
/** @typedef {import("../protocol/ballot.js").Draft} Draft */
/** @typedef {import("../protocol/credential.js").Credential} Credential */
/** @typedef {import("../protocol/group.js").RandBelow} RandBelow */
/**
 * One question's worth of work; everything in it can be sent to a worker.
 * @typedef {{ kind: "encrypt", row: number[], randomness: bigint[] }
 *   | { kind: "prove", row: import("../protocol/ballot.js").DraftRow, owner: string,
 *       drawn: import("../protocol/proofs.js").Drawn[] }} Task
 */
/** @typedef {(tasks: Task[]) => Promise<any[] | undefined>} Workforce undefined if the voter has gone */

/** @param {Election} election @param {Task} task @returns {any} */
export function perform(election, task) {
  if (task.kind === "encrypt") return encryptRow(election, task.row, task.randomness);
  return proveRow(election, task.row, task.owner, task.drawn);
}

/**
 * Encrypt; the same bytes as `encrypt` for the same chance.
 * @param {Election} election
 * @param {number[][]} choices
 * @param {Workforce} workforce
 * @param {RandBelow} [random]
 * @returns {Promise<Draft | undefined>}
 */
export async function makeDraft(election, choices, workforce, random = randBelow) {
  const randomness = drawRandomness(election, choices, random);
  const rows = await workforce(choices.map((row, i) => ({ kind: "encrypt", row, randomness: randomness[i] })));
  return rows && draftOf(choices, randomness, rows);
}

/**
 * Prove and sign; the same bytes as `cast` for the same chance.
 * @param {Election} election
 * @param {Draft} draft
 * @param {Credential} credential
 * @param {Workforce} workforce
 * @param {RandBelow} [random]
 * @returns {Promise<Uint8Array | undefined>}
 */
export async function makeBallot(election, draft, credential, workforce, random = randBelow) {
  const owner = credential.public;
  const drawn = draft.choices.map((marks) => drawForRow(marks, random));
  const answers = await workforce(
    draft.choices.map((_, i) => ({ kind: "prove", row: rowOf(draft, i), owner, drawn: drawn[i] })),
  );
  return answers && signAnswers(election, answers, credential, random);
}
