// The voting terminal: loads a round, checks that election and manifest belong together, and guides one voter at a time.
// Never here: a store, a cookie, anything in the address; a wiped session is gone.
//
//     <main id="booth" data-manifest data-election data-cast data-test [data-idle="60"] [data-receipt="20"]>

import { el, primary, trouble } from "./dom.js";
import { parseElection } from "./election.js";
import { Refused } from "./errors.js";
import { frame } from "./frame.js";
import { watchIdle } from "./idle.js";
import { checkBinding, parseManifest } from "./manifest.js";
import { markPage } from "./marking.js";
import { fetchBytes } from "./net.js";
import { freshSession } from "./session.js";
import { wordsFor } from "./words.js";

/** @typedef {import("./session.js").Booth} Booth */

const root = /** @type {HTMLElement} */ (document.getElementById("booth"));
const words = wordsFor();

/** Load a round and show its start, or say why not. */
async function open() {
  root.replaceChildren(el("section", { class: "wait" }, el("h1", {}, words.loading)));
  const { manifest, election } = root.dataset;
  try {
    const [m, e] = await Promise.all([fetchBytes(manifest ?? ""), fetchBytes(election ?? "")]);
    start(parseManifest(m), parseElection(e));
  } catch (error) {
    const what = error instanceof Refused ? words.brokenWhat(error.code) : words.offline;
    const lines = [what, words.brokenSafe, words.brokenNext];
    root.replaceChildren(trouble(words.brokenTitle, lines, [primary(words.reload, open)]));
  }
}

/** @param {import("./manifest.js").Manifest} manifest @param {import("./election.js").Election} election */
function start(manifest, election) {
  checkBinding(election, manifest);
  const officials = manifest.blocks.flatMap((block) => block.officials);
  const idle = watchIdle({ seconds: Number(root.dataset.idle ?? 60), words, wipe: () => booth.home() });
  /** @type {Booth} */
  const booth = {
    manifest,
    election,
    officials,
    words,
    urls: { cast: root.dataset.cast ?? "", test: root.dataset.test ?? "" },
    receiptSeconds: Number(root.dataset.receipt ?? 20),
    session: freshSession(officials.length),
    show: (screen, { idle: watched = true } = {}) => {
      root.replaceChildren(screen);
      (watched ? idle.start : idle.stop)();
    },
    home: () => {
      document.querySelectorAll("dialog, input").forEach((each) => each.remove());
      booth.session = freshSession(officials.length);
      booth.show(welcome(booth), { idle: false });
      root.querySelector("button")?.focus();
    },
  };
  window.addEventListener("pagehide", booth.home); // nothing to go back to
  window.addEventListener("pageshow", (event) => event.persisted && booth.home());
  booth.home();
}

/** @param {Booth} booth */
function welcome(booth) {
  const { manifest, officials } = booth;
  const content = el(
    "div",
    { class: "column" },
    el("p", { class: "small" }, [manifest.body, manifest.session].filter(Boolean).join(" – ")),
    el("h1", { class: "title" }, manifest.title),
    el("p", { class: "lead" }, words.startLead(officials.length)),
    el("p", {}, words.startLevels(manifest.levels)),
    el("p", {}, words.startBlank),
    el("p", {}, words.startSlip),
    el("p", { class: "small" }, words.startKeys(manifest.levels)),
  );
  return frame(booth, { name: "welcome" }, [content], [primary(words.start, () => markPage(booth))]);
}

open();
