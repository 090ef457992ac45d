// The line to the server, and what the strip above the screens says of it.
// Never here: what is asked, or an answer that is no.

import { insistOn } from "../page/insisting.js";

const LONGEST_MS = 10_000;

/** @typedef {import("./screen.js").Member} Member */

/**
 * Do `act` until it is answered. Throws what `act` throws, save Unreachable.
 * @template T
 * @param {Member} member
 * @param {() => Promise<T>} act
 * @returns {Promise<T>}
 */
export function insist(member, act) {
  return insistOn(act, {
    longest: LONGEST_MS,
    up: () => tell(member, ""),
    down: (failures, delay) => {
      if (failures > 0) tell(member, member.words.lineDown);
      return sleep(delay);
    },
  });
}

/** @param {Member} member @param {string} text */
function tell({ strip }, text) {
  if (strip.textContent !== text) strip.textContent = text;
}

/** @param {number} ms @returns {Promise<void>} */
export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
