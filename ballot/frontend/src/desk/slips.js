// How far the desk's slips are, and whether a station has typed the pairing code.
// Never here: a slip's code; the desk never learns one.

import { el } from "../page/dom.js";
import { follow, set } from "./live.js";

/** @typedef {{ name: string, kind: string, words: string }} Slip */

/** All open slips of this desk. @param {HTMLElement} section */
export function followSlips(section) {
  const list = /** @type {HTMLElement} */ (section.querySelector("[data-slip-list]"));
  const none = /** @type {HTMLElement} */ (section.querySelector("[data-slip-none]"));
  let shown = "";
  follow(section.dataset.slips ?? "", section.querySelector("[data-trouble]"), (/** @type {{ orders: Slip[] }} */ { orders }) => {
    const next = JSON.stringify(orders);
    if (next === shown) return;
    shown = next;
    none.hidden = orders.length > 0;
    list.replaceChildren(
      ...orders.map((slip) => el("li", {}, slip.name || slip.kind, el("span", { class: "state" }, slip.words))),
    );
  });
}

/** The slip of the voter on the page; printed, it offers what comes next, which the server's page knows. @param {HTMLElement} place */
export function followSlip(place) {
  follow(place.dataset.slip ?? "", null, (/** @type {{ words: string, waiting: boolean }} */ { words, waiting }) => {
    set(place, words);
    return waiting;
  });
}

/** @param {HTMLElement} line */
export function followPairing(line) {
  const trouble = /** @type {HTMLElement | null} */ (document.querySelector("[data-trouble]"));
  follow(line.dataset.pairing ?? "", trouble, (/** @type {{ paired: boolean, waiting: boolean }} */ { paired, waiting }) => {
    if (paired && !waiting) set(line, line.dataset.done);
    return waiting;
  });
}
