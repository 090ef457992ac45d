// A voter who walks away: after a minute of silence a question, after another the screen is wiped.
// Never here: a decision to send anything.

import { ask, el, footer, primary } from "./dom.js";

const EVENTS = ["pointerdown", "keydown", "wheel", "touchmove", "input"];

/**
 * Watch for silence. `start` and `stop` as screens come and go; `wipe` is called after `seconds` + `seconds`.
 * @param {{ seconds: number, words: import("./words.js").Words, wipe: () => void }} options
 */
export function watchIdle({ seconds, words, wipe }) {
  let [watching, last] = [false, performance.now()];
  /** @type {(() => void) | null} */ let close = null;
  /** @type {HTMLElement | null} */ let lead = null;

  const stay = () => {
    last = performance.now();
    close?.();
    close = null;
  };
  const question = () => {
    lead = el("p", {});
    const buttons = footer(primary(words.stay, stay, { autofocus: true }));
    close = ask(el("div", {}, el("h1", {}, words.idleTitle), lead, buttons), stay);
  };
  const tick = () => {
    if (!watching) return;
    const silent = Math.floor((performance.now() - last) / 1000);
    if (silent >= 2 * seconds) return wipe();
    if (silent >= seconds && !close) question();
    if (close && lead) lead.textContent = words.idleLead(2 * seconds - silent);
  };
  for (const event of EVENTS) {
    document.addEventListener(event, () => !close && (last = performance.now()), { capture: true, passive: true });
  }
  setInterval(tick, 500);
  return {
    start: () => {
      watching = true;
      stay();
    },
    stop: () => {
      watching = false;
      stay();
    },
  };
}
