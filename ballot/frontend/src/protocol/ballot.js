// A ballot in the making: encrypt, show a commit code, then either open for a test or prove and sign for casting.
// Never here: a page, a network, or a choice that outlives the call. Twins: booth.py, spoiled.py.
//
//     draft = encrypt(election, choices)         // needs no slip; commitCode(election, draft) can be challenged
//     raw = cast(election, draft, credential)    // the same ciphertexts, now proved and signed; or openForTest(draft, "B1")
//
// Both come also in parts: chance is drawn in one place and in order, `encryptRow` and `proveRow` may then run anywhere
// (booth/work.js), which is how a page shows progress.

import { canonical, sha256Compact, sha256Hex, utf8 } from "./encoding.js";
import { toDigits } from "./credential.js";
import { checkChoices } from "./election.js";
import { demand } from "./errors.js";
import { encodePoints, G, gPow, IDENTITY, product, randBelow, randomScalar, sum } from "./group.js";
import { ballotSignaturePrefix, draw, proofJson, proveDrawn, schnorrSign } from "./proofs.js";

/** @typedef {import("./election.js").Election} Election */
/** @typedef {import("./credential.js").Credential} Credential */
/** @typedef {import("./group.js").RandBelow} RandBelow */
/** @typedef {{ alpha: string, beta: string }} Ciphertext in hex */
/**
 * Encrypted choices before a slip was presented. Secret until opened for a test.
 * @typedef {object} Draft
 * @property {number[][]} choices
 * @property {bigint[][]} randomness
 * @property {Ciphertext[][]} ciphertexts
 * @property {Ciphertext[]} totals for each question the product of its ciphertexts
 */

const COMMIT_LABEL = "phieu-tin-nhiem/v1/commit-code|";
const COMMIT_DIGITS = 20;
const TERMINAL = /^(?:[A-Z]{1,2}[0-9]{1,3})?$/; // no room for a stranger's words, which would be printed
const MESSAGES = [0, 1];

/**
 * Encrypt one row of 0/1 per question with fresh chance for each ciphertext. Throws BAD_CHOICE. SPEC 5.1, step 1.
 * @param {Election} election
 * @param {number[][]} choices
 * @param {RandBelow} [random]
 * @returns {Draft}
 */
export function encrypt(election, choices, random = randBelow) {
  const randomness = drawRandomness(election, choices, random);
  const rows = choices.map((row, i) => encryptRow(election, row, randomness[i]));
  return draftOf(choices, randomness, rows);
}

/** Throws BAD_CHOICE. @param {Election} election @param {number[][]} choices @param {RandBelow} [random] @returns {bigint[][]} */
export function drawRandomness(election, choices, random = randBelow) {
  checkChoices(election, choices);
  return choices.map((row) => row.map(() => randomScalar(random)));
}

/** @typedef {{ pairs: Ciphertext[], total: Ciphertext }} EncryptedRow */

/** @param {Election} election @param {number[]} row @param {bigint[]} randomness @returns {EncryptedRow} */
export function encryptRow(election, row, randomness) {
  const pairs = row.map((mark, k) => encryptMark(election, mark, randomness[k]));
  const total = [0, 1].map((side) => product(pairs.map((pair) => pair[side])));
  const texts = encodePoints([...pairs.flat(), ...total]);
  const named = texts.flatMap((alpha, n) => (n % 2 ? [] : [{ alpha, beta: texts[n + 1] }]));
  return { total: /** @type {Ciphertext} */ (named.pop()), pairs: named };
}

/** @param {number[][]} choices @param {bigint[][]} randomness @param {EncryptedRow[]} rows @returns {Draft} */
export function draftOf(choices, randomness, rows) {
  const [ciphertexts, totals] = [rows.map((row) => row.pairs), rows.map((row) => row.total)];
  return { choices: choices.map((row) => [...row]), randomness, ciphertexts, totals };
}

/** @param {Election} election @param {number} mark @param {bigint} r */
function encryptMark(election, mark, r) {
  return [gPow(r), election.key.pow(r).add(mark ? G : IDENTITY)];
}

/** Fix the ciphertexts before the terminal knows whether it is tested. @param {Election} election @param {Draft} draft */
export function commitCode(election, draft) {
  const body = draft.ciphertexts.map((row) => row.map(named).join(",")).join("|");
  return sha256Hex(utf8(`${COMMIT_LABEL}${election.fingerprint}|${body}`));
}

