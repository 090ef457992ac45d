// The organisers' pages of the committee come up to date by themselves while its members work. Every act is a plain form.
// Never here: a sentence (the server says them), or a reload of a page on which somebody is filling something in.

import { follow, set } from "./desk/live.js";

/** @typedef {{ lead: string, note: string, shape: string, cells: Record<string, string>[] }} Panel */

const HELD = "input, select, textarea";
let sent = false;

/** A second press sends nothing, and a page that is on its way is not reloaded. */
function sendOnce() {
  document.addEventListener("submit", (event) => (sent ? event.preventDefault() : (sent = true)));
  addEventListener("pageshow", () => (sent = false));
}

/** Say whether somebody is filling something in, or reads what he opened. @returns {boolean} */
function isHeld() {
  if (sent || document.activeElement?.matches(HELD) || document.querySelector("main details[open]")) return true;
  return [...document.querySelectorAll("main input")].some((field) => isChanged(/** @type {HTMLInputElement} */ (field)));
}

/** @param {HTMLInputElement} field @returns {boolean} */
function isChanged(field) {
  if (field.type === "checkbox") return field.checked !== field.defaultChecked;
  return field.value !== field.defaultValue;
}

/** @param {HTMLElement} section */
function followCommittee(section) {
  const note = /** @type {HTMLElement | null} */ (section.querySelector("[data-note]"));
  const changed = /** @type {HTMLElement | null} */ (section.querySelector("[data-changed]"));
  follow(section.dataset.committee ?? "", section.querySelector("[data-trouble]"), (/** @type {Panel} */ panel) => {
    panel.cells.forEach(showLine);
    if (section.dataset.shape && section.dataset.shape !== panel.shape) return otherActs(changed);
    set(section.querySelector("[data-lead]"), panel.lead);
    set(note, panel.note);
    if (note) note.hidden = !panel.note;
    return true;
  });
}

/** Other acts are due than the page offers: show the page anew, or say so. @param {HTMLElement | null} changed @returns {boolean} */
function otherActs(changed) {
  if (!isHeld()) {
    location.reload();
    return false;
  }
  if (changed) changed.hidden = false;
  return true;
}

/** @param {Record<string, string>} cells one member's line, by column */
function showLine(cells) {
  const line = document.querySelector(`[data-member="${Number(cells.number)}"]`);
  for (const cell of line?.querySelectorAll("[data-cell]") ?? []) {
    set(cell, cells[/** @type {HTMLElement} */ (cell).dataset.cell ?? ""] ?? "");
  }
}

/** @param {HTMLElement} press */
function offerPrint(press) {
  press.hidden = false;
  press.addEventListener("click", () => print());
}

sendOnce();
document.querySelectorAll("[data-committee]").forEach((section) => followCommittee(/** @type {HTMLElement} */ (section)));
document.querySelectorAll("[data-print]").forEach((press) => offerPrint(/** @type {HTMLElement} */ (press)));
