// The frame of the station's screens, and waiting for one of their buttons.
// Never here: what a screen says, or work that goes on behind it.

import { button, el, footer, primary, progressBar } from "../page/dom.js";

/**
 * What all parts of the station share.
 * @typedef {object} Station
 * @property {import("./words.js").Words} words
 * @property {import("./store.js").Store} store
 * @property {HTMLElement} root
 * @property {string} box origin of the box
 * @property {import("./routes.js").Pairing | null} pairing
 * @property {import("../protocol/manifest.js").Manifest | null} manifest
 * @property {import("./routes.js").Work | null} work the registry's last answer
 * @property {string[]} aside ids of orders that the attendant left for later
 * @property {Set<string>} known ids of records without an order that the attendant has seen
 * @property {boolean} away the attendant is at a screen that work must not take away
 * @property {HTMLElement} line where the state of the line stands
 * @property {HTMLElement} live read aloud when it changes
 * @property {() => void} wake ends a pause at once
 */
/** @typedef {[name: string, text: string]} Choice the last one of a list is the one that stands out */

/** @param {Station} station @param {HTMLElement} screen */
export function show({ root }, screen) {
  root.replaceChildren(screen);
  const heading = screen.querySelector("h1");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true }); // read aloud; and a scanner's Enter presses no button by chance
  letScroll(root);
}

/** What is longer than the screen can be scrolled by keys too. @param {HTMLElement} root */
export function letScroll(root) {
  const content = root.querySelector(".content");
  if (content) content.toggleAttribute("tabindex", content.scrollHeight > content.clientHeight);
  if (content?.hasAttribute("tabindex")) content.setAttribute("tabindex", "0");
}

/**
 * @param {Station} station
 * @param {string} name
 * @param {import("../page/dom.js").Child[]} content
 * @param {import("../page/dom.js").Child[]} [buttons]
 */
export function framed({ words, manifest, line }, name, content, buttons = []) {
  return el(
    "section",
    { class: `screen station ${name}` },
    manifest?.rehearsal && el("p", { class: "rehearsal" }, words.rehearsal),
    el(
      "header",
      {},
      el("span", { class: "left" }, manifest?.title ?? words.name),
      el("span", { class: "middle" }, manifest ? words.name : ""),
      line,
    ),
    el("div", { class: "content" }, ...content),
    buttons.length > 0 && footer(...buttons),
  );
}

/**
 * Show lines under a heading and wait for a button.
 * @param {Station} station
 * @param {string} title
 * @param {string[]} lines
 * @param {Choice[]} choices
 * @returns {Promise<string>} the name of the button
 */
export function ask(station, title, lines, choices) {
  return new Promise((resolve) => {
    const said = lines.map((line) => el("p", {}, line));
    const content = el("section", { class: "trouble", role: "alert" }, el("h1", {}, title), ...said);
    show(station, framed(station, "asking", [content], buttons(choices, resolve)));
  });
}

/** @param {Choice[]} choices @param {(name: string) => void} chosen */
export function buttons(choices, chosen) {
  return choices.map(([name, text], i) => {
    const make = i === choices.length - 1 ? primary : button;
    return make(text, () => chosen(name), { "data-choice": name });
  });
}

/** Say what is being worked on. @param {Station} station @param {string} title @param {string} [note] @param {[number, number]} [of] */
export function working(station, title, note = "", [done, total] = [0, 0]) {
  const { screen, advance } = progressBar(title, total || 1);
  if (total) advance(done);
  else screen.querySelector("progress")?.removeAttribute("value"); // no end in sight: the bar only moves
  screen.append(el("p", { class: "lead" }, note));
  station.live.textContent = note || title;
  show(station, framed(station, "working", [screen]));
}
