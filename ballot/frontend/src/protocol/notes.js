// Signed notes of the ballot box, as a verifier reads them: checkpoints.txt and closing.txt over exactly these ballots.
// Never here: the signing, or a time. Twin: tally/protocol/checkpoint.py; SPEC 4.11, 5.9; C2SP signed-note.

import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { bytesToHex, fromHex, hexHash, toBytes, utf8 } from "./encoding.js";
import { demand, Refused } from "./errors.js";
import { checkEd25519 } from "./signing.js";

/** A text of lines and its signatures, each with 4 bytes of key hash before it. @typedef {{ lines: string[], signatures: { name: string, raw: Uint8Array }[] }} Note */
/** The chain so far. @typedef {{ size: number, hash: Uint8Array }} Head */
/** Whose notes they are: `origin` is also the key's name, `boxKey` in hex, not reversed. @typedef {{ origin: string, boxKey: string }} Box */
/** Hashes in hex, by the words of closing.txt. @typedef {{ manifest: string, election: string, opening: string, credentials: string, issuance: string, spoiled: string, root: string }} Closed */

const LIMIT = 256 * 1024 ** 2;
const BATCH = 10;
const SIZE = /^(?:0|[1-9][0-9]{0,9})$/;
const START = "phieu-tin-nhiem/v1/checkpoint-start|";
const LINK = utf8("phieu-tin-nhiem/v1/checkpoint|");
const NAMES = /** @type {const} */ (["manifest", "election", "opening", "credentials", "issuance", "spoiled", "root"]);
const CLOSING_LINES = 11;

/**
 * Read notes that follow each other; the bytes have no other spelling. Throws NOT_CANONICAL, TOO_LARGE. SPEC 4.11.
 * @param {Uint8Array} raw
 * @param {string} where
 * @returns {Note[]}
 */
export function parseNotes(raw, where) {
  demand(raw.length <= LIMIT, "TOO_LARGE", where);
  let text = "";
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    throw new Refused("NOT_CANONICAL", where);
  }
  const blocks = text ? text.replace(/\n$/, "").split("\n\n") : [];
  demand(blocks.length % 2 === 0, "NOT_CANONICAL", where);
  const notes = Array.from({ length: blocks.length / 2 }, (_, i) => ({
    lines: blocks[2 * i].split("\n"),
    signatures: blocks[2 * i + 1].split("\n").map((line) => readSignature(line, where)),
  }));
  demand(notes.map(noteText).join("\n") === text, "NOT_CANONICAL", where);
  return notes;
}

/** @param {string} line @param {string} where */
function readSignature(line, where) {
  const [dash, name, encoded, ...more] = line.split(" ");
  let raw = new Uint8Array();
  try {
    raw = Uint8Array.from(atob(encoded ?? ""), (c) => c.charCodeAt(0));
  } catch {
    throw new Refused("NOT_CANONICAL", where);
  }
  demand(dash === "—" && name && more.length === 0 && raw.length === 68, "NOT_CANONICAL", where);
  return { name, raw };
}

/** @param {Note} note @returns {string} what is signed: the lines, each ended by a newline */
function signedText({ lines }) {
  return lines.map((line) => `${line}\n`).join("");
}

/** @param {Note} note @returns {string} */
function noteText(note) {
  return `${signedText(note)}\n${note.signatures.map(({ name, raw }) => `— ${name} ${base64(raw)}\n`).join("")}`;
}

/** With padding. @param {Uint8Array} raw @returns {string} */
function base64(raw) {
  return btoa(String.fromCharCode(...raw));
}

/** Check that the box's key, and it alone, signed. Throws BAD_SIGNATURE. SPEC 5.9, step 1. @param {Note} note @param {Box} box @param {string} where */
export function checkNote(note, { origin, boxKey }, where) {
  demand(note.signatures.length === 1, "BAD_SIGNATURE", where); // a second line would give one note many spellings
  checkSigned(note, note.signatures[0], { name: origin, key: boxKey }, where);
}

