// The resting station: which desks it serves, and the attendant's few choices.
// Never here: work on an order.

import { button, el, primary } from "../page/dom.js";
import { pairMore } from "./pairing.js";
import { chosenPaper, paperChoice } from "./printing.js";
import { framed, show } from "./screen.js";
import { voidMany } from "./voiding.js";

const VOID_PHASES = ["issuing", "ready", "voting"];

/** @typedef {import("./screen.js").Station} Station */

/** Show the resting screen, or leave it as it is if it shows the same already. @param {Station} station */
export function rest(station) {
  const { words, work, aside, manifest } = station;
  if (!work) return;
  const left = work.orders.filter((order) => aside.includes(order.id)).length;
  const state = JSON.stringify([work.desks, work.phase, work.frozen, left]);
  if (station.root.firstElementChild?.getAttribute("data-state") === state) return;
  const over = work.frozen || work.phase !== "issuing";
  const content = el(
    "div",
    { class: "column" },
    el("h1", { class: "title" }, over ? words.frozenTitle : words.readyTitle),
    el("p", { class: "lead" }, words.desks(work.desks)),
    el("p", {}, over ? words.frozenNote : words.readyNote),
    left > 0 && asideNote(station, left),
    el("p", { class: "small" }, words.roundMark((manifest?.hash.slice(0, 16).match(/.{4}/g) ?? []).join(" "))),
  );
  const screen = framed(station, "resting", [content], choices(station, over));
  screen.dataset.state = state;
  station.live.textContent = over ? words.frozenTitle : words.readyTitle;
  show(station, screen);
}

/** @param {Station} station @param {boolean} over no slips are issued any more */
function choices(station, over) {
  const { words, work } = station;
  const canVoid = VOID_PHASES.includes(work?.phase ?? "");
  return [
    button(words.pairMoreDesks, () => leave(station, pairMore)),
    button(words.settings, () => leave(station, settings)),
    canVoid && button(words.voidEnvelopes, () => leave(station, (s, done) => voidMany(s, "unused_envelope", done))),
    canVoid && over && button(words.voidSpoiled, () => leave(station, (s, done) => voidMany(s, "spoiled", done))),
  ];
}

/** @typedef {(station: Station, done: () => void) => unknown} Screen */

/** Go to a screen that work does not take away until it is done. @param {Station} station @param {Screen} open */
function leave(station, open) {
  station.away = true;
  open(station, () => {
    station.away = false;
    station.root.replaceChildren();
    rest(station);
    station.wake();
  });
}

/** @param {Station} station @param {number} left */
function asideNote(station, left) {
  const { words } = station;
  const again = button(words.asideAgain, () => takeBack(station));
  return el("div", { class: "aside" }, el("p", {}, words.asideCount(left)), again);
}

/** @param {Station} station */
async function takeBack(station) {
  station.aside = [];
  await station.store.set("aside", []);
  station.wake();
}

/** Say on another screen that people are waiting. @param {Station} station @param {number} waiting */
export function tellQueue({ words, root, live }, waiting) {
  const text = waiting > 0 ? words.queue(waiting) : "";
  if (live.textContent !== text) live.textContent = text;
  const content = root.querySelector(".content");
  const place = root.querySelector(".queue") ?? content?.appendChild(el("p", { class: "queue lead" }));
  if (place && place.textContent !== text) place.textContent = text;
}

/** @param {Station} station @param {() => void} done */
async function settings(station, done) {
  const { words, store } = station;
  const paper = paperChoice(words.paper, words.papers, await chosenPaper(station), (chosen) => store.set("paper", chosen));
  const box = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox", checked: Boolean(await store.get("auto")) }));
  box.addEventListener("change", () => store.set("auto", box.checked));
  const auto = el("label", { class: "option" }, box, el("span", {}, words.auto));
  const small = (/** @type {string} */ text) => el("p", { class: "small" }, text);
  const heading = el("h1", {}, words.settingsTitle);
  const content = el("div", { class: "column" }, heading, small(words.settingsNote), paper, auto, small(words.autoNote));
  show(station, framed(station, "settings", [content], [primary(words.back, done)]));
}
