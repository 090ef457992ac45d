// Voiding slips that are in the attendant's hand: a spoiled one before its replacement, unused envelopes one after another.
// Never here: a code that is shown again, kept, or sent; only the proof that somebody holds the slip goes to the box.

import { deriveCredential, readSlip } from "../protocol/credential.js";
import { proveVoid } from "../protocol/holding.js";
import { button, el } from "../page/dom.js";
import { Declined } from "../page/net.js";
import { slipField } from "../page/slip_field.js";
import { insist } from "./line.js";
import { voidSlip } from "./routes.js";
import { ask, framed, letScroll, show, working } from "./screen.js";
import { ready } from "./making.js";

/** @typedef {import("./screen.js").Station} Station */
/** @typedef {"spoiled" | "unused_envelope"} Reason */

/**
 * Have the spoiled slip handed back and voided before a new one is made.
 * @param {Station} station
 * @returns {Promise<boolean>} false: the attendant leaves it for later
 */
export async function takeSpoiled(station) {
  const { words } = station;
  for (;;) {
    const typed = await askSlip(station);
    if (!typed) return false;
    working(station, words.voiding);
    try {
      await insist(station, () => send(station, typed, "spoiled"));
      return true;
    } catch (error) {
      if (!(error instanceof Declined)) throw error;
      await ask(station, words.replaceTitle, [answerOf(words, error), words.replaceLost], [["back", words.back]]);
    }
  }
}

/** @param {Station} station @returns {Promise<string>} empty: later */
function askSlip(station) {
  const { words } = station;
  return new Promise((resolve) => {
    const { field, input, ready: press, leave } = slipField(words, words.voidButton, resolve);
    const title = el("h1", { class: "title" }, words.replaceTitle);
    const lead = [title, el("p", { class: "lead" }, words.replaceLead), el("p", {}, words.replaceLost)];
    const later = button(words.later, () => (leave(), resolve("")));
    show(station, framed(station, "replacing", [el("div", { class: "column" }, ...lead, field)], [later, press]));
    input.focus();
  });
}

/**
 * Void many slips, one scan after the other; the answer to each is shown, and how many were voided.
 * @param {Station} station
 * @param {Reason} reason
 * @param {() => void} done
 */
export function voidMany(station, reason, done) {
  const { words } = station;
  const envelopes = reason === "unused_envelope";
  const count = el("p", { class: "count", role: "status" }, words.voidCount(0));
  const list = el("ol", { class: "answers", reversed: true });
  const voided = new Set();
  const answer = (/** @type {string} */ text, /** @type {string} */ kind) => {
    list.prepend(el("li", { class: kind }, text));
    count.textContent = words.voidCount(voided.size);
    letScroll(station.root);
    station.live.textContent = `${text}. ${words.voidCount(voided.size)}`;
  };
  const lead = [
    el("h1", {}, envelopes ? words.voidEnvelopes : words.voidSpoiled),
    el("p", {}, envelopes ? words.envelopeVoidLead : words.spoiledVoidLead),
  ];
  const next = () => {
    const { field, input, ready: press, leave } = slipField(words, words.voidButton, async (typed) => {
      field.replaceChildren(el("p", { class: "lead" }, words.voiding));
      await voidOne(station, typed, reason, voided, answer);
      next();
    });
    const content = el("div", { class: "column voiding" }, ...lead, field, count, list);
    show(station, framed(station, "voids", [content], [button(words.back, () => (leave(), done())), press]));
    input.focus();
  };
  next();
}

/**
 * @param {Station} station
 * @param {string} typed
 * @param {Reason} reason
 * @param {Set<string>} voided credentials
 * @param {(text: string, kind: string) => void} answer
 */
async function voidOne(station, typed, reason, voided, answer) {
  const { words } = station;
  const { public: credential } = deriveCredential(readSlip(typed), ready(station).pairing.uuid);
  if (voided.has(credential)) return answer(words.voidRepeated, "no");
  try {
    await send(station, typed, reason);
    voided.add(credential);
    answer(words.voidDone, "yes");
  } catch (error) {
    answer(error instanceof Declined ? answerOf(words, error) : words.voidNoAnswer, "no");
  }
}

/** @param {Station} station @param {string} typed @param {Reason} reason */
function send(station, typed, reason) {
  const { box, pairing, manifest, work } = ready(station);
  const credential = deriveCredential(readSlip(typed), manifest.uuid);
  const proof = proveVoid(manifest.hash, credential, reason);
  return voidSlip(box, pairing.uuid, work.stagingKey, { credential: credential.public, reason, proof });
}

/** @param {import("./words.js").Words} words @param {Declined} error */
function answerOf(words, error) {
  const known = /** @type {Record<string, string>} */ (words.voidAnswers);
  return Object.hasOwn(known, error.code) ? known[error.code] : error.sentence;
}
