// Khớp or không khớp: what two people counted on paper beside the record, for a member to read before signing.
// Never here: a number that could be typed, or an opinion of this page's own; the record is checked in record.js.

import { el } from "../page/dom.js";

/** @typedef {import("./screen.js").Member} Member */

/** @param {Member} member @returns {HTMLElement[]} nothing before two people have typed the same */
export function compared({ words, state }) {
  const found = state?.comparison;
  if (!found) return [];
  const rows = found.equations.map(({ words: what, left, sign, right, holds }) =>
    el(
      "tr",
      (!holds && { class: "wrong" }) || {},
      el("td", { class: "who" }, what),
      el("td", { class: "sides" }, `${left} ${holds ? sign : words.differs(sign)} ${right}`),
      el("td", {}, holds ? words.lineHolds : words.lineWrong),
    ),
  );
  return [
    el("p", { class: found.agrees ? "agreement" : "agreement differs" }, found.sentence),
    el(
      "details",
      { class: "equations" },
      el("summary", {}, words.equations),
      el("table", { class: "colleagues" }, el("caption", { class: "unseen" }, words.equations), el("tbody", {}, ...rows)),
    ),
  ];
}
