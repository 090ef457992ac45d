// The frame of the member's screens, and waiting for one of their buttons or for the state of things to change.
// Never here: what a screen says, or work that goes on behind it.

import { button, el, footer, primary, progressBar } from "../page/dom.js";

/**
 * What all parts of the page share.
 * @typedef {object} Member
 * @property {import("./words.js").Words} words
 * @property {import("./store.js").Store} store
 * @property {HTMLElement} root
 * @property {HTMLElement} strip stands under the band while the line is down
 * @property {HTMLElement} live read aloud when it changes
 * @property {import("./tools.js").Tools} tools what works off the page
 * @property {import("./routes.js").Seat | null} seat
 * @property {import("../protocol/manifest.js").Manifest | null} manifest
 * @property {import("./routes.js").State | null} state the server's last answer
 * @property {import("./store.js").Own | null} own
 * @property {import("./vault.js").Vault | null} vault the opened key file, while the page lives
 * @property {import("./vault.js").Vault | null} proof the key file as it was opened from the second medium
 * @property {any} committee the finished committee, once it was checked here
 * @property {boolean} [admitted] whether the committee of the open box holds the key that was made here
 * @property {boolean} unknown the server does not know this device
 * @property {{ code: string, accused: number, accuser: number } | null} lastEnd why the attempt before this one ended
 * @property {string} step what is being done
 * @property {(() => void) | null} interrupt ends the screen that waits
 */
/** @typedef {[name: string, text: string]} Choice the last one of a list is the one that stands out */

/** @param {Member} member @param {HTMLElement} screen */
export function show({ root }, screen) {
  root.replaceChildren(screen);
  const heading = screen.querySelector("h1");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true }); // read aloud
  letScroll(root);
}

/** What is longer than the screen can be scrolled by keys too. @param {HTMLElement} root */
export function letScroll(root) {
  const content = root.querySelector(".content");
  if (!content) return;
  if (content.scrollHeight > content.clientHeight) content.setAttribute("tabindex", "0");
  else content.removeAttribute("tabindex");
}

const STEPS = ["meet", "passphrase", "ceremony", "words", "save", "readBack"];

/**
 * @param {Member} member
 * @param {string} name
 * @param {import("../page/dom.js").Child[]} content
 * @param {import("../page/dom.js").Child[]} [buttons]
 * @param {string} [step] one of STEPS: shown as a number
 */
export function framed({ words, manifest, seat, strip }, name, content, buttons = [], step = "") {
  const place = STEPS.indexOf(step) + 1;
  return el(
    "section",
    { class: `screen member ${name}`, "data-screen": name.split(" ")[0] },
    manifest?.rehearsal && el("p", { class: "rehearsal" }, words.rehearsal),
    el(
      "header",
      {},
      el("span", { class: "left" }, manifest?.title ?? words.name),
      el("span", { class: "middle" }, place > 0 ? words.stepOf(place, STEPS.length) : ""),
      el("span", { class: "right" }, seat ? words.memberNumber(seat.number) : ""),
    ),
    strip,
    el("div", { class: "content" }, ...content),
    buttons.some(Boolean) && footer(...buttons),
  );
}

/**
 * Show what `build` makes and wait for its answer; undefined if meanwhile something else is due.
 * @template T
 * @param {Member} member
 * @param {(answer: (value: T) => void) => HTMLElement} build
 * @returns {Promise<T | undefined>}
 */
export function answered(member, build) {
  return new Promise((resolve) => {
    /** @param {T | undefined} value */
    const answer = (value) => {
      screen.inert = true; // a second press, before the next screen stands, is for nobody
      resolve(value);
    };
    const screen = build(answer);
    member.interrupt = () => answer(undefined);
    show(member, screen);
  });
}

/**
 * Show lines under a heading and wait for a button.
 * @param {Member} member
 * @param {string} title
 * @param {string[]} lines
 * @param {Choice[]} choices
 * @returns {Promise<string | undefined>} the name of the button
 */
export function ask(member, title, lines, choices) {
  return answered(member, (resolve) => {
    const said = lines.filter(Boolean).map((line) => el("p", {}, line));
    const content = el("section", { class: "trouble", role: "alert" }, el("h1", {}, title), ...said);
    return framed(member, "asking", [content], buttons(choices, resolve));
  });
}

/**
 * Say what went well, until the member goes on.
 * @param {Member} member
 * @param {string} title
 * @param {string[]} lines
 * @returns {Promise<boolean | undefined>}
 */
export function rejoice(member, title, [first, ...rest]) {
  return answered(member, (resolve) => {
    const text = [el("h1", { class: "title" }, title), lead(first), ...rest.map((line) => el("p", {}, line))];
    const next = primary(member.words.goOn, () => resolve(true), { "data-choice": "done" });
    return framed(member, "good", [el("div", { class: "column" }, ...text)], [next]);
  });
}

/** @param {Choice[]} choices @param {(name: string) => void} chosen */
export function buttons(choices, chosen) {
  return choices.map(([name, text], i) => {
    const make = i === choices.length - 1 ? primary : button;
    return make(text, () => chosen(name), { "data-choice": name });
  });
}

/**
 * Say what is being worked on; a second call with the same title moves the bar only.
 * @param {Member} member
 * @param {string} title
 * @param {string} [note]
 * @param {[number, number]} [of]
 */
export function working(member, title, note = "", [done, total] = [0, 0]) {
  member.interrupt = null;
  const before = member.root.querySelector(".working");
  if (before?.querySelector("h1")?.textContent === title) return advance(before, note, done, total);
  const { screen } = progressBar(title, total || 1);
  screen.append(el("p", { class: "lead note" }, note));
  member.live.textContent = title;
  const shown = framed(member, "working", [screen]);
  advance(shown, note, done, total);
  return show(member, shown);
}

/** @param {Element} screen @param {string} note @param {number} done @param {number} total */
function advance(screen, note, done, total) {
  const bar = /** @type {HTMLProgressElement} */ (screen.querySelector("progress"));
  if (total) Object.assign(bar, { max: total, value: done });
  else bar.removeAttribute("value"); // no end in sight: the bar only moves
  const place = screen.querySelector(".note");
  if (place && place.textContent !== note) place.textContent = note;
}

/** @param {string} text @returns {HTMLElement} */
export function lead(text) {
  return el("p", { class: "lead" }, text);
}

/** @param {string} hex @returns {string[]} groups of four */
export function groups(hex) {
  return hex.match(/.{1,4}/g) ?? [];
}

/** Groups of four, each a word of its own. @param {string} hex @param {string} [name] */
export function grouped(hex, name = "groups") {
  return el("p", { class: name }, ...groups(hex).flatMap((group) => [el("span", {}, group), " "]));
}
