// The pages on which officials are marked: rows of levels, keys, as many rows as fit the voter's letters.
// Never here: a preselected level, one button for all, or a way round a page that was not seen.

import { button, el, primary } from "../page/dom.js";
import { frame } from "../page/frame.js";
import { askAboutBlanks } from "./blanks.js";
import { formsOf } from "./forms.js";
import { headed, paginate } from "./paging.js";
import { readButton } from "./reading.js";
import { review } from "./reviewing.js";
import { markRow, show as showMark, spoken, steerRow } from "./row.js";
import { countMarked, levelName, mark } from "./session.js";
import { markOne } from "./single.js";

/** @typedef {import("./session.js").Booth} Booth */
/** @typedef {import("../protocol/manifest.js").Official} Official */

/** Show the page that holds the official at `session.first`, or that official alone. @param {Booth} booth */
export function markPage(booth) {
  const { session, words } = booth;
  if (session.single) return markOne(booth);
  const pages = pagesOf(booth);
  const at = pages.findIndex((page) => last(page) > session.first);
  const page = pages[at];
  const { progress, heard, changed } = teller(booth);
  const rows = rowsOf(booth, page, changed);
  const { form } = page.blocks[0];
  const headings = headed(page.blocks);
  const content = page.blocks.flatMap((block) => [
    headings && el("h2", { class: "block" }, block.title),
    ...block.officials.map((official) => rows.get(official.number - 1)),
  ]);
  const turn = (/** @type {number} */ to) => {
    session.first = pages[to].blocks[0].officials[0].number - 1;
    markPage(booth);
  };
  const onward = () => (at + 1 < pages.length ? turn(at + 1) : review(booth));
  const toRow = backToRow(rows);
  const next = () => askAboutBlanks(booth, [...rows.keys()], onward, (place) => rows.get(place)?.focus());
  const left = form ? formName(form) : headings ? booth.manifest.title : page.blocks[0].title;
  const middle = words.page(at + 1, pages.length);
  const heading = el("h1", { class: "unseen" }, `${middle}. ${form && `${form}: `}${page.blocks.map((block) => block.title).join(", ")}`);
  const screen = frame(booth, { name: "marking", left, middle, right: progress }, [heading, ...content, heard], [
    at > 0 && button(words.previous, () => turn(at - 1)),
    button(words.oneByOne, () => markAlone(booth, rows)),
    readButton(booth, () => spoken(booth, booth.officials[toRow()])),
    primary(words.next, next),
  ]);
  screen.addEventListener("keydown", (event) => steer(booth, event, [...rows.values()], next));
  booth.show(screen, { focus: rows.values().next().value });
}

/** What stands in the band above the blocks of a form, on two lines if need be. @param {string} form */
export function formName(form) {
  return el("span", { class: "form" }, form);
}

/** Remember the row that had the focus last. @param {Map<number, HTMLElement>} rows @returns {() => number} goes back to it */
function backToRow(rows) {
  let place = [...rows.keys()][0];
  for (const [at, row] of rows) row.addEventListener("focusin", () => (place = at));
  return () => {
    rows.get(place)?.focus();
    return place;
  };
}

/** Go on with the first open person of the page. @param {Booth} booth @param {Map<number, HTMLElement>} rows */
function markAlone(booth, rows) {
  const open = [...rows.keys()].find((place) => booth.session.marks[place] === null);
  booth.session.single = true;
  booth.session.first = open ?? [...rows.keys()][0];
  markPage(booth);
}

// --- how much fits ---------------------------------------------------------------------------------------------------

