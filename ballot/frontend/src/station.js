// The slip station: paired with desks by a code, it makes slips under their orders, prints them and forgets them.
// Never here: a name, a slip that the box has no sealed copy of, or anything readable on the disk.
//
//     <main id="station" data-box="<origin of the box>">          first opened at …/#CODE, or the code is typed
//
//     order → make → store → signatures → store → the box → "delivered" → on the screen and paper → "printed" → deleted

import { StoreFailed } from "./page/database.js";
import { el } from "./page/dom.js";
import { takeTurn } from "./page/lock.js";
import { Refused } from "./protocol/errors.js";
import { pairFirst, pairMore, takeFragment } from "./station/pairing.js";
import { ask, framed, letScroll, show, working } from "./station/screen.js";
import { openStore } from "./station/store.js";
import { serve } from "./station/work.js";
import { wordsFor } from "./station/words.js";

const words = wordsFor();
const main = /** @type {HTMLElement} */ (document.getElementById("station"));
const root = el("div", { class: "stage" });
const live = el("p", { class: "unseen", role: "status" });

/** @param {string} code */
async function open(code) {
  main.replaceChildren(root, live);
  const line = el("span", { class: "right link" });
  const blank = { words, root, live, line, box: main.dataset.box ?? "", pairing: null, manifest: null, work: null };
  /** @type {import("./station/screen.js").Station} */
  const station = { ...blank, store: /** @type {any} */ (null), aside: [], known: new Set(), away: false, wake: () => {} };
  try {
    await begin(station, code);
  } catch (error) {
    const lines = explained(error);
    await ask(station, words.brokenTitle, lines, [["again", words.tryAgain]]);
    location.reload();
  }
}

/** @param {import("./station/screen.js").Station} station @param {string} code */
async function begin(station, code) {
  working(station, words.loading);
  station.store = await openStore();
  await takeTurn("tram", station.store, () => show(station, elsewhere(station)), () => location.reload());
  station.pairing = (await station.store.get("pairing")) ?? null;
  station.aside = (await station.store.get("aside")) ?? [];
  if (!station.pairing) await pairFirst(station, code);
  else if (code) await pairMore(station, () => {}, code);
  listen(station);
  await serve(station);
}

/** @param {import("./station/screen.js").Station} station */
function elsewhere(station) {
  const text = [el("h1", {}, words.otherTab), el("p", { class: "lead" }, words.otherTabNote)];
  return framed(station, "elsewhere", [el("div", { class: "column" }, ...text)]);
}

/** A code that comes later, and a window that is looked at again. @param {import("./station/screen.js").Station} station */
function listen(station) {
  addEventListener("hashchange", () => {
    const code = takeFragment();
    if (!code || station.away || !root.querySelector(".resting")) return;
    station.away = true;
    pairMore(station, () => ((station.away = false), station.wake()), code);
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && station.wake());
}

/** @param {unknown} error */
function explained(error) {
  if (error instanceof StoreFailed) return [words.brokenStore, words.brokenStoreNext];
  return [words.brokenData(error instanceof Refused ? error.code : "ERROR"), words.brokenSafe, words.brokenNext];
}

addEventListener("resize", () => letScroll(root));
addEventListener("pagehide", () => root.replaceChildren()); // nothing to go back to
addEventListener("pageshow", (event) => event.persisted && location.reload());
open(takeFragment());
