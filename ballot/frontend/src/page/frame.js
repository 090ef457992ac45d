// The frame of every screen: identity band with three places, the rehearsal's mark, content, buttons below.
// Never here: what a screen says.

import { el, footer } from "./dom.js";

/**
 * @typedef {object} Framed
 * @property {{ title: string, rehearsal: boolean }} manifest
 * @property {{ rehearsal: string }} words
 * @property {{ face: () => HTMLElement | null }} [presence] gives the button that calls an attendant
 */

/**
 * @param {Framed} page
 * @param {{ name: string, left?: HTMLElement | string, middle?: string, right?: HTMLElement | string }} band
 * @param {(import("./dom.js").Child)[]} content
 * @param {(import("./dom.js").Child)[]} buttons
 * @returns {HTMLElement}
 */
export function frame({ manifest, words, presence }, { name, left = manifest.title, middle = "", right = "" }, content, buttons) {
  const call = presence?.face();
  return el(
    "section",
    { class: `screen ${name}` },
    manifest.rehearsal && el("p", { class: "rehearsal" }, words.rehearsal),
    el(
      "header",
      {},
      el("span", { class: "left" }, left),
      el("span", { class: "middle" }, middle),
      el("span", { class: "right" }, right),
      call,
    ),
    el("div", { class: "content" }, ...content),
    buttons.some(Boolean) && footer(...buttons),
  );
}