/**
 * Check one line under a note: this name, this key. Throws BAD_SIGNATURE.
 * @param {Note} note
 * @param {{ name: string, raw: Uint8Array }} line
 * @param {{ name: string, key: string }} signer the key in hex, not reversed
 * @param {string} where
 */
export function checkSigned(note, line, signer, where) {
  const failure = { where, code: "BAD_SIGNATURE" };
  const key = fromHex(signer.key, "key", 32);
  checkEd25519(key, utf8(signedText(note)), line.raw.slice(4), failure);
  const keyHash = sha256(concatBytes(utf8(`${signer.name}\n`), Uint8Array.of(1), key)).slice(0, 4);
  demand(line.name === signer.name && bytesToHex(line.raw.slice(0, 4)) === bytesToHex(keyHash), failure.code, where);
}

// --- the chain of batches --------------------------------------------------------------------------------------------

/** @param {Head} head @param {string[]} batch hashes in hex, ascending @returns {Head} SPEC 5.9, step 2 */
function after(head, batch) {
  const ballots = batch.map((ballot) => fromHex(ballot, "ballot", 32));
  const hash = sha256(concatBytes(LINK, head.hash, toBytes(BigInt(batch.length), 8), ...ballots));
  return { size: head.size + batch.length, hash };
}

/** @param {string} origin @param {Head} head @returns {string[]} the three first lines of a note */
function headLines(origin, { size, hash }) {
  return [origin, String(size), base64(hash)];
}

/**
 * Check signature, chain and batch sizes of all checkpoints; return the last head and every ballot's hash.
 * Throws BAD_SIGNATURE, WRONG_SHAPE, BAD_HASH, WRONG_COUNT, NOT_SORTED, MISMATCH. SPEC 5.9, steps 1 and 2.
 * @param {Note[]} notes
 * @param {Box} box
 * @param {string} election its hash in hex
 * @param {string} [where]
 * @returns {{ head: Head, ballots: string[] }}
 */
export function replay(notes, box, election, where = "checkpoints.txt") {
  /** @type {string[]} */ const ballots = [];
  let head = { size: 0, hash: sha256(utf8(`${START}${election}`)) };
  notes.forEach((note, i) => {
    const place = `${where}[${i}]`;
    checkNote(note, box, place);
    const batch = note.lines.slice(3).map((line) => ballotLine(line, place));
    demand(batch.length >= BATCH || notes.length === 1, "WRONG_COUNT", place);
    batch.sort();
    head = after(head, batch);
    const lines = [...headLines(box.origin, head), ...batch.map((ballot) => `ballot ${ballot}`)];
    demand(batch.length > 0 && lines.join("\n") === note.lines.join("\n"), "MISMATCH", place);
    ballots.push(...batch);
  });
  demand(new Set(ballots).size === ballots.length, "NOT_SORTED", where);
  return { head, ballots };
}

/** @param {string} line @param {string} where @returns {string} */
function ballotLine(line, where) {
  demand(line.split(" ", 1)[0] === "ballot", "WRONG_SHAPE", where);
  return hexHash(line.slice("ballot ".length), where);
}

/**
 * Check that `raw` is exactly this statement, signed by the box.
 * Throws TOO_LARGE, NOT_CANONICAL, WRONG_SHAPE, MISMATCH, BAD_SIGNATURE. SPEC 5.9, step 4.
 * @param {Uint8Array} raw
 * @param {Box} box
 * @param {Head} head
 * @param {Closed} closed
 * @param {string} [where]
 */
export function checkClosing(raw, box, head, closed, where = "closing.txt") {
  const [note, ...more] = parseNotes(raw, where);
  const fits = note && more.length === 0 && note.lines.length === CLOSING_LINES && SIZE.test(note.lines[1]);
  demand(fits, "WRONG_SHAPE", where);
  const expected = [...headLines(box.origin, head), "closing", ...NAMES.map((name) => `${name} ${closed[name]}`)];
  expected.forEach((line, i) => demand(note.lines[i] === line, "MISMATCH", where, line.split(" ")[0]));
  checkNote(note, box, where);
}
