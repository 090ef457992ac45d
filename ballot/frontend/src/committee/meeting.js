// Whose seat this is, in which round, and what the committee can do together: the first screen, and the last of a lost seat.
// Never here: anything secret; no key exists yet.

import { el, primary } from "../page/dom.js";
import { answered, ask, framed, grouped } from "./screen.js";

/** @typedef {import("./screen.js").Member} Member */

/** @param {Member} member */
export async function meet(member) {
  const { words, manifest, state, seat, own, store } = member;
  if (!manifest || !state || !seat || !own) return;
  const me = state.members[seat.number - 1];
  const met = await answered(member, (/** @type {(value: boolean) => void} */ resolve) => {
    const facts = el(
      "dl",
      { class: "facts" },
      ...row(words.factRound, manifest.title),
      ...row(words.factBody, manifest.body),
      ...row(words.factSeat, me.role ? words.seatWithRole(seat.number, me.role) : words.memberNumber(seat.number)),
      ...row(words.factKey, state.size === 1 ? words.keyOfOne : words.keyOfMany(state.threshold, state.size)),
    );
    const compare = el(
      "div",
      { class: "compare" },
      el("h2", {}, words.manifestTitle),
      el("p", {}, words.manifestNote),
      grouped(manifest.hash),
    );
    const content = el("div", { class: "column" }, el("h1", { class: "title" }, words.greeting(me.name)), facts, compare);
    return framed(member, "meeting", [content], [primary(words.itIsMe, () => resolve(true))], "meet");
  });
  if (!met) return;
  own.met = manifest.hash;
  await store.keep(own);
}

/** @param {string} name @param {string} value */
function row(name, value) {
  return [el("dt", {}, name), el("dd", {}, value)];
}

/** Somebody else has this seat now, or the server is another. @param {Member} member @returns {Promise<string | undefined>} */
export function lostSeat(member) {
  const { words } = member;
  const lines = [words.unknownWhat, words.unknownSafe, words.unknownNext];
  return ask(member, words.unknownTitle, lines, [["link", words.unknownLink]]);
}
