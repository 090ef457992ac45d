// The question about lines left blank: they are named, and leaving them is never forbidden and never silent.
// Never here: a mark.

import { ask, button, el, footer, primary } from "../page/dom.js";

/**
 * List the officials among `places` that have no mark and were not left blank on purpose; go on when there are none.
 * @param {import("./session.js").Booth} booth
 * @param {number[]} places
 * @param {() => void} onward
 * @param {(place: number) => void} focus
 */
export function askAboutBlanks({ session, officials, words }, places, onward, focus) {
  const open = places.filter((place) => session.marks[place] === null && !session.deliberate.has(place));
  if (open.length === 0) return onward();
  const names = open.map((place) => el("li", { value: place + 1 }, officials[place].name));
  const back = () => {
    close();
    focus(open[0]);
  };
  const leave = () => {
    close();
    for (const place of open) session.deliberate.add(place);
    onward();
  };
  const buttons = footer(button(words.blanksOnPurpose, leave), primary(words.back, back, { autofocus: true }));
  const list = el("ol", { class: "names" }, ...names);
  const close = ask(
    el("div", {}, el("h1", {}, words.blanksTitle(open.length)), list, el("p", {}, words.blanksNote), buttons),
    back,
  );
}
