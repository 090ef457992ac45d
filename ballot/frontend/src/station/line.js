// The line to the other side: the same request again and again until it is answered, ever more slowly, and said plainly.
// Never here: what is asked, or an answer that is no.

import { Declined, Unreachable } from "../page/net.js";
import { ask, show } from "./screen.js";

const FIRST_MS = 1_000;
const LONGEST_MS = 15_000;
const PATIENT = 1; // this many failures in a row are shown in the band only

/**
 * Do `act` until it is answered. Throws what `act` throws, save Unreachable.
 * @template T
 * @param {import("./screen.js").Station} station
 * @param {() => Promise<T>} act
 * @returns {Promise<T>}
 */
export async function insist(station, act) {
  for (let failures = 0; ; failures++) {
    try {
      const answer = await act();
      tell(station, station.words.lineUp, "up");
      return answer;
    } catch (error) {
      if (error instanceof Declined) tell(station, station.words.lineUp, "up"); // a no is an answer
      if (!(error instanceof Unreachable)) throw error;
      await outage(station, failures);
    }
  }
}

/** @param {import("./screen.js").Station} station @param {number} failures before this one */
async function outage(station, failures) {
  const { words } = station;
  const delay = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
  tell(station, words.lineDown(Math.round(delay / 1000)), "down");
  if (failures < PATIENT || station.away) return pause(station, delay);
  const before = station.root.firstElementChild;
  const lines = [words.downSafe, words.downNext];
  await Promise.race([pause(station, delay), ask(station, words.downTitle, lines, [["now", words.retryNow]])]);
  if (before instanceof HTMLElement && !station.away) show(station, before);
}

/** @param {import("./screen.js").Station} station @param {string} text @param {"up" | "down"} state */
function tell({ line, live }, text, state) {
  if (line.dataset.state !== state) live.textContent = text;
  line.dataset.state = state;
  line.textContent = text;
}

/** Wait, or until something calls `station.wake`. @param {import("./screen.js").Station} station @param {number} ms @returns {Promise<void>} */
export function pause(station, ms) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    station.wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}
