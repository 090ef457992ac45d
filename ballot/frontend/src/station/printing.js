// Slips on the screen until they are on paper: which paper, the print button, the PDF, and the one press that ends it.
// Never here: a slip's making, or a code that can be read from the screen.

import { button, el, primary } from "../page/dom.js";
import { openPdf } from "./pdf.js";
import { framed, show } from "./screen.js";
import { sheets, slipPaper } from "./slip.js";

export const PAPERS = /** @type {const} */ (["80mm", "a6", "a4"]);

/** @typedef {import("./screen.js").Station} Station */

/**
 * Show one slip until the attendant says that it is in the voter's hand.
 * @param {Station} station
 * @param {string} code
 * @param {string} note what the attendant must know before pressing
 * @returns {Promise<void>}
 */
export async function printSlip(station, code, note) {
  const { words } = station;
  const paper = await chosenPaper(station);
  const article = slipPaper(words, round(station), code);
  article.id = "slip-paper";
  const warning = note && el("p", { class: "warning" }, note);
  const text = el("div", { class: "note" }, el("h1", {}, words.printTitle), warning, el("p", {}, words.printNote));
  const content = el("div", { class: "printing" }, article, text);
  await untilPrinted(station, { name: "slip-ready", content, paper, codes: [code], done: words.printed, note: text });
}

/** Show a batch for envelopes, as sheets to cut. @param {Station} station @param {string[]} codes shuffled @returns {Promise<void>} */
export async function printSheets(station, codes) {
  const { words } = station;
  const pile = el("div", { class: "pile" }, ...sheets(words, round(station), codes));
  const said = [words.envelopesLead, words.envelopesNote].map((line) => el("p", {}, line));
  const text = el("div", { class: "note" }, el("h1", {}, words.envelopesReady(codes.length)), ...said);
  const choice = paperChoice(words.paper, words.sheetPapers, "a4", setPaper);
  text.append(choice);
  const content = el("div", { class: "printing" }, pile, text);
  const done = words.envelopesPrinted;
  await untilPrinted(station, { name: "sheets-ready", content, paper: "a4", codes, done, note: text });
}

/**
 * @param {Station} station
 * @param {{ name: string, content: HTMLElement, paper: string, codes: string[], done: string, note: HTMLElement }} what
 * @returns {Promise<void>}
 */
async function untilPrinted(station, { name, content, paper, codes, done, note }) {
  const { words, store } = station;
  setPaper(paper);
  const auto = Boolean(await store.get("auto"));
  /** @type {(() => void)[]} */ const undo = [() => delete document.documentElement.dataset.paper];
  await new Promise((resolve) => {
    const finish = button(done, () => resolve(undefined), { disabled: true }); // not before something was printed
    const printed = () => finish.removeAttribute("disabled");
    const print = primary(words.print, () => (window.print(), printed()));
    const pdf = button(words.pdf, async () => {
      const close = await openPdf(station, codes, document.documentElement.dataset.paper ?? paper, note);
      if (close) undo.push(close), printed();
    });
    addEventListener("afterprint", printed);
    undo.push(() => removeEventListener("afterprint", printed));
    show(station, framed(station, name, [content], [finish, pdf, print]));
    fitPaper(content);
    station.live.textContent = note.querySelector("h1")?.textContent ?? "";
    if (auto) requestAnimationFrame(() => setTimeout(() => print.click()));
  });
  undo.forEach((each) => each());
  station.root.replaceChildren();
}

/** Thermal paper is as long as the slip: one of four named pages. @param {HTMLElement} content */
function fitPaper(content) {
  content.querySelectorAll("article.slip").forEach((slip) => {
    const millimetres = (/** @type {HTMLElement} */ (slip).scrollHeight / 96) * 25.4 + 4;
    const length = [130, 160, 200].find((each) => millimetres <= each) ?? 260;
    slip.setAttribute("data-length", String(length));
  });
}

/** @param {string} paper one of PAPERS */
function setPaper(paper) {
  document.documentElement.dataset.paper = paper;
}

/** @param {Station} station @returns {Promise<string>} */
export async function chosenPaper({ store }) {
  const kept = await store.get("paper");
  return PAPERS.includes(kept) ? kept : PAPERS[0];
}

/** @param {string} legend @param {Record<string, string>} names @param {string} chosen @param {(paper: string) => void} change */
export function paperChoice(legend, names, chosen, change) {
  const options = PAPERS.map((paper) => {
    const on = { change: () => change(paper) };
    const input = el("input", { type: "radio", name: "paper", value: paper, checked: paper === chosen, on });
    return el("label", { class: "option" }, input, el("span", {}, names[paper]));
  });
  return el("fieldset", { class: "options" }, el("legend", {}, legend), ...options);
}

/** @param {Station} station */
function round({ manifest }) {
  return /** @type {import("../protocol/manifest.js").Manifest} */ (manifest);
}