/** Lay out every row once, out of sight, and cut pages by what they measure. @param {Booth} booth */
function pagesOf(booth) {
  const { manifest, officials, words } = booth;
  const rows = officials.map((official) => markRow(booth, official, () => {}));
  const heading = el("h2", { class: "block" }, manifest.blocks[0].title);
  const all = officials.length;
  const [longest = ""] = formsOf(manifest).sort((a, b) => b.length - a.length);
  const band = { name: "marking measuring", left: longest ? formName(longest) : manifest.title, middle: words.page(all, all), right: words.rated(all, all) };
  const buttons = [button(words.previous, () => {}), button(words.oneByOne, () => {}), primary(words.next, () => {})];
  const screen = frame(booth, band, [heading, ...rows], [...buttons, readButton(booth, () => "")]);
  screen.inert = true;
  document.getElementById("booth")?.append(screen);
  const content = /** @type {HTMLElement} */ (screen.querySelector(".content"));
  const style = getComputedStyle(content);
  const height = content.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
  const heights = rows.map((row) => Math.ceil(row.getBoundingClientRect().height));
  const measures = { row: (/** @type {Official} */ { number }) => heights[number - 1], heading: heading.offsetHeight + 4 };
  screen.remove();
  return paginate(manifest.blocks, height, measures);
}

/** @param {import("./paging.js").Page} page @returns {number} the place after its last official */
function last(page) {
  const officials = page.blocks[page.blocks.length - 1].officials;
  return officials[officials.length - 1].number;
}

// --- marking ---------------------------------------------------------------------------------------------------------

/**
 * The count in the band, and a line that only a screen reader hears.
 * @param {Booth} booth
 */
export function teller(booth) {
  const { session, words, officials } = booth;
  const rated = () => words.rated(countMarked(session), session.marks.length);
  const progress = el("span", {}, rated());
  const heard = el("p", { class: "unseen", role: "status" });
  const changed = (/** @type {number} */ place) => {
    progress.textContent = rated();
    heard.textContent = `${officials[place].name}: ${levelName(booth, session.marks[place])}. ${rated()}`;
  };
  return { progress, heard, changed };
}

/**
 * @param {Booth} booth
 * @param {import("./paging.js").Page} page
 * @param {(place: number) => void} changed
 * @returns {Map<number, HTMLElement>} rows by place
 */
function rowsOf(booth, page, changed) {
  const { session, speaker } = booth;
  const set = (/** @type {number} */ place, /** @type {HTMLElement} */ row, /** @type {number | null} */ level) => {
    if (session.marks[place] === level && !session.deliberate.has(place)) return; // the same level again changes nothing
    mark(session, place, level);
    showMark(booth, row, place);
    changed(place);
  };
  const officials = page.blocks.flatMap((block) => block.officials);
  const rows = officials.map((official) => {
    const row = markRow(booth, official, set);
    row.addEventListener("focus", () => session.headset && speaker.read(spoken(booth, official)));
    return /** @type {[number, HTMLElement]} */ ([official.number - 1, row]);
  });
  return new Map(rows);
}

/** Keys: digits mark and move on, 0 clears, arrows move, Enter turns the page. */
function steer(
  /** @type {Booth} */ booth,
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
  } else if (/^[0-9]$/.test(event.key) && at >= 0) {
    event.preventDefault();
    if (!event.repeat) pressDigit(booth, rows, at, event.key);
  } else if (at >= 0) steerRow(event, rows[at]);
}

/**
 * Mark, let the mark be seen, then move on; a digit pressed meanwhile does nothing, so that a trembling hand marks one row.
 * @param {Booth} booth
 * @param {HTMLElement[]} rows
 * @param {number} at
 * @param {string} digit
 */
function pressDigit({ times, scanner }, rows, at, digit) {
  const row = rows[at];
  const target = /** @type {HTMLElement | null} */ (row.querySelector(`[data-key="${digit}"]`));
  if (!target || rows.some((each) => each.classList.contains("settling"))) return;
  scanner.unlessBurst(times.pause, () => {
    if (!row.isConnected) return;
    target.click();
    if (digit === "0") return;
    const move = () => {
      row.classList.remove("settling");
      if (row.contains(document.activeElement)) rows[Math.min(rows.length - 1, at + 1)].focus();
    };
    if (times.pause === 0) return move();
    row.classList.add("settling");
    setTimeout(move, times.pause);
  });
}
