// The attendants' board of terminals: who is idle, in use, stalled or silent, and who calls.
// Never here: a choice, a slip, a count of casts, or a key that stays in the address or in a store.
//
//     <main id="fleet" data-url data-title [data-rehearsal]>    opened at …/cac-may#key

import { button, el } from "./page/dom.js";
import { canonical } from "./protocol/encoding.js";
import { Declined, post } from "./page/net.js";
import { bell } from "./fleet/bell.js";
import { news, summary, tile } from "./fleet/tiles.js";
import { fleetWords } from "./fleet/words.js";

/** @typedef {import("./fleet/tiles.js").Beat} Beat */

const EVERY_MS = 2000;
const root = /** @type {HTMLElement} */ (document.getElementById("fleet"));
const words = fleetWords();
const { url = "", title = "", rehearsal } = root.dataset;
const ringer = bell();

const tiles = el("ul", { class: "tiles" });
const line = el("p", { class: "summary" });
const trouble = el("p", { class: "trouble", role: "alert", hidden: true });
const spoken = el("p", { class: "spoken", "aria-live": "assertive" });

/** @type {Beat[]} */
let seen = [];
let shown = "";
let turn = 0;

/** Take the key out of the address, where it must not stay. @returns {string} */
function takeKey() {
  const key = location.hash.slice(1);
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  return key;
}

function build() {
  const sound = button(words.soundOn, () => {
    const on = ringer.toggle();
    sound.textContent = on ? words.soundOff : words.soundOn;
    sound.setAttribute("aria-pressed", String(on));
  }, { "aria-pressed": "false" }); // prettier-ignore
  root.replaceChildren(
    ...[rehearsal !== undefined && el("p", { class: "rehearsal" }, words.rehearsal)].filter((each) => each !== false),
    el("header", {}, el("div", {}, el("h1", {}, words.heading), el("p", { class: "round" }, title)), sound),
    trouble,
    line,
    tiles,
    spoken,
    el("p", { class: "note" }, words.reload),
  );
}

/** @param {string} sentence empty takes it away */
function complain(sentence) {
  trouble.hidden = !sentence;
  if (trouble.textContent !== sentence) trouble.textContent = sentence;
}

/** @param {Beat[]} beats */
function show(beats) {
  const said = news(seen, beats, words);
  if (said) spoken.textContent = said;
  if (beats.some((beat) => beat.call && !seen.some((b) => b.terminal === beat.terminal && b.call))) ringer.ring();
  seen = beats;
  const text = JSON.stringify(beats);
  if (text === shown) return; // an unchanged board is left alone, for those who read it with a screen reader
  shown = text;
  line.textContent = beats.length ? summary(beats, words) : words.none;
  tiles.replaceChildren(...beats.map((beat) => tile(beat, words)));
}

/** Ask again and again with one key, until another one takes its turn. @param {string} key */
async function watch(key) {
  const mine = ++turn;
  while (mine === turn) {
    try {
      const answer = await post(url, canonical({ key }), "application/json");
      show(JSON.parse(new TextDecoder().decode(answer)).terminals);
      complain("");
    } catch (error) {
      if (error instanceof Declined) return refuse(error.sentence);
      complain(words.unreachable);
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

/** @param {string} sentence */
function refuse(sentence) {
  complain(sentence);
  line.textContent = "";
  tiles.replaceChildren();
}

function begin() {
  const key = takeKey();
  if (key) watch(key);
  else if (!turn) refuse(words.noKey);
}

window.addEventListener("hashchange", () => location.hash && begin());
build();
begin();
