// The review: blanks first, then the lowest level, then the rest with counts; a tap changes a line where it stands.
// Never here: a jump that loses the place, or a way on before the end of the list was seen.

import { button, el, primary } from "./dom.js";
import { frame } from "./frame.js";
import { markPage } from "./marking.js";
import { levelButtons, show as showMark, who } from "./row.js";
import { encryptBallot } from "./sealing.js";
import { mark } from "./session.js";

/** @typedef {import("./session.js").Booth} Booth */

/** @param {Booth} booth */
export function review(booth) {
  const { words, session, manifest } = booth;
  session.draft = null; // what was encrypted before is not what will be
  const counts = el("p", { class: "counts", "aria-live": "polite" }, countsOf(booth));
  const recount = () => (counts.textContent = countsOf(booth));
  const groups = orderOf(manifest.levels.length).map((level) => group(booth, level, recount));
  const list = el("div", { class: "list", tabindex: 0 }, ...groups);
  const edit = button(words.reviewEdit, () => {
    session.first = 0;
    markPage(booth);
  });
  const onward = onceSeen(booth, list);
  const head = el("div", { class: "head" }, el("h1", {}, words.reviewTitle), counts, el("p", {}, words.reviewLead));
  booth.show(frame(booth, { name: "review" }, [head, list], [edit, onward]));
  list.dispatchEvent(new Event("scroll")); // a list that fits has been seen
  list.focus();
}

/** A button that scrolls until the end of the list was seen once, and then confirms. @param {Booth} booth @param {HTMLElement} list */
function onceSeen(booth, list) {
  const { words } = booth;
  let seen = false;
  const more = () => list.scrollBy({ top: list.clientHeight * 0.85, behavior: "smooth" });
  const onward = primary(words.reviewMore, () => (seen ? encryptBallot(booth) : more()));
  list.addEventListener("scroll", () => {
    seen ||= list.scrollTop + list.clientHeight >= list.scrollHeight - 4;
    onward.textContent = seen ? words.reviewDone : words.reviewMore;
  });
  return onward;
}

/** Blanks, the lowest level, then from the highest down. @param {number} levels @returns {(number | null)[]} */
function orderOf(levels) {
  return [null, levels - 1, ...Array(levels - 1).keys()];
}

/** @param {Booth} booth @returns {string} */
function countsOf({ session, manifest, words }) {
  const name = (/** @type {number | null} */ level) => (level === null ? words.leftBlank : manifest.levels[level]);
  const number = (/** @type {number | null} */ level) => session.marks.filter((m) => m === level).length;
  return orderOf(manifest.levels.length)
    .map((level) => `${name(level)}: ${number(level)}`)
    .join("   ·   ");
}

/** @param {Booth} booth @param {number | null} level @param {() => void} recount */
function group(booth, level, recount) {
  const { session, officials, manifest, words } = booth;
  const members = officials.filter((official) => session.marks[official.number - 1] === level);
  if (members.length === 0) return null;
  const title = level === null ? words.leftBlank : manifest.levels[level];
  return el(
    "section",
    { class: "group" },
    el("h2", {}, `${title} (${members.length})`),
    el("div", { class: "lines" }, ...members.map((official) => line(booth, official, recount))),
  );
}

/** A line that a tap opens into the row of levels, and that closes when one is chosen. */
function line(
  /** @type {Booth} */ booth,
  /** @type {import("./manifest.js").Official} */ official,
  /** @type {() => void} */ recount,
) {
  const { session, manifest, words } = booth;
  const place = official.number - 1;
  const before = session.marks[place];
  const choice = el("span", { class: "choice" });
  const label = () => {
    const level = session.marks[place];
    const text = level === null ? words.leftBlank : manifest.levels[level];
    choice.textContent = level === before ? text : `${text} (${words.changed})`;
  };
  const set = (/** @type {number | null} */ level) => {
    mark(session, place, level);
    if (level === null) session.deliberate.add(place);
    label();
    recount();
    host.replaceChildren(face);
    face.focus();
  };
  const open = () => {
    const row = el("div", { class: "row inline" }, ...levelButtons(booth, set));
    showMark(booth, row, place);
    host.replaceChildren(el("p", { class: "opened" }, `${official.number}. ${official.name}`), row);
    row.querySelectorAll("button").forEach((each) => each.removeAttribute("tabindex"));
    row.querySelector("button")?.focus();
  };
  const face = button("", open, { class: "line" });
  face.append(el("span", { class: "number" }, String(official.number)), who(official), choice);
  const host = el("div", { class: "item" }, face);
  label();
  return host;
}
