// The line to the other side, and what the band and the screen say while it is down.
// Never here: what is asked, or an answer that is no.

import { insistOn } from "../page/insisting.js";
import { ask, show } from "./screen.js";

const LONGEST_MS = 15_000;
const PATIENT = 1; // this many failures in a row are shown in the band only

/**
 * Do `act` until it is answered. Throws what `act` throws, save Unreachable.
 * @template T
 * @param {import("./screen.js").Station} station
 * @param {() => Promise<T>} act
 * @returns {Promise<T>}
 */
export function insist(station, act) {
  return insistOn(act, {
    longest: LONGEST_MS,
    up: () => tell(station, station.words.lineUp, "up"),
    down: (failures, delay, why) => outage(station, failures, delay, why),
  });
}

/**
 * @param {import("./screen.js").Station} station
 * @param {number} failures before this one
 * @param {number} delay
 * @param {string} why
 */
async function outage(station, failures, delay, why) {
  const { words } = station;
  tell(station, words.lineDown(Math.round(delay / 1000)), "down");
  if (failures < PATIENT || station.away) return pause(station, delay);
  const before = station.root.firstElementChild;
  const lines = [...(why ? [why] : []), words.downSafe, words.downNext];
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
