// What the page says in the end: match, not compared yet, or different; and the choices by name.
// Never here: a check of its own; protocol/opened.js recomputes everything.

import { el } from "../page/dom.js";
import { shownCommit } from "../protocol/ballot.js";
import { Refused } from "../protocol/errors.js";
import { checkCommit } from "../protocol/opened.js";

/** @typedef {import("../protocol/election.js").Election} Election */
/** @typedef {import("./words.js").AuditWords} AuditWords */
/** @typedef {{ commit: string, levels: (number | null)[], terminal: string }} Checked */
/** @typedef {"match" | "unbound" | "differs"} Verdict */

/**
 * @param {AuditWords} words
 * @param {Election} election
 * @param {Checked} checked
 * @param {string} typed the commit code from the terminal's screen, perhaps empty or unfinished
 * @returns {{ verdict: Verdict, element: HTMLElement, hint: string }}
 */
export function judge(words, election, checked, typed) {
  const { verdict, hint } = compare(words, checked.commit, typed);
  const lines = { match: [words.matchWhat], unbound: [words.unboundWhat], differs: [words.differsCommit, words.differsNext] };
  const element = el(
    "div",
    {},
    headline(words, verdict, lines[verdict]),
    checked.terminal && el("p", {}, words.terminal(checked.terminal)),
    el("p", {}, `${words.computed}: `, el("strong", { class: "commit" }, shownCommit(checked.commit))),
    el("p", {}, el("code", {}, checked.commit)),
    el("h3", {}, words.choices),
    choices(words, election, checked.levels),
  );
  return { verdict, element, hint };
}

/** @param {AuditWords} words @param {unknown} error what reading or checking refused */
export function rejected(words, error) {
  const code = error instanceof Refused ? error.code : "ERROR";
  return el("div", {}, headline(words, "differs", [words.differsWhat(code), words.differsNext]));
}

/** @param {AuditWords} words @param {string} commit @param {string} typed @returns {{ verdict: Verdict, hint: string }} */
function compare(words, commit, typed) {
  if (!typed.trim()) return { verdict: "unbound", hint: "" };
  try {
    checkCommit(typed, commit);
    return { verdict: "match", hint: "" };
  } catch (error) {
    if (error instanceof Refused && error.code === "BAD_CODE") return { verdict: "unbound", hint: words.commitBad };
    return { verdict: "differs", hint: "" };
  }
}

/** @param {AuditWords} words @param {Verdict} verdict @param {string[]} lines */
function headline(words, verdict, lines) {
  const sign = { match: "✓", unbound: "…", differs: "✗" }[verdict];
  const title = el("p", { class: "headline" }, el("span", { "aria-hidden": true }, `${sign} `), words[verdict]);
  return el("div", { class: `verdict ${verdict}` }, title, ...lines.map((line) => el("p", {}, line)));
}

/** The names come from the election itself. @param {AuditWords} words @param {Election} election @param {(number | null)[]} levels */
function choices(words, election, levels) {
  const rows = election.questions.map(({ question, answers }, i) => {
    const level = levels[i];
    const choice = level === null ? words.blank : answers[level];
    return el("li", {}, el("span", {}, question), el("strong", {}, choice));
  });
  return el("ul", { class: "choices" }, ...rows);
}
