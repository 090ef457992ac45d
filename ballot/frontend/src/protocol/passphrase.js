// Passphrases for key files: one suggested by chance, and the refusal of one that could be guessed.
// Never here: a passphrase kept or sent, or a key. Twin: keys/passphrase.py, with another edition of zxcvbn.
//
// zxcvbn knows what people choose, but not our list of words, which stands in the source: each different word of the
// list is worth its 8 bits and no more, whatever its length, and what is left of the phrase what zxcvbn says. Words that
// others have read on a screen are worth nothing. Only the committee's page imports this: zxcvbn weighs 330 kB.

import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";
import { demand } from "./errors.js";
import { WORDS } from "./fingerprint.js";
import { randBelow } from "./group.js";
import { LEAST_CHARACTERS } from "./keyfile.js";

/** @typedef {import("./group.js").RandBelow} RandBelow */

const SUGGESTED = 6; // different words of 256: 48 bits, behind Argon2id
const WORTH = 256;
const LEAST_GUESSES = 1e8; // zxcvbn's score 3
const MEASURED = 72; // what is longer is worth at least as much
const OURS = ["phiếu tín nhiệm", "lấy phiếu tín nhiệm", "ban kiểm phiếu", "hội đồng nhân dân", "mật khẩu"];
/** What people here choose, by whole phrases and by words; zxcvbn knows English only. */
const COMMON = [
  "tôi yêu việt nam", "hồ chí minh", "nguyễn văn", "nguyễn thị", "trần văn", "lê văn", "văn an",
  "anh yêu em", "con yêu bố mẹ", "gia đình hạnh phúc", "chúc mừng năm mới", "việt nam muôn năm",
  "không biết", "bí mật", "chủ tịch hồ chí minh", "đảng cộng sản việt nam", "nhân dân", "tổ quốc", "thủ đô hà nội",
  "thành phố sài gòn", "đà nẵng", "hải phòng", "cần thơ", "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ",
  "tháng năm ngày",
];
/** @type {{ estimator: ZxcvbnFactory, listed: RegExp } | null} */ let tools = null;

/** @param {RandBelow} [random] @returns {string} six different words of the ceremony's list, joined by blanks */
export function suggestPassphrase(random = randBelow) {
  const left = [...WORDS];
  const draw = () => left.splice(Number(random(BigInt(left.length))), 1)[0];
  return Array.from({ length: SUGGESTED }, draw).join(" ");
}

/**
 * Refuse what is too short or could be guessed. Throws PASSPHRASE_TOO_SHORT, PASSPHRASE_UNREADABLE, PASSPHRASE_WEAK.
 * @param {string} text
 * @param {{ own?: string[] }} [options] what others know: names, the round's title, the words on everybody's screen
 */
export function checkPassphrase(text, { own = [] } = {}) {
  const plain = text.normalize("NFC");
  demand([...plain].length >= LEAST_CHARACTERS, "PASSPHRASE_TOO_SHORT", "", String(LEAST_CHARACTERS));
  demand(!/\p{Surrogate}/u.test(plain), "PASSPHRASE_UNREADABLE", "");
  tools ??= makeTools();
  const known = [...OURS, ...COMMON, ...own].map((phrase) => phrase.normalize("NFC").toLowerCase());
  demand(guesses(plain.toLowerCase(), known) >= LEAST_GUESSES, "PASSPHRASE_WEAK", "");
}

/** The less of what zxcvbn and the list of words say. @param {string} plain @param {string[]} known @returns {number} */
function guesses(plain, known) {
  const { listed } = /** @type {NonNullable<typeof tools>} */ (tools);
  const all = measured(plain, known);
  const found = new Set((plain.match(listed) ?? []).map(squeezed));
  if (found.size === 0) return all;
  const read = known.map(squeezed);
  const unread = [...found].filter((word) => !read.some((phrase) => phrase.includes(word)));
  const rest = plain.replace(listed, " ").trim().replace(/\s+/g, " ");
  return Math.min(all, WORTH ** unread.length * measured(rest, known));
}

/** @param {string} text @param {string[]} known @returns {number} zxcvbn's guesses */
function measured(text, known) {
  if (text === "") return 1;
  const { estimator } = /** @type {NonNullable<typeof tools>} */ (tools);
  const parts = known.flatMap((phrase) => [phrase, ...phrase.split(/\s+/)]).filter(Boolean);
  const inputs = parts.flatMap((part) => [part, bare(part), squeezed(part)]);
  return estimator.check([...text].slice(0, MEASURED).join(""), [...new Set(inputs)]).guesses;
}

/** The dictionaries are unpacked when the first passphrase is checked. */
function makeTools() {
  const forms = [...new Set(WORDS.flatMap((word) => [word, bare(word)]))].sort((a, b) => b.length - a.length);
  const listed = new RegExp(forms.map((form) => form.replace(" ", "[\\s_-]?")).join("|"), "gu");
  return { estimator: new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs }), listed };
}

/** Without marks, as some people type it. @param {string} text @returns {string} */
function bare(text) {
  return text.replaceAll("đ", "d").normalize("NFD").replace(/\p{Mn}/gu, "");
}

/** Without marks and blanks. @param {string} text @returns {string} */
function squeezed(text) {
  return bare(text).replace(/[\s_-]/g, "");
}
