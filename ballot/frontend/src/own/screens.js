// The screens of the own-device page: what it cannot protect, work, the slip, trouble.
// Never here: a request, or a store.

import { ask, button, el, footer, primary, progressBar, trouble } from "../page/dom.js";
import { qrCode } from "../page/qr.js";

/** @typedef {import("./words.js").OwnWords} OwnWords */
/** @typedef {import("../protocol/manifest.js").Manifest} Manifest */

/** @param {OwnWords} words @param {Manifest | null} manifest @param {...import("../page/dom.js").Child} content */
export function sheet(words, manifest, ...content) {
  return el(
    "section",
    { class: "own" },
    manifest?.rehearsal && el("p", { class: "rehearsal" }, words.rehearsal),
    el("header", {}, el("span", {}, manifest?.title ?? words.title)),
    el("div", { class: "column" }, ...content),
  );
}

/** @param {OwnWords} words @param {Manifest} manifest @param {() => void} begin */
export function limits(words, manifest, begin) {
  return sheet(
    words,
    manifest,
    el("h1", {}, words.title),
    el("h2", {}, words.limitsTitle),
    el("ol", { class: "limits" }, ...words.limits.map((line) => el("li", {}, line))),
    el("p", { class: "lead" }, words.limitsBooth),
    footer(primary(words.begin, begin)),
  );
}

/** @param {OwnWords} words @param {Manifest | null} manifest @param {string} title */
export function working(words, manifest, title) {
  return sheet(words, manifest, progressBar(title, 0).screen);
}

/** @param {OwnWords} words @param {Manifest | null} manifest @param {string[]} lines @param {(() => void) | null} retry */
export function failed(words, manifest, lines, retry) {
  return sheet(words, manifest, trouble(words.trouble, lines, retry ? [primary(words.retry, retry)] : []));
}

/** @param {OwnWords} words @param {Manifest} manifest @param {string} line */
export function empty(words, manifest, line) {
  return sheet(words, manifest, el("h1", {}, words.title), el("p", { class: "lead" }, line));
}

/**
 * The slip: QR, code, file, the way to the booth, and erasing.
 * @param {OwnWords} words
 * @param {Manifest} manifest
 * @param {{ code: string, booth: string, note: string, erase: () => void }} slip
 */
export function ready(words, manifest, { code, booth, note, erase }) {
  return sheet(
    words,
    manifest,
    note && el("p", { class: "trouble", role: "alert" }, note),
    el("h1", {}, words.readyTitle),
    el("p", { class: "lead" }, words.readyLead),
    el(
      "div",
      { class: "slip" },
      qrCode(code.replaceAll("-", ""), words.code),
      el("div", {}, el("h2", {}, words.code), el("p", { class: "code" }, ...code.split("-").map((g) => el("span", {}, g)))),
    ),
    el("p", {}, el("a", { class: "act", ...asFile(words, manifest, code) }, words.download)),
    el("p", {}, el("a", { class: "act", href: booth }, words.goVote)),
    el("p", { class: "small" }, words.goVoteNote),
    el("p", {}, button(words.erase, () => sure(words, erase), { class: "quiet" })),
  );
}

/** @param {OwnWords} words @param {Manifest} manifest @param {string} code */
function asFile(words, manifest, code) {
  const text = words.fileText(manifest.title, code);
  const file = new Blob([text], { type: "text/plain;charset=utf-8" });
  return { href: URL.createObjectURL(file), download: `the-${manifest.uuid}.txt` };
}

/** @param {OwnWords} words @param {() => void} erase */
function sure(words, erase) {
  const yes = button(words.eraseYes, () => {
    close();
    erase();
  });
  const close = ask(el("div", {}, el("p", { class: "lead" }, words.eraseSure), footer(yes, primary(words.eraseNo, () => close()))), () => close());
}
