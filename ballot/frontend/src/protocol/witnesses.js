// What witnesses left with the box, held against the record: their copies of its notes, each with their own signature.
// Never here: a copy that counts because the server says so. Twins: tally/witnessing.py, tally/accusing.py; SPEC 4.21, 5.21.

import { hexHash } from "./encoding.js";
import { demand } from "./errors.js";
import { checkNote, checkSigned, parseNotes } from "./notes.js";

/** @typedef {import("./notes.js").Note} Note */
/** @typedef {import("./record_files.js").Evidence} Evidence */
/** Somebody who signed; `closing`: also the box's last word. @typedef {{ name: string, key: string, closing: boolean }} Witness */

/** Nine at most, by name. */
export const WITNESSES = Array.from({ length: 9 }, (_, i) => `witness-${i + 1}.txt`);

const NAME = /^witness ([a-z0-9-]{1,40})$/;
const textOf = (/** @type {Note} */ { lines }) => lines.join("\n");
const isClosing = (/** @type {Note} */ { lines }) => lines.length > 3 && lines[3] === "closing";

/** Check 28, of what is in the record: every copy is true, and nothing in it contradicts. @param {Evidence} e */
export function witnesses(e) {
  const names = WITNESSES.filter((name) => e.files[name]);
  e.witnesses = names.map((name) => readCopy(e, parseNotes(e.files[name], name), name));
  const keys = [...e.witnesses.map(({ key }) => key), e.manifest.logKey, ...e.manifest.issuers.map((i) => i.statementKey)];
  const distinct = new Set(keys).size === keys.length && new Set(e.witnesses.map(({ name }) => name)).size === names.length;
  demand(distinct, "MISMATCH", "witness-*.txt", "witness ≠ witness");
}

/** @param {Evidence} e @param {Note[]} notes @param {string} where @returns {Witness} */
function readCopy({ manifest, files }, [first, ...rest], where) {
  const said = first?.lines.length === 3 && NAME.exec(first.lines[1]);
  demand(said, "WRONG_SHAPE", where);
  const [name, key] = [said[1], hexHash(first.lines[2].slice("key ".length), `${where}[0]`)];
  demand(first.lines[0] === manifest.origin, "MISMATCH", `${where}[0]`, "manifest.json: uuid");
  demand(first.lines[2] === `key ${key}`, "WRONG_SHAPE", `${where}[0]`);
  const own = { name: `${manifest.origin}/${name}`, key };
  demand(first.signatures.length === 1, "BAD_SIGNATURE", `${where}[0]`);
  checkSigned(first, first.signatures[0], own, `${where}[0]`);
  demand(key !== manifest.boxKey, "MISMATCH", `${where}[0]`, "box_key");
  const marks = rest.filter((note, i) => !isClosing(note) || i < rest.length - 1);
  demand(!marks.some(isClosing), "NOT_SORTED", where); // else a witness could make the last word look like a lost batch
  rest.forEach((note, i) => checkBoth(note, manifest, own, `${where}[${i + 1}]`));
  const kept = parseNotes(files["checkpoints.txt"], "checkpoints.txt").map(textOf);
  marks.forEach((note, i) => {
    demand(kept.includes(textOf(note)), "BOX_CONTRADICTS", where);
    demand(kept[i] === textOf(note), "NOT_SORTED", `${where}: ${note.lines[1]}`);
  });
  const last = rest.length > marks.length ? rest[rest.length - 1] : null;
  const [closing] = parseNotes(files["closing.txt"], "closing.txt");
  demand(!last || textOf(last) === textOf(closing), "BOX_CONTRADICTS", where);
  return { name, key, closing: last !== null };
}

/** The box's line, then the witness's. @param {Note} note @param {import("./notes.js").Box} box @param {{ name: string, key: string }} own @param {string} where */
function checkBoth(note, box, own, where) {
  demand(note.lines[0] === box.origin && note.lines.length >= 4, "MISMATCH", where, "manifest.json: uuid");
  demand(note.signatures.length === 2, "WRONG_SHAPE", where);
  checkNote({ lines: note.lines, signatures: note.signatures.slice(0, 1) }, box, where);
  checkSigned(note, note.signatures[1], own, where);
}
