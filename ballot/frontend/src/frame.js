// The frame of every screen: identity band with three places, the rehearsal's mark, content, buttons below.
// Never here: what a screen says.

import { el, footer } from "./dom.js";

/**
 * @param {{ manifest: import("./manifest.js").Manifest, words: import("./words.js").Words }} page
 * @param {{ name: string, left?: string, middle?: string, right?: HTMLElement | string }} band
 * @param {(import("./dom.js").Child)[]} content
 * @param {(import("./dom.js").Child)[]} buttons
 * @returns {HTMLElement}
 */
export function frame({ manifest, words }, { name, left = manifest.title, middle = "", right = "" }, content, buttons) {
  return el(
    "section",
    { class: `screen ${name}` },
    manifest.rehearsal && el("p", { class: "rehearsal" }, words.rehearsal),
    el("header", {}, el("span", { class: "left" }, left), el("span", {}, middle), el("span", { class: "right" }, right)),
    el("div", { class: "content" }, ...content),
    buttons.length > 0 && footer(...buttons),
  );
}
