// The committee's table: who has come, who has sent what is awaited; and the screens on which a member waits.
// Never here: a button that would hurry anybody.

import { el } from "../page/dom.js";
import { framed, lead, show } from "./screen.js";
import { awaited } from "./steps.js";

/** @typedef {import("./screen.js").Member} Member */

/**
 * Show a screen that waits for the others, until something else is due; what is on it already only changes its table.
 * @param {Member} member
 * @param {string} name of the screen
 * @param {string} title
 * @param {string[]} lines
 * @param {import("../page/dom.js").Child[]} [more]
 * @returns {Promise<void>}
 */
export function waitHere(member, name, title, lines, more = []) {
  const before = member.root.querySelector(`.${name.split(" ")[0]}`);
  if (before?.querySelector("h1")?.textContent === title) before.querySelector(".colleagues")?.replaceWith(table(member));
  else {
    const [first = "", ...rest] = lines;
    const text = [el("h1", { class: "title" }, title), lead(first), ...rest.map((line) => el("p", {}, line))];
    const content = el("div", { class: "column" }, ...text, table(member), ...more);
    member.live.textContent = title;
    show(member, framed(member, name, [content], [], name.startsWith("resting") ? "" : "ceremony"));
  }
  return new Promise((resolve) => (member.interrupt = resolve));
}

/** @param {Member} member @returns {Promise<void>} */
export function waitForOthers(member) {
  const { words, state, lastEnd } = member;
  const kind = state ? awaited(state) : "";
  const late =
    state?.members.filter((each) => !each.sent.includes(kind)).map((each) => words.colleague(each.number, each.name)) ?? [];
  const why = lastEnd ? [words.anewWhy(endSentence(member, lastEnd))] : [];
  const title = kind === "nonce" || kind === "opening" ? words.waitTestTitle : words.waitTitle;
  const lines = [late.length > 0 ? words.waitFor(late.join(", ")) : words.waitServer, ...why, words.waitNote];
  const before = member.root.querySelector(".waiting .lead");
  if (before && before.textContent !== lines[0]) before.textContent = lines[0];
  return waitHere(member, "waiting", title, lines);
}

/** @param {Member} member @returns {HTMLElement} */
export function table(member) {
  const { words, state, seat } = member;
  const rows = (state?.members ?? []).map((each) => {
    const mine = each.number === seat?.number;
    const [mark, said] = standing(member, each);
    return el(
      "tr",
      (mine && { class: "mine" }) || {},
      el("th", { scope: "row" }, String(each.number)),
      el("td", { class: "who" }, mine ? words.you(each.name) : each.name, each.role && el("span", { class: "role" }, each.role)),
      el("td", { class: `standing ${mark}` }, said),
    );
  });
  return el("table", { class: "colleagues" }, el("caption", { class: "unseen" }, words.tableTitle), el("tbody", {}, ...rows));
}

/** @param {Member} member @param {import("./routes.js").Colleague} each @returns {[mark: string, said: string]} */
function standing({ words, state }, each) {
  const phase = state?.phase ?? "";
  if (phase === "tallied" || phase === "certified")
    return each.destroyed ? ["done", words.stateDestroyed] : each.part ? ["done", words.statePart] : ["still", words.stateNoPart];
  if (phase === "closed")
    return each.part ? ["done", words.statePart] : ["still", each.retested ? words.stateRetested : words.stateNoPart];
  const kind = state ? awaited(state) : "";
  if (kind === "" || each.sent.includes(kind))
    return ["done", kind === "" || kind === "nonce" || kind === "opening" ? words.stateTested : words.stateSent];
  return each.joined ? ["still", words.stateJoined] : ["still", words.stateAway];
}

/**
 * Why an attempt was given up, in one sentence.
 * @param {Member} member
 * @param {{ code: string, accused: number, accuser: number }} end
 */
export function endSentence({ words, state }, { code, accused, accuser }) {
  const name = (/** @type {number} */ number) => {
    const found = state?.members[number - 1];
    return found ? words.colleague(number, found.name) : words.organisers;
  };
  if (code === "WORDS_DIFFER") return words.endWords(name(accuser));
  return accused === 0 && accuser === 0 ? words.endOrganisers : words.endAccused(name(accused), name(accuser), code);
}
