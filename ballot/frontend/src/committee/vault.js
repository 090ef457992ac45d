// The member's key while this page lives: opened with the passphrase, closed again into the sealed file at every change.
// Never here: a passphrase that is kept, or a file that is written without having been stored here first.

import { demand } from "../protocol/errors.js";
import { readKeyFile, resealKeyFile } from "../protocol/keyfile.js";
import { encodeMemory, newMemory, parseMemory } from "../protocol/memory.js";

export const KIND = "trustee";

/** @typedef {import("./screen.js").Member} Member */
/** @typedef {import("../protocol/memory.js").Memory} Memory */
/** @typedef {{ memory: Memory, opened: import("../protocol/keyfile.js").OpenedKey, file: Uint8Array }} Vault */

/**
 * What people type and copy has one spelling: no blanks at the ends, single ones between.
 * @param {string} typed
 * @returns {string}
 */
export function tidyPassphrase(typed) {
  return typed.normalize("NFC").trim().replace(/\s+/g, " ");
}

/** Make the key file of a fresh seat. @param {Member} member @param {string} passphrase */
export async function makeVault(member, passphrase) {
  const { manifest, seat, tools } = facts(member);
  const memory = newMemory(manifest, seat.number);
  const sealed = { kind: KIND, name: `member ${seat.number}`, round: manifest.hash, secret: encodeMemory(memory) };
  const { file, opened } = await tools.run("seal", { sealed, passphrase: tidyPassphrase(passphrase) });
  await put(member, { memory, opened, file }, { agreed: false, saved: 0, proven: false, made: {} });
}

/** Begin anew under the same passphrase, with everything drawn afresh. @param {Member} member */
export async function remakeVault(member) {
  const { manifest, seat } = facts(member);
  const { opened } = /** @type {Vault} */ (member.vault);
  const memory = newMemory(manifest, seat.number);
  const file = resealKeyFile(opened, encodeMemory(memory));
  await put(member, { memory, opened, file }, { agreed: false, saved: 0, proven: false, made: {} });
}

/** Change what the file remembers; it is on this disk when this returns. @param {Member} member @param {Memory} memory */
export async function rewriteVault(member, memory) {
  const { opened } = /** @type {Vault} */ (member.vault);
  await put(member, { opened, memory, file: resealKeyFile(opened, encodeMemory(memory)) }, {});
}

/** @param {Member} member @param {Vault} vault @param {Partial<import("./store.js").Own>} changes */
async function put(member, vault, changes) {
  const { own, state } = facts(member);
  Object.assign(own, { ...changes, file: vault.file, attempt: state.attempt });
  await member.store.keep(own);
  member.vault = vault;
}

/**
 * Open a key file of this member and this round.
 * Throws WRONG_PASSPHRASE, KEY_FILE_DAMAGED, KEY_WRONG_KIND, KEY_WRONG_ROUND, NOT_THIS_TRUSTEE.
 * @param {Member} member
 * @param {Uint8Array} file
 * @param {string} passphrase
 * @returns {Promise<Vault>}
 */
export async function openVault(member, file, passphrase) {
  const { manifest, seat, tools } = facts(member);
  const opened = await tools.run("open", { file, kind: KIND, passphrase: tidyPassphrase(passphrase) });
  const memory = parseMemory(opened.secret);
  opened.secret.fill(0);
  demand(memory.manifest === manifest.hash, "KEY_WRONG_ROUND", "key file");
  demand(memory.index === seat.number, "NOT_THIS_TRUSTEE", "key file");
  return { memory, opened, file };
}

/**
 * Say before any passphrase is typed what a file is for. Throws KEY_FILE_DAMAGED, KEY_WRONG_KIND, KEY_WRONG_ROUND.
 * @param {Member} member
 * @param {Uint8Array} file
 */
export function checkFace({ manifest }, file) {
  const face = readKeyFile(file, "key file");
  demand(face.kind === KIND, "KEY_WRONG_KIND", "key file");
  demand(face.round === manifest?.hash, "KEY_WRONG_ROUND", "key file");
}

/** @param {Member} member what is there once the round is known */
export function facts({ manifest, seat, own, state, tools, store, words }) {
  if (!manifest || !seat || !own || !state) throw new TypeError("nothing is known yet");
  return { manifest, seat, own, state, tools, store, words };
}

/** @param {string} where as in a refusal, `member 3` @returns {number} 0: nobody in particular */
export function accusedBy(where) {
  return Number(/^member ([1-9])\b/.exec(where)?.[1] ?? 0);
}
