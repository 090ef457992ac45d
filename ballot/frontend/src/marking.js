// The pages on which officials are marked: rows of levels, keys, and the question about lines left blank.
// Never here: a preselected level, one button for all, or a way round a page that was not seen.

import { ask, button, el, footer, primary } from "./dom.js";
import { frame } from "./frame.js";
import { paginate } from "./paging.js";
import { review } from "./reviewing.js";
import { markRow, show as showMark } from "./row.js";
import { countMarked, mark } from "./session.js";

/** @typedef {import("./session.js").Booth} Booth */

const CHROME_PX = 158; // band, buttons and margins; the rest is for rows
const REHEARSAL_PX = 34;

/** Show the page that holds the official at `session.first`. @param {Booth} booth */
export function markPage(booth) {
  const { session, words, manifest } = booth;
  const height = window.innerHeight - CHROME_PX - (manifest.rehearsal ? REHEARSAL_PX : 0);
  const pages = paginate(manifest.blocks, height);
  const at = pages.findIndex((page) => last(page) > session.first);
  const page = pages[at];
  const progress = el("span", { "aria-live": "polite" }, rated(booth));
  const rows = rowsOf(booth, page, () => (progress.textContent = rated(booth)));
  const headings = page.blocks.length > 1;
  const content = page.blocks.flatMap((block) => [
    headings && el("h2", { class: "block" }, block.title),
    ...block.officials.map((official) => rows.get(official.number - 1)),
  ]);
  const turn = (/** @type {number} */ to) => {
    session.first = pages[to].blocks[0].officials[0].number - 1;
    markPage(booth);
  };
  const onward = () => (at + 1 < pages.length ? turn(at + 1) : review(booth));
  const next = () => askAboutBlanks(booth, [...rows.keys()], onward, (place) => rows.get(place)?.focus());
  const back = at > 0 && button(words.previous, () => turn(at - 1));
  const left = headings ? manifest.title : page.blocks[0].title;
  const middle = words.page(at + 1, pages.length);
  const screen = frame(booth, { name: "marking", left, middle, right: progress }, content, [
    back,
    primary(words.next, next),
  ]);
  screen.addEventListener("keydown", (event) => steer(event, [...rows.values()], next));
  booth.show(screen);
  rows.values().next().value?.focus();
}

/** @param {import("./paging.js").Page} page @returns {number} the place after its last official */
function last(page) {
  const officials = page.blocks[page.blocks.length - 1].officials;
  return officials[officials.length - 1].number;
}

/** @param {Booth} booth @returns {string} */
function rated({ words, session }) {
  return words.rated(countMarked(session), session.marks.length);
}

/**
 * @param {Booth} booth
 * @param {import("./paging.js").Page} page
 * @param {() => void} changed
 * @returns {Map<number, HTMLElement>} rows by place
 */
function rowsOf(booth, page, changed) {
  const { session } = booth;
  const set = (/** @type {number} */ place, /** @type {HTMLElement} */ row, /** @type {number | null} */ level) => {
    if (session.marks[place] === level && !session.deliberate.has(place)) return; // the same level again changes nothing
    mark(session, place, level);
    showMark(booth, row, place);
    changed();
  };
  const officials = page.blocks.flatMap((block) => block.officials);
  return new Map(officials.map((official) => [official.number - 1, markRow(booth, official, set)]));
}

/** Keys: digits mark and move on, 0 clears, arrows move, Enter turns the page. */
function steer(
  /** @type {KeyboardEvent} */ event,
  /** @type {HTMLElement[]} */ rows,
  /** @type {() => void} */ next,
) {
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Enter" && at >= 0) {
    event.preventDefault();
    if (!event.repeat) next();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    rows[Math.min(rows.length - 1, Math.max(0, at + (event.key === "ArrowDown" ? 1 : -1)))].focus();
  } else if (/^[0-9]$/.test(event.key) && at >= 0 && !event.repeat) {
    const target = /** @type {HTMLElement | null} */ (rows[at].querySelector(`[data-key="${event.key}"]`));
    target?.click();
    if (target && event.key !== "0") rows[Math.min(rows.length - 1, at + 1)].focus();
  }
}

/**
 * List the officials of a page that have no mark and were not left blank on purpose; go on when there are none.
 * @param {Booth} booth
 * @param {number[]} places
 * @param {() => void} onward
 * @param {(place: number) => void} focus
 */
function askAboutBlanks({ session, officials, words }, places, onward, focus) {
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
  const close = ask(
    el("div", {}, el("h1", {}, words.blanksTitle(open.length)), el("ol", { class: "names" }, ...names), buttons),
    back,
  );
}
