// The review: blanks first, then the lowest level, then the rest with counts; a tap changes a line where it stands.
// Never here: a jump that loses the place, or a way on before the end of the list was seen.

import { button, el, primary } from "../page/dom.js";
import { frame } from "../page/frame.js";
import { byForm } from "./forms.js";
import { markPage } from "./marking.js";
import { readButton } from "./reading.js";
import { levelButtons, show as showMark, steerRow, who } from "./row.js";
import { encryptBallot } from "./sealing.js";
import { levelName, mark } from "./session.js";

/** @typedef {import("./session.js").Booth} Booth */

/** @param {Booth} booth */
export function review(booth) {
  const { words, session, manifest } = booth;
  session.draft = null; // what was encrypted before is not what will be
  const counts = el("p", { class: "counts", "aria-live": "polite" }, countsOf(booth));
  const recount = () => (counts.textContent = countsOf(booth));
  const groups = orderOf(manifest.levels.length).map((level) => group(booth, level, recount));
  const list = el("div", { class: "list", tabindex: 0, role: "region", "aria-label": words.reviewTitle }, ...groups);
  const edit = button(words.reviewEdit, () => {
    session.first = 0;
    markPage(booth);
  });
  const onward = onceSeen(booth, list);
  const aloud = readButton(booth, () => spokenList(booth));
  const head = el("div", { class: "head" }, el("h1", {}, words.reviewTitle), counts, el("p", {}, words.reviewLead));
  booth.show(frame(booth, { name: "review" }, [head, list], [edit, aloud, onward]), { focus: list });
  list.dispatchEvent(new Event("scroll")); // a list that fits has been seen
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
function countsOf(booth) {
  const { session, manifest } = booth;
  const number = (/** @type {number | null} */ level) => session.marks.filter((m) => m === level).length;
  return orderOf(manifest.levels.length)
    .map((level) => `${levelName(booth, level)}: ${number(level)}`)
    .join("   ·   ");
}

/** What is read aloud: the counts, then every line in the order of the screen. @param {Booth} booth @returns {string} */
function spokenList(booth) {
  const { session, officials, manifest } = booth;
  const lines = orderOf(manifest.levels.length).flatMap((level) => {
    const members = officials.filter((official) => session.marks[official.number - 1] === level);
    const named = byForm(manifest, members).map(([form, of]) => `${form && `${form}: `}${of.map(({ name }) => name).join(", ")}`);
    return members.length ? [`${levelName(booth, level)}: ${named.join("; ")}.`] : [];
  });
  return `${countsOf(booth)}. ${lines.join(" ")}`;
}

/** @param {Booth} booth @param {number | null} level @param {() => void} recount */
function group(booth, level, recount) {
  const { session, officials, manifest } = booth;
  const members = officials.filter((official) => session.marks[official.number - 1] === level);
  if (members.length === 0) return null;
  const parts = byForm(manifest, members).flatMap(([form, of]) => [
    form && el("h3", { class: "form" }, form),
    el("div", { class: "lines" }, ...of.map((official) => line(booth, official, recount))),
  ]);
  return el(
    "section",
    { class: "group" },
    el("h2", {}, `${levelName(booth, level)} (${members.length})`),
    ...parts.filter(Boolean),
  );
}

/** A line that a tap opens into the row of levels, and that closes when one is chosen. */
function line(
  /** @type {Booth} */ booth,
  /** @type {import("../protocol/manifest.js").Official} */ official,
  /** @type {() => void} */ recount,
) {
  const { session, words } = booth;
  const place = official.number - 1;
  const before = session.marks[place];
  const choice = el("span", { class: "choice" });
  const label = () => {
    const level = session.marks[place];
    choice.textContent = level === before ? levelName(booth, level) : `${levelName(booth, level)} (${words.changed})`;
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
    const row = el("div", { class: "row inline", role: "radiogroup", "aria-label": official.name }, ...levelButtons(booth, set));
    showMark(booth, row, place);
    host.replaceChildren(el("p", { class: "opened" }, `${official.number}. ${official.name}`), row);
    row.querySelectorAll("button").forEach((each) => each.removeAttribute("tabindex"));
    row.addEventListener("keydown", (event) => steerInline(event, row));
    row.querySelector("button")?.focus();
    host.scrollIntoView({ block: "nearest" });
  };
  const face = button("", open, { class: "line" });
  face.append(el("span", { class: "number" }, String(official.number)), who(official), choice);
  const host = el("div", { class: "item" }, face);
  label();
  return host;
}

/** The same digits and arrows as on the pages. @param {KeyboardEvent} event @param {HTMLElement} row */
function steerInline(event, row) {
  const target = /** @type {HTMLElement | null} */ (/^[0-9]$/.test(event.key) && row.querySelector(`[data-key="${event.key}"]`));
  if (target && !event.repeat) target.click();
  else steerRow(event, row);
}
