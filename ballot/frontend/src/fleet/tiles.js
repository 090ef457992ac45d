// One tile per terminal: its name, a shape and a word for its state, and whether somebody calls.
// Never here: a colour that alone tells a state, a request, or a time.

import { el } from "../page/dom.js";

const SVG = "http://www.w3.org/2000/svg";

/** Shapes differ in outline, so that they are told apart without colour and from afar. */
const SHAPES = {
  idle: "M12 3a9 9 0 1 0 .001 0zm0 3a6 6 0 1 1-.001 0z", // a ring
  voting: "M12 3a9 9 0 1 0 .001 0z", // a disc
  stalled: "M12 2 23 21H1zm-1.2 6v6h2.4V8zm0 8v2.4h2.4V16z", // a triangle with a mark
  offline: "M5 2 12 9l7-7 3 3-7 7 7 7-3 3-7-7-7 7-3-3 7-7-7-7z", // a cross
};

/** @typedef {keyof typeof SHAPES} State */
/** @typedef {{ terminal: string, state: State, call: boolean }} Beat */

/** @param {Beat} beat @param {import("./words.js").FleetWords} words @returns {HTMLElement} */
export function tile({ terminal, state, call }, words) {
  return el(
    "li",
    { class: `tile ${state}${call ? " calls" : ""}`, "data-terminal": terminal },
    el("span", { class: "name" }, terminal),
    el("span", { class: "state" }, shape(state), el("span", {}, words.states[state])),
    call && el("span", { class: "call" }, words.calls),
  );
}

/** @param {State} state */
function shape(state) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[state]);
  path.setAttribute("fill-rule", "evenodd");
  svg.append(path);
  return svg;
}

/** How many terminals are in each state. @param {Beat[]} beats @param {import("./words.js").FleetWords} words */
export function summary(beats, words) {
  const parts = /** @type {State[]} */ (Object.keys(SHAPES))
    .map((state) => [words.states[state], beats.filter((beat) => beat.state === state).length])
    .filter(([, number]) => number);
  return [words.count(beats.length), ...parts.map(([word, number]) => `${word}: ${number}`)].join("  ·  ");
}

/**
 * Say what is new since the last look, for those who listen: calls first.
 * @param {Beat[]} before
 * @param {Beat[]} now
 * @param {import("./words.js").FleetWords} words
 * @returns {string} empty when nothing needs somebody
 */
export function news(before, now, words) {
  const had = new Map(before.map((beat) => [beat.terminal, beat]));
  const fresh = (/** @type {(beat: Beat) => boolean} */ is) =>
    now.filter((beat) => is(beat) && !is(had.get(beat.terminal) ?? { terminal: "", state: "idle", call: false }));
  const names = (/** @type {Beat[]} */ beats) => beats.map((beat) => beat.terminal).join(", ");
  const [called, lost, stalled] = [
    fresh((beat) => beat.call),
    fresh((beat) => beat.state === "offline"),
    fresh((beat) => beat.state === "stalled"),
  ];
  return [
    called.length && words.called(names(called)),
    lost.length && words.lost(names(lost)),
    stalled.length && words.stalled(names(stalled)),
  ]
    .filter(Boolean)
    .join(" ");
}
