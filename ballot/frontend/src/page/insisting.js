// The same request again and again until it is answered, ever more slowly.
// Never here: what is asked, what a page says meanwhile, or an answer that is no.

import { Declined, Unreachable } from "./net.js";

const FIRST_MS = 1_000;

/**
 * Do `act` until it is answered. Throws what `act` throws, save Unreachable.
 * @template T
 * @param {() => Promise<T>} act
 * @param {object} line
 * @param {number} line.longest milliseconds between two attempts, at most
 * @param {() => void} line.up the other side has answered, if only no
 * @param {(failures: number, delay: number, why: string) => Promise<unknown>} line.down waits `delay`, and says so;
 *   `failures` came before this one, `why` is the other side's sentence if it gave one
 * @returns {Promise<T>}
 */
export async function insistOn(act, { longest, up, down }) {
  for (let failures = 0; ; failures++) {
    try {
      const answer = await act();
      up();
      return answer;
    } catch (error) {
      if (error instanceof Declined) up(); // a no is an answer
      if (!(error instanceof Unreachable)) throw error;
      await down(failures, Math.min(longest, FIRST_MS * 2 ** failures), error.sentence);
    }
  }
}
