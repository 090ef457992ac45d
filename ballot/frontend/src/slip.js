// The slip on the screen and on paper: round, colour band, QR and code, and how to carry it.
// Never here: a name, a number of a person, or a time.

import { button, el, primary } from "./dom.js";
import { qrCode } from "./qr.js";

/** @param {string} manifestHash @returns {number} which of the twelve colour bands marks this round */
export function bandOf(manifestHash) {
  return parseInt(manifestHash.slice(0, 4), 16) % 12;
}

/**
 * @param {import("./words.js").Words} words
 * @param {import("./manifest.js").Manifest} manifest
 * @param {string} code in groups of four
 * @param {() => void} printed
 */
export function slipScreen(words, manifest, code, printed) {
  const band = bandOf(manifest.hash);
  const slip = el(
    "article",
    { id: "slip-paper" },
    manifest.rehearsal && el("p", { class: "rehearsal" }, words.rehearsal),
    el("p", { class: `band band-${band}` }, words.slipTitle),
    el("h1", {}, manifest.title),
    el("p", {}, [manifest.body, manifest.date.split("-").reverse().join("/")].join(" – ")),
    el("p", { class: "small" }, words.slipBand(words.colours[band])),
    qrCode(code.replaceAll("-", ""), words.slipLabel),
    el("p", { class: "slip-code" }, ...code.split("-").map((group) => el("span", {}, group))),
    el("p", { class: "fold" }, words.slipFold),
  );
  const note = el("p", { class: "note" }, words.printNote);
  const done = button(words.printed, printed);
  return { content: [slip, note], buttons: [done, primary(words.print, () => window.print())] };
}
