// Check 19: the zero-knowledge proofs of all ballots, or of as many as the budget of time allows, drawn by lot.
// Never here: a proof's equations (ballot_proofs.js), or a budget that hides what was left. SPEC 5.2, step 7.
//
// Ballots are taken in a random order, so that what is done when time is up is a uniform sample: nobody who stuffs
// ballots knows which will be looked at. Of n ballots with b bad ones a sample of k misses all with C(n−b,k)/C(n,k).

import { checkBallotProofs } from "./ballot_proofs.js";
import { place } from "./record_ballots.js";

/** @typedef {import("./record_files.js").Evidence} Evidence */

/**
 * Check proofs until all are done or `budget` ms are over; return how many ballots were checked. Throws BAD_PROOF.
 * @param {Evidence} e
 * @param {{ budget: number, random: import("./group.js").RandBelow, course: import("./course.js").Course }} how
 * @returns {Promise<number>}
 */
export async function checkProofsWithin({ ballots, prepared }, { budget, random, course }) {
  const order = shuffled(ballots.length, random);
  const start = performance.now();
  let done = 0;
  while (done < order.length && performance.now() - start < budget) {
    const index = order[done++];
    checkBallotProofs(ballots[index], prepared, place(index));
    const each = (performance.now() - start) / done;
    await course(19, done, Math.max(done, Math.min(order.length, Math.ceil(budget / each))));
  }
  return done;
}

/** Fisher and Yates. @param {number} length @param {import("./group.js").RandBelow} random @returns {number[]} 0 … length − 1 in random order */
function shuffled(length, random) {
  const order = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const other = Number(random(BigInt(i + 1)));
    [order[i], order[other]] = [order[other], order[i]];
  }
  return order;
}
