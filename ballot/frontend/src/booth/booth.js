// What all screens of one booth share: the round, the workers, the watch over silence, and the way from screen to screen.
// Never here: what a screen says, or anything that a wiped session leaves behind.

import { resetAppearance } from "./appearance.js";
import { watchIdle } from "./idle.js";
import { markPage } from "./marking.js";
import { makePool } from "./pool.js";
import { makePresence } from "./presence.js";
import { listenForScanner } from "./scanner.js";
import { freshSession } from "./session.js";
import { makeSpeaker } from "./speech.js";
import { showStart } from "./start.js";
import { applyMillimetre, readTerminal } from "./terminal.js";

/** @typedef {import("./session.js").Booth} Booth */
/** @typedef {{ manifest: import("../protocol/manifest.js").Manifest, election: import("../protocol/election.js").Election, script: Uint8Array | null }} Loaded */

/**
 * @param {HTMLElement} root its data attributes are the addresses and the times
 * @param {import("./words.js").Words} words
 * @param {Loaded} loaded
 */
export function startBooth(root, words, { manifest, election, script }) {
  const { cast = "", test = "", standing = "", fleet = "", board = "", siteKey = "", own } = root.dataset;
  const seconds = (/** @type {string} */ name, /** @type {number} */ usual) => Number(root.dataset[name] ?? usual);
  const terminal = readTerminal(location.hash);
  const officials = manifest.blocks.flatMap((block) => block.officials);
  const presence = makePresence({ name: terminal.name, url: fleet, words });
  /** @type {Booth} */
  const booth = {
    manifest, election, officials, words, terminal, presence,
    own: own !== undefined,
    siteKey,
    urls: { cast, test, standing, fleet, board: board && new URL(board, location.href).href },
    times: { receipt: seconds("receipt", 10), pause: seconds("pause", 350) },
    pool: makePool(election, script),
    speaker: makeSpeaker(words.locale),
    scanner: listenForScanner(() => early(booth, root)),
    session: freshSession(officials.length),
    show: (screen, options) => show(screen, options),
    home: () => wipe(),
  }; // prettier-ignore
  const uncovered = followSize(booth, root);
  const idle = watchIdle({
    seconds: seconds("idle", 60),
    words,
    root,
    cover(covered) {
      presence.tell(covered ? "stalled" : "voting");
      if (!covered) uncovered();
    },
    wipe: () => booth.home(),
  });
  /** @type {Booth["show"]} */
  const show = (screen, { idle: watched = true, state = "voting", focus } = {}) => {
    booth.speaker.hush();
    booth.scanner.waitFor(null);
    root.replaceChildren(screen);
    (watched ? idle.start : idle.stop)();
    presence.tell(state);
    focusOn(screen, focus);
  };
  const wipe = () => {
    document.querySelectorAll("dialog, input").forEach((each) => each.remove());
    const used = booth.session.begun;
    booth.session = freshSession(officials.length);
    if (used) booth.pool.renew();
    presence.call(false);
    resetAppearance();
    showStart(booth);
  };
  applyMillimetre(terminal);
  window.addEventListener("pagehide", booth.home); // nothing to go back to
  window.addEventListener("pageshow", (event) => event.persisted && booth.home());
  window.addEventListener("hashchange", () => location.reload()); // another name or another millimetre
  root.addEventListener("keydown", enter);
  booth.home();
}

/** A heading is read out and takes Enter for the act of its screen. @param {HTMLElement} screen @param {HTMLElement} [wanted] */
function focusOn(screen, wanted) {
  const scroller = /** @type {HTMLElement} */ (screen.querySelector(".content"));
  const scrolls = scroller.scrollHeight > scroller.clientHeight + 1;
  if (scrolls) scroller.tabIndex = 0; // so that keys can reach what is below
  const heading = /** @type {HTMLElement | null} */ (screen.querySelector("h1"));
  heading?.setAttribute("tabindex", "-1");
  (wanted ?? heading)?.focus({ preventScroll: !wanted });
}

/** @param {KeyboardEvent} event */
function enter(event) {
  const on = /** @type {HTMLElement} */ (event.target);
  if (event.key !== "Enter" || event.repeat || on.tagName !== "H1") return;
  event.preventDefault();
  /** @type {HTMLElement | null} */ (on.closest(".screen")?.querySelector("footer .primary"))?.click();
}

/** A slip was read before its time: nothing was marked or sent, and the voter is told. @param {Booth} booth @param {HTMLElement} root */
function early(booth, root) {
  const screen = root.querySelector(".screen");
  if (!screen || screen.matches(".working, .receipt, .failed")) return;
  let note = root.querySelector(".early");
  if (!note) {
    note = Object.assign(document.createElement("p"), { className: "early" });
    note.setAttribute("role", "status");
    screen.prepend(note);
  }
  note.textContent = booth.words.slipEarly;
}

/**
 * Turned, zoomed or resized: the pages are cut anew; under a cover, where nothing can be measured, once it is gone.
 * @param {Booth} booth
 * @param {HTMLElement} root
 * @returns {() => void} to be called when a cover is gone
 */
function followSize(booth, root) {
  let [timer, missed] = [0, false];
  const cut = () => {
    missed = root.hidden;
    if (!missed && root.querySelector(".marking:not(.single)")) markPage(booth);
  };
  window.addEventListener("resize", () => {
    clearTimeout(timer);
    timer = window.setTimeout(cut, 150);
  });
  return () => missed && cut();
}
