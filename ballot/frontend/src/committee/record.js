// The closed record on this machine: fetched from the server or taken from a stick, then examined piece by piece.
// Never here: a number of the record that was not computed from its files.

import { button, el, primary } from "../page/dom.js";
import { Declined } from "../page/net.js";
import { demand, Refused } from "../protocol/errors.js";
import { CHECKS } from "../protocol/record_checks.js";
import { WITNESSES } from "../protocol/witnesses.js";
import { insist } from "./line.js";
import { bytesOf, pickFiles } from "./media.js";
import { fetchRecordFile } from "./routes.js";
import { answered, ask, framed, lead, working } from "./screen.js";
import { facts } from "./vault.js";

/** @typedef {import("./screen.js").Member} Member */
/** @typedef {Record<string, Uint8Array>} Files by name */
/** @typedef {import("../protocol/witnesses.js").Witness} Witness */
/** @typedef {{ issued: number, returned: number, root: string, checked: number, of: number, witnesses: Witness[] }} Seen */

const NAMES = [
  "manifest.json",
  "committee.json",
  "opening.json",
  "credentials.json",
  "issuance.json",
  "checkpoints.txt",
  "spoiled.json",
  "closing.txt",
];

const PROOFS = 19;
/** As they run: the proofs of ballots come last, with what time is left. */
const ORDER = [...CHECKS.filter(({ check }) => check !== PROOFS), ...CHECKS.filter(({ check }) => check === PROOFS)];

/** @param {string} uuid */
const namesOf = (uuid) => [...NAMES, `${uuid}.bel`];

/**
 * Let the member say where the record comes from, and examine it; what is wrong with it is said and nothing is decrypted.
 * @param {Member} member
 * @returns {Promise<Seen | null | undefined>} null: back
 */
export async function examine(member) {
  const { words, manifest, tools } = facts(member);
  for (;;) {
    const files = await getRecord(member);
    if (!files) return files;
    working(member, words.examining, words.examiningNote);
    try {
      return await tools.run("examine", { files, manifest: manifest.hash }, advance(member));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const choice = await refuse(member, error);
      if (choice !== "again") return choice && null;
    }
  }
}

/**
 * Fetch the record and see that its sums were opened, whatever the server says of the round. Throws what is wrong with it.
 * @param {Member} member
 * @returns {Promise<string>} its root
 */
export async function examineCounted(member) {
  const { words, manifest, tools } = facts(member);
  const files = await fetchAll(member);
  demand(files, "INCOMPLETE", "record");
  working(member, words.examining);
  return tools.run("counted", { files, manifest: manifest.hash }, advance(member));
}

/** @param {Member} member @returns {(check: number, done: number, total: number) => void} */
function advance(member) {
  const { words } = member;
  return (check, done, total) => {
    const place = ORDER.findIndex((each) => each.check === check);
    working(member, words.examining, titleOf(words, check), [place + (total ? done / total : 1), ORDER.length]);
  };
}

/** @param {import("./words.js").Words} words @param {number} check @returns {string} */
function titleOf(words, check) {
  const found = CHECKS.find((each) => each.check === check);
  return (words.locale.startsWith("en") ? found?.en : found?.vi) ?? "";
}

/** @param {Member} member @param {Refused} error @param {string} [title] @returns {Promise<string | undefined>} */
export function refuse(member, error, title = member.words.refusedTitle) {
  const { words } = member;
  const sentence = words.findings[error.code] ?? words.findingOther(error.code);
  const { check } = /** @type {{ check?: number }} */ (error);
  const found = check ? words.findingCheck(check, titleOf(words, check)) : "";
  const lines = [sentence, words.refusedSafe, words.refusedNext, found, words.findingCode(error.code, error.where)];
  return ask(member, title, lines, [
    ["again", words.otherRecord],
    ["back", words.back],
  ]);
}

/** @param {Member} member @returns {Promise<Files | null | undefined>} */
async function getRecord(member) {
  const { words, state } = facts(member);
  for (let trouble = ""; ;) {
    const choice = await answered(member, (/** @type {(value: string) => void} */ resolve) => {
      const text = [el("h1", { class: "title" }, words.recordTitle), lead(words.recordLead), el("p", {}, words.recordNote)];
      const content = el("div", { class: "column" }, ...text, el("p", { class: "hint", role: "alert" }, trouble));
      const stick = button(words.recordStick, () => resolve("stick"));
      return framed(
        member,
        "getting",
        [content],
        [button(words.back, () => resolve("back")), stick, primary(words.recordFetch, () => resolve("fetch"))],
      );
    });
    if (choice === undefined) return undefined;
    if (choice === "back") return null;
    if (choice === "fetch" && !state.root) trouble = words.recordNotYet;
    else {
      const files = await (choice === "fetch" ? fetchAll(member) : pickRecord(member));
      if (files) return files;
      trouble = choice === "fetch" ? words.recordNotYet : words.recordIncomplete;
    }
  }
}

/** Copies of witnesses come last, until the server has no more. @param {Member} member @returns {Promise<Files | null>} */
async function fetchAll(member) {
  const { words, seat } = facts(member);
  /** @type {Files} */ const files = {};
  const names = [...namesOf(seat.uuid), ...WITNESSES];
  for (const [i, name] of names.entries()) {
    working(member, words.fetching, name, [i, names.length]);
    try {
      const raw = await insist(member, () => fetchRecordFile(seat, name));
      if (!raw.length && WITNESSES.includes(name)) break;
      files[name] = raw;
    } catch (error) {
      if (error instanceof Declined) return null;
      throw error;
    }
  }
  return files;
}

/**
 * From a folder or a stick; other files beside them do no harm.
 * @param {Member} member
 * @returns {Promise<Files | null>} null: some are missing
 */
async function pickRecord(member) {
  const { seat } = facts(member);
  const wanted = namesOf(seat.uuid);
  const picked = (await pickFiles(true)).filter(({ name }) => wanted.includes(name) || WITNESSES.includes(name));
  if (!wanted.every((name) => picked.some((file) => file.name === name))) return null;
  return Object.fromEntries(await Promise.all(picked.map(async (file) => [file.name, await bytesOf(file)])));
}
