// The slip on paper: round, colour band, QR and code, and how to carry it; one by one, or eight on a sheet to cut.
// Never here: a name, a number of a person or a slip, a desk, or a time.

import { el } from "../page/dom.js";
import { qrCode } from "../page/qr.js";

const PER_SHEET = 8;
const LONG_TITLES = [70, 140]; // beyond these a title is set smaller

/** @param {string} manifestHash @returns {number} which of the twelve colour bands marks this round */
export function bandOf(manifestHash) {
  return parseInt(manifestHash.slice(0, 4), 16) % 12;
}

/** @typedef {import("./words.js").Words} Words */
/** @typedef {import("../protocol/manifest.js").Manifest} Manifest */

/** What stands on a slip besides QR and code; also what the PDF is drawn from. @param {Words} words @param {Manifest} manifest */
export function slipTexts(words, manifest) {
  const band = bandOf(manifest.hash);
  return {
    rehearsal: manifest.rehearsal ? words.rehearsal : "",
    heading: words.slipTitle,
    title: manifest.title,
    long: LONG_TITLES.filter((length) => manifest.title.length > length).length,
    body: manifest.body,
    date: manifest.date.split("-").reverse().join("/"),
    band,
    colour: words.slipBand(words.colours[band]),
    fold: words.slipFold,
  };
}

/**
 * @param {Words} words
 * @param {Manifest} manifest
 * @param {string} code in groups of four
 * @returns {HTMLElement}
 */
export function slipPaper(words, manifest, code) {
  const texts = slipTexts(words, manifest);
  return el(
    "article",
    { class: `slip long-${texts.long}` },
    texts.rehearsal && el("p", { class: "rehearsal" }, texts.rehearsal),
    el("p", { class: `band band-${texts.band}` }, texts.heading),
    el("p", { class: "slip-round" }, texts.title),
    el("p", { class: "slip-body" }, texts.body, el("br"), texts.date),
    el("p", { class: "small" }, texts.colour),
    el("div", { class: "slip-secret", "data-covered": words.covered },
      qrCode(code.replaceAll("-", ""), words.slipLabel),
      el("p", { class: "slip-code" }, ...code.split("-").map((group) => el("span", {}, group)))),
    el("p", { class: "fold" }, texts.fold),
  ); // prettier-ignore
}

/** @param {Words} words @param {Manifest} manifest @param {string[]} codes */
export function sheets(words, manifest, codes) {
  const count = Math.ceil(codes.length / PER_SHEET);
  return Array.from({ length: count }, (_, i) => {
    const some = codes.slice(i * PER_SHEET, (i + 1) * PER_SHEET);
    return el("section", { class: "sheet" }, ...some.map((code) => slipPaper(words, manifest, code)));
  });
}
