// What a terminal hands to whoever tests it (*Kiểm tra máy*): the opened draft as a file, or as a few QR codes.
// Never here: a ballot that counts, or a screen. Twins: tally/protocol/opened.py, booth.py (the commit code).
//
//     openedFile(election, draft, "B1")       // what a phone keeps, under fileName(commit)
//     openedFrames(election, draft)           // ["PTN1:1/9:2E7AEE1778BF7BFC:…", …], each the text of one QR code
//     checkOpened(election, readFrames(election, texts))      // { commit, levels, terminal }

import { checkTerminal, commitCode, draftOf, encryptRow, openedJson, shownCommit } from "./ballot.js";
import { ALPHABET, plain } from "./credential.js";
import { checkChoices } from "./election.js";
import { array, canonical, decode, fields, toBytes, toInteger } from "./encoding.js";
import { demand } from "./errors.js";
import { decodePoint, decodeScalar, Q } from "./group.js";

/** @typedef {import("./election.js").Election} Election */
/** @typedef {import("./ballot.js").Draft} Draft */
/** @typedef {import("./ballot.js").Ciphertext} Ciphertext */
/**
 * An opened draft as read; `ciphertexts` from a file, `claimed` (the commit code's first 16 digits) from frames.
 * @typedef {object} Opened
 * @property {number[][]} choices
 * @property {bigint[][]} randomness
 * @property {Ciphertext[][]} [ciphertexts]
 * @property {string} [claimed]
 * @property {string} [terminal]
 */

const FORMAT = "phieu-tin-nhiem/opened/v1";
const LIMIT = 4 * 1024 * 1024;
const CHUNK = 480;
const SCALAR = 32;
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"; // RFC 4648
const FRAME = /^PTN1:([1-9][0-9]{0,3})\/([1-9][0-9]{0,3}):([0-9A-F]{16}):([A-Z2-7]+)$/;

// --- the file --------------------------------------------------------------------------------------------------------

/** @param {Election} election @param {Draft} draft @param {string} terminal @returns {Uint8Array} SPEC 4.14 */
export function openedFile(election, draft, terminal) {
  return canonical({ format: FORMAT, election: election.hash, ...openedJson(draft, terminal) });
}

/** @param {string} commit @returns {string} the name under which the file is offered */
export function openedName(commit) {
  return `kiem-tra-may-${commit.slice(0, 8)}.json`;
}

/**
 * Read the file. Throws MISMATCH if it is of another election, and reading errors. SPEC 4.14.
 * @param {Election} election
 * @param {Uint8Array} raw
 * @returns {Opened}
 */
export function readOpened(election, raw) {
  const m = fields(decode(raw, "opened", LIMIT), "opened", ["format", "election", "terminal", "rows"]);
  demand(m.format === FORMAT, "WRONG_SHAPE", "opened.format");
  demand(m.election === election.hash, "MISMATCH", "opened.election");
  const rows = array(m.rows, "opened.rows").map((row, i) => array(row, `opened.rows[${i}]`).map(readChoice));
  const part = (/** @type {"value"|"randomness"|"pair"} */ name) => rows.map((row) => row.map((one) => one[name]));
  return {
    terminal: checkTerminal(m.terminal),
    choices: /** @type {number[][]} */ (part("value")),
    randomness: /** @type {bigint[][]} */ (part("randomness")),
    ciphertexts: /** @type {Ciphertext[][]} */ (part("pair")),
  };
}

/** @param {any} value */
function readChoice(value) {
  const { alpha, beta, value: mark, randomness } = fields(value, "choice", ["alpha", "beta", "value", "randomness"]);
  demand(mark === 0 || mark === 1, "WRONG_SHAPE", "choice.value");
  decodePoint(alpha, "choice.alpha");
  decodePoint(beta, "choice.beta", { identity: true });
  return { pair: { alpha, beta }, value: mark, randomness: decodeScalar(randomness, "choice.randomness") };
}

// --- the frames ------------------------------------------------------------------------------------------------------

/** @param {Election} election @param {Draft} draft @returns {string[]} the texts of the QR codes. SPEC 4.14 */
export function openedFrames(election, draft) {
  const marks = draft.choices.map((row) => row.indexOf(1) + 1);
  const payload = Uint8Array.from([...marks, ...draft.randomness.flat().flatMap((r) => [...toBytes(r, SCALAR)])]);
  const [pieces, prefix] = [chunks(payload), commitCode(election, draft).slice(0, 16).toUpperCase()];
  return pieces.map((chunk, i) => `PTN1:${i + 1}/${pieces.length}:${prefix}:${toBase32(chunk)}`);
}

/**
 * Put frames together, in any order and case, some of them twice.
 * Throws INCOMPLETE naming those that are missing, WRONG_SHAPE, BAD_SCALAR, MISMATCH for frames of different drafts.
 * @param {Election} election
 * @param {string[]} texts
 * @returns {Opened}
 */
