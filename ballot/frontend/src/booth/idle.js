// A voter who walks away: after a minute of silence a question, after another the screen is covered, then wiped.
// Never here: a decision to send anything, or a mark that shines through the cover.

import { ask, el, footer, primary } from "../page/dom.js";

const EVENTS = ["pointerdown", "keydown", "wheel", "touchmove", "input"];

/**
 * @typedef {object} Watch
 * @property {() => void} start as a screen comes whose silence counts
 * @property {() => void} stop as one comes that waits for as long as it takes
 */

/**
 * Watch for silence: a question after `seconds`, the cover after twice, `wipe` after three times as long.
 * @param {object} options
 * @param {number} options.seconds
 * @param {import("./words.js").Words} options.words
 * @param {HTMLElement} options.root hidden while covered
 * @param {(covered: boolean) => void} options.cover tells that the screen was covered, or is again to be seen
 * @param {() => void} options.wipe
 * @returns {Watch}
 */
export function watchIdle({ seconds, words, root, cover, wipe }) {
  let [watching, last, stage] = [false, performance.now(), 0];
  /** @type {() => void} */ let close = () => {};
  /** @type {HTMLElement} */ let lead = el("p", {});
  /** @type {Element | null} */ let focused = null;

  const stay = () => {
    last = performance.now();
    if (stage === 0) return;
    const covered = stage === 2;
    stage = 0;
    close();
    root.hidden = false;
    if (focused instanceof HTMLElement && focused.isConnected) focused.focus();
    if (covered) cover(false);
  };
  const show = (/** @type {number} */ to) => {
    focused = stage === 0 ? document.activeElement : focused;
    close();
    stage = to;
    lead = el("p", {});
    root.hidden = stage === 2;
    const [title, answer, name] = to === 2 ? [words.coverTitle, words.hereAgain, "cover"] : [words.idleTitle, words.stay, ""];
    const buttons = footer(primary(answer, stay, { autofocus: true }));
    close = ask(el("div", {}, el("h1", {}, title), lead, buttons), stay, name);
    if (to === 2) cover(true);
  };
  const tick = () => {
    if (!watching) return;
    const silent = Math.floor((performance.now() - last) / 1000);
    const due = Math.min(3, Math.floor(silent / seconds));
    if (due === 3) return wipe();
    if (due > stage) show(due);
    if (stage === 1) lead.textContent = words.idleLead(2 * seconds - silent);
    if (stage === 2) lead.textContent = words.coverLead(3 * seconds - silent);
  };
  for (const event of EVENTS) {
    document.addEventListener(event, () => stage === 0 && (last = performance.now()), { capture: true, passive: true });
  }
  setInterval(tick, 250);
  const set = (/** @type {boolean} */ on) => () => {
    watching = on;
    stay();
  };
  return { start: set(true), stop: set(false) };
}