/** @param {string} commit 64 hex digits @returns {string} its first 100 bits in base 32, five groups of four */
export function shownCommit(commit) {
  const digits = toDigits(BigInt(`0x${commit.slice(0, 25)}`), COMMIT_DIGITS);
  return /** @type {RegExpMatchArray} */ (digits.match(/.{4}/g)).join("-");
}

/**
 * Open a draft for *Kiểm tra máy*: canonical JSON, one entry of spoiled.json. It can never be cast afterwards.
 * @param {Draft} draft
 * @param {string} terminal its name, may be empty. Throws WRONG_SHAPE for what is no name. SPEC 4.10
 * @returns {Uint8Array}
 */
export function openForTest(draft, terminal) {
  return canonical(openedJson(draft, terminal));
}

/** @param {Draft} draft @param {string} terminal @returns {{ terminal: string, rows: object[][] }} */
export function openedJson(draft, terminal) {
  const rows = draft.ciphertexts.map((row, i) =>
    row.map((pair, k) => ({ ...pair, value: draft.choices[i][k], randomness: draft.randomness[i][k].toString() })),
  );
  return { terminal: checkTerminal(terminal), rows };
}

/** @param {any} terminal @returns {string} Throws WRONG_SHAPE. SPEC 4.10 */
export function checkTerminal(terminal) {
  demand(typeof terminal === "string" && TERMINAL.test(terminal), "WRONG_SHAPE", "terminal");
  return terminal;
}

/**
 * Prove and sign the drafted ciphertexts; returns the canonical bytes of the ballot. SPEC 5.1, steps 3 to 5.
 * @param {Election} election
 * @param {Draft} draft
 * @param {Credential} credential
 * @param {RandBelow} [random]
 * @returns {Uint8Array}
 */
export function cast(election, draft, credential, random = randBelow) {
  const answers = draft.choices.map((marks, i) =>
    proveRow(election, rowOf(draft, i), credential.public, drawForRow(marks, random)),
  );
  return signAnswers(election, answers, credential, random);
}

/** @typedef {{ choices: Ciphertext[], total: Ciphertext, marks: number[], randoms: bigint[] }} DraftRow */

/** @param {Draft} draft @param {number} i @returns {DraftRow} */
export function rowOf({ ciphertexts, totals, choices, randomness }, i) {
  return { choices: ciphertexts[i], total: totals[i], marks: choices[i], randoms: randomness[i] };
}

/** The chance of a row's proofs: its choices in order, then their sum. @param {number[]} marks @param {RandBelow} [random] */
export function drawForRow(marks, random = randBelow) {
  return [...marks, null].map(() => draw(MESSAGES.length, random));
}

/** @param {Election} election @param {DraftRow} row @param {string} owner the credential's public key @param {import("./proofs.js").Drawn[]} drawn */
export function proveRow(election, { choices, total, marks, randoms }, owner, drawn) {
  const context = `${election.fingerprint}|${owner}`;
  const claims = choices.map((pair, k) => {
    return { tag: `prove|${context}|${named(pair)}|`, messages: MESSAGES, value: marks[k], randomness: randoms[k] };
  });
  const everything = `${context}|${choices.map(named).join(",")}`; // S for the sum, S0 for single choices: SPEC 3.5
  const value = marks.reduce((a, b) => a + b, 0);
  const tag = `prove|${everything}|${named(total)}|`;
  const whole = { tag, messages: MESSAGES, value, randomness: sum(randoms) };
  const texts = proveDrawn(election.key, [...claims, whole], drawn).map((list) => list.map(proofJson));
  return { choices, individual_proofs: texts.slice(0, -1), overall_proof: texts[texts.length - 1] };
}

/**
 * Put the ballot together and sign it with the slip's key. SPEC 5.1, step 5.
 * @param {Election} election
 * @param {ReturnType<typeof proveRow>[]} answers
 * @param {Credential} credential
 * @param {RandBelow} [random]
 * @returns {Uint8Array}
 */
export function signAnswers(election, answers, credential, random = randBelow) {
  const { uuid: election_uuid, fingerprint: election_hash } = election;
  const body = { election_uuid, election_hash, credential: credential.public, answers };
  const hash = sha256Compact(canonical(body));
  const proof = proofJson(schnorrSign(ballotSignaturePrefix(hash), credential.secret, random));
  return canonical({ ...body, signature: { hash, proof } });
}

/** @param {Ciphertext} pair @returns {string} */
function named(pair) {
  return `${pair.alpha},${pair.beta}`;
}

/** The 43 characters a voter looks up. @param {Uint8Array} raw @returns {string} */
export function tracker(raw) {
  return sha256Compact(raw);
}
