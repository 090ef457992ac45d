// One official's row: number, name, position, a button for each level with its number and words, and *Xóa*.
// Never here: a colour that tells a level, or a name that is a button.

import { button, el } from "../page/dom.js";
import { levelName } from "./session.js";

/** @typedef {import("./session.js").Booth} Booth */
/** @typedef {import("../protocol/manifest.js").Official} Official */
/** @typedef {(place: number, row: HTMLElement, level: number | null) => void} Setter */

/**
 * @param {Booth} booth
 * @param {Official} official
 * @param {Setter} set
 * @returns {HTMLElement}
 */
export function markRow(booth, official, set) {
  const place = official.number - 1;
  const row = el(
    "div",
    { class: "row", role: "radiogroup", tabindex: 0, "aria-label": `${official.number}. ${official.name}, ${official.position}` },
    el("span", { class: "number" }, String(official.number)),
    who(official),
    ...levelButtons(booth, (level) => {
      set(place, row, level);
      row.focus();
    }),
  );
  show(booth, row, place);
  return row;
}

/** @param {Official} official */
export function who({ name, position }) {
  return el("span", { class: "who" }, el("strong", {}, name), el("span", { class: "position" }, position));
}

/**
 * The buttons of the levels, then *Xóa*. They are reached by touch, by number and by the arrows of the row.
 * @param {Booth} booth
 * @param {(level: number | null) => void} press
 * @returns {HTMLElement[]}
 */
export function levelButtons({ manifest, words }, press) {
  const levels = manifest.levels.map((label, level) => {
    const mark = { role: "radio", "data-level": level, "data-key": level + 1, tabindex: -1, class: "level" };
    const face = button("", () => press(level), mark);
    face.append(el("span", { class: "key", "aria-hidden": true }, String(level + 1)), el("span", { class: "words" }, label));
    return face;
  });
  return [...levels, button(words.clear, () => press(null), { class: "clear", "data-key": 0, tabindex: -1 })];
}

/** Bring a row in line with the session. @param {Booth} booth @param {HTMLElement} row @param {number} place */
export function show({ session, words }, row, place) {
  for (const face of row.querySelectorAll(".level")) {
    const level = Number(/** @type {HTMLElement} */ (face).dataset.level);
    face.setAttribute("aria-checked", String(level === session.marks[place]));
  }
  const marked = session.marks[place] !== null;
  row.classList.toggle("marked", marked);
  row.classList.toggle("deliberate", session.deliberate.has(place));
  const clear = row.querySelector(".clear");
  if (clear) clear.textContent = marked ? words.clear : words.leftBlank;
}

/** Left and right move among the buttons of a row that has the focus. @param {KeyboardEvent} event @param {HTMLElement} row */
export function steerRow(event, row) {
  if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
  event.preventDefault();
  const faces = /** @type {HTMLElement[]} */ ([...row.querySelectorAll(".level")]);
  const at = faces.findIndex((face) => face === document.activeElement);
  const to = event.key === "ArrowRight" ? at + 1 : at - 1;
  faces[Math.max(0, Math.min(faces.length - 1, to))].focus();
}

/** What is read aloud about one official. @param {Booth} booth @param {Official} official @returns {string} */
export function spoken(booth, official) {
  const { session, manifest, words } = booth;
  const level = session.marks[official.number - 1];
  const now = level === null ? words.spokenNone : words.spokenMark(levelName(booth, level));
  const keys = manifest.levels.map((label, i) => words.spokenLevel(i + 1, label)).join(" ");
  return `${official.number}. ${official.name}. ${official.position}. ${keys} ${now}`;
}
