// One official's row: number, name, position, a button for each level with its number and words, and *Xóa*.
// Never here: a colour that tells a level, or a name that is a button.

import { button, el } from "./dom.js";

/** @typedef {import("./session.js").Booth} Booth */
/** @typedef {(place: number, row: HTMLElement, level: number | null) => void} Setter */

/**
 * @param {Booth} booth
 * @param {import("./manifest.js").Official} official
 * @param {Setter} set
 * @returns {HTMLElement}
 */
export function markRow(booth, official, set) {
  const place = official.number - 1;
  const row = el(
    "div",
    { class: "row", role: "radiogroup", tabindex: 0, "aria-label": `${official.number}. ${official.name}` },
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

/** @param {import("./manifest.js").Official} official */
export function who({ name, position }) {
  return el("span", { class: "who" }, el("strong", {}, name), el("span", { class: "position" }, position));
}

/**
 * The buttons of the levels, then *Xóa*. They are reached by touch and by number; the row has the focus.
 * @param {Booth} booth
 * @param {(level: number | null) => void} press
 * @returns {HTMLElement[]}
 */
export function levelButtons({ manifest, words }, press) {
  const levels = manifest.levels.map((label, level) => {
    const mark = { role: "radio", "data-level": level, "data-key": level + 1, tabindex: -1, class: "level" };
    const face = button("", () => press(level), mark);
    face.append(el("span", { class: "key", "aria-hidden": true }, String(level + 1)), el("span", {}, label));
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
