// One person at a time: a large name, the post, three buttons as wide as the screen; a mark leads on by itself.
// Never here: a person who is skipped, or a way back to the pages that loses a mark.

import { button, el, primary } from "../page/dom.js";
import { frame } from "../page/frame.js";
import { askAboutBlanks } from "./blanks.js";
import { formName, markPage, teller } from "./marking.js";
import { readButton } from "./reading.js";
import { review } from "./reviewing.js";
import { levelButtons, show as showMark, spoken, steerRow } from "./row.js";
import { mark } from "./session.js";

/** @typedef {import("./session.js").Booth} Booth */

/** Show the official at `session.first` alone. @param {Booth} booth */
export function markOne(booth) {
  const { session, words, officials, manifest } = booth;
  const place = session.first;
  const official = officials[place];
  const block = manifest.blocks.find((each) => each.officials.includes(official));
  const { progress, heard, changed } = teller(booth);
  const go = (/** @type {number} */ to) => {
    if (to === officials.length) return review(booth);
    session.first = to;
    return markOne(booth);
  };
  const next = () => askAboutBlanks(booth, [place], () => go(place + 1), () => group.focus());
  const set = (/** @type {number | null} */ level) => {
    if (group.classList.contains("settling")) return;
    if (session.marks[place] !== level || session.deliberate.has(place)) {
      mark(session, place, level);
      showMark(booth, group, place);
      changed(place);
    }
    if (level === null) return group.focus();
    group.classList.add("settling"); // the mark is seen before the next name comes
    setTimeout(() => group.isConnected && go(place + 1), booth.times.pause);
  };
  const names = { role: "radiogroup", tabindex: 0, "aria-labelledby": "person", "aria-describedby": "post" };
  const group = el("div", { class: "row levels", ...names }, ...levelButtons(booth, set));
  showMark(booth, group, place);
  const titled = Boolean(block?.form) && block?.form !== block?.title;
  const content = [
    titled && el("p", { class: "small" }, block?.title),
    el("h1", { id: "person" }, official.name),
    el("p", { class: "lead", id: "post" }, official.position),
    group,
    heard,
  ];
  const pages = button(words.wholePage, () => {
    session.single = false;
    markPage(booth);
  });
  const left = block?.form ? formName(block.form) : block?.title;
  const band = { name: "marking single", left, middle: words.person(place + 1, officials.length), right: progress };
  const screen = frame(booth, band, content, [
    button(words.back, () => go(place - 1), { disabled: place === 0 }),
    pages,
    readButton(booth, () => spoken(booth, official)),
    primary(words.next, next),
  ]);
  screen.addEventListener("keydown", (event) => steer(booth, event, group, { next, back: () => place > 0 && go(place - 1) }));
  booth.show(screen, { focus: group });
  if (session.headset) booth.speaker.read(spoken(booth, official));
}

/** Keys as on the pages; up and down turn to another person. */
function steer(
  /** @type {Booth} */ { scanner, times },
  /** @type {KeyboardEvent} */ event,
  /** @type {HTMLElement} */ group,
  /** @type {{ next: () => void, back: () => unknown }} */ { next, back },
) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const inside = group.contains(document.activeElement);
  if (event.key === "Enter" && inside) {
    event.preventDefault();
    if (!event.repeat) next();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!event.repeat) (event.key === "ArrowDown" ? next : back)();
  } else if (/^[0-9]$/.test(event.key) && !event.repeat) {
    const target = /** @type {HTMLElement | null} */ (group.querySelector(`[data-key="${event.key}"]`));
    scanner.unlessBurst(times.pause, () => group.isConnected && target?.click());
  } else if (inside) steerRow(event, group);
}