export function readFrames(election, texts) {
  const widths = election.questions.map((question) => question.answers.length);
  const size = widths.length + SCALAR * widths.reduce((a, b) => a + b, 0);
  const { pieces, claimed } = collect(texts, Math.ceil(size / CHUNK));
  const payload = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
  const even = payload.length === size && chunks(payload).every((chunk, i) => chunk.length === pieces[i].length);
  demand(even, "WRONG_SHAPE", "frames", `${size} bytes`);
  let at = widths.length;
  const rows = widths.map((width, i) => {
    demand(payload[i] <= width, "WRONG_SHAPE", `opened[${i}]`);
    return Array.from({ length: width }, (_, k) => {
      const randomness = toInteger(payload.slice(at, (at += SCALAR)));
      demand(randomness > 0n && randomness < Q, "BAD_SCALAR", `opened[${i}]`);
      return { mark: Number(k + 1 === payload[i]), randomness };
    });
  });
  return {
    choices: rows.map((row) => row.map((one) => one.mark)),
    randomness: rows.map((row) => row.map((one) => one.randomness)),
    claimed,
  };
}

/** @param {string[]} texts @param {number} total @returns {{ pieces: Uint8Array[], claimed: string }} */
function collect(texts, total) {
  /** @type {(Uint8Array | undefined)[]} */ const found = Array(total).fill(undefined);
  let claimed = "";
  texts.forEach((text, line) => {
    const match = FRAME.exec(text.trim().toUpperCase());
    demand(match && Number(match[2]) === total && Number(match[1]) <= total, "WRONG_SHAPE", `frames[${line}]`);
    const [place, chunk] = [Number(match[1]) - 1, fromBase32(match[4])];
    claimed ||= match[3];
    const known = found[place];
    const same = !known || (known.length === chunk.length && known.every((byte, i) => byte === chunk[i]));
    demand(match[3] === claimed && same, "MISMATCH", `frames[${line}]`);
    found[place] = chunk;
  });
  const missing = found.flatMap((chunk, i) => (chunk ? [] : [i + 1]));
  demand(missing.length === 0, "INCOMPLETE", "frames", missing.join(", "));
  return { pieces: /** @type {Uint8Array[]} */ (found), claimed };
}

/** As few chunks as fit, the first ones a byte longer where it does not come out even. @param {Uint8Array} payload */
function chunks(payload) {
  const count = Math.ceil(payload.length / CHUNK);
  const [size, longer] = [Math.floor(payload.length / count), payload.length % count];
  const start = (/** @type {number} */ i) => i * size + Math.min(i, longer);
  return Array.from({ length: count }, (_, i) => payload.slice(start(i), start(i + 1)));
}

/** @param {Uint8Array} raw @returns {string} RFC 4648 base 32 without padding */
function toBase32(raw) {
  const bits = [...raw].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE32[parseInt(five.padEnd(5, "0"), 2)]).join("");
}

/** In its one spelling. @param {string} text @returns {Uint8Array} */
function fromBase32(text) {
  const bits = [...text].map((digit) => BASE32.indexOf(digit).toString(2).padStart(5, "0")).join("");
  const raw = Uint8Array.from((bits.match(/.{8}/g) ?? []).map((eight) => parseInt(eight, 2)));
  demand(toBase32(raw) === text, "WRONG_SHAPE", "base32");
  return raw;
}

// --- the check -------------------------------------------------------------------------------------------------------

/**
 * Encrypt an opened draft again and compare; return what it says, levels from 0, null for a line left blank.
 * Throws BAD_CHOICE, BAD_PROOF for a file whose ciphertexts hold something else, MISMATCH for frames that name another
 * commit code. It proves that this draft was encrypted as shown, and nothing about another. SPEC 5.1, step 2.
 * @param {Election} election
 * @param {Opened} opened
 * @returns {{ commit: string, levels: (number | null)[], terminal: string }}
 */
export function checkOpened(election, opened) {
  checkChoices(election, opened.choices);
  const rows = opened.choices.map((row, i) => encryptRow(election, row, opened.randomness[i]));
  const draft = draftOf(opened.choices, opened.randomness, rows);
  const same = !opened.ciphertexts || JSON.stringify(opened.ciphertexts) === JSON.stringify(draft.ciphertexts);
  demand(same, "BAD_PROOF", "opened");
  const commit = commitCode(election, draft);
  demand(!opened.claimed || opened.claimed === commit.slice(0, 16).toUpperCase(), "MISMATCH", "opened");
  const levels = opened.choices.map((row) => (row.includes(1) ? row.indexOf(1) : null));
  return { commit, levels, terminal: opened.terminal ?? "" };
}

/**
 * Compare what a person copied from a terminal's screen, short or in full. Throws BAD_CODE, MISMATCH.
 * @param {string} typed
 * @param {string} commit 64 hex digits
 */
export function checkCommit(typed, commit) {
  const [short, shown] = [plain(typed), plain(shownCommit(commit))];
  const full = typed.replace(/\s/g, "").toLowerCase();
  const isFull = /^[0-9a-f]{64}$/.test(full);
  const isShort = short.length === shown.length && [...short].every((digit) => ALPHABET.includes(digit));
  demand(isFull || isShort, "BAD_CODE", "commit");
  demand(isFull ? full === commit : short === shown, "MISMATCH", "commit");
}
