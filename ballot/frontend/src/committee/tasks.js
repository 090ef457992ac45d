// The long pieces of a member's work: stretching a passphrase, checking a record, decrypting its sums.
// Never here: a page, a store, or a decryption of anything but the sums of the record that was examined here.

import { transcriptOf } from "../protocol/committee.js";
import { decryptPartially } from "../protocol/decryption.js";
import { examineRecord } from "../protocol/closed_record.js";
import { checkCounted } from "../protocol/counted_record.js";
import { demand } from "../protocol/errors.js";
import { createKeyFile, openKeyFile } from "../protocol/keyfile.js";
import { boundTo, checkShare, parseMemory } from "../protocol/memory.js";

const BUDGET_MS = 60_000;

/** @typedef {import("../protocol/course.js").Progress} Advance */
/** @typedef {Record<string, (asked: any, advance: Advance) => any>} Tasks */

/** @returns {Tasks} with a memory for one examined record, which never leaves */
export function makeTasks() {
  /** @type {any} */ let examined = null;
  return {
    seal: ({ sealed, passphrase }) => createKeyFile(sealed, passphrase),
    open: ({ file, kind, passphrase }) => openKeyFile(file, kind, passphrase),
    examine: async ({ files, manifest }, advance) => {
      examined = null;
      examined = await examineRecord(files, { manifest, budget: BUDGET_MS, progress: advance });
      const { issued, returned, root, checked, of, witnesses } = examined;
      return { issued, returned, root, checked, of, witnesses };
    },
    counted: async ({ files, manifest }, advance) => {
      const found = await examineRecord(files, { manifest, budget: 0, progress: advance });
      checkCounted(found, files[`${found.manifest.uuid}.bel`]);
      return found.root;
    },
    decrypt: ({ secret }) => decryptWith(examined, secret),
  };
}

/**
 * What the file remembers decides, not the page. Throws NOT_THIS_TRUSTEE, TRANSCRIPT_CHANGED, OTHER_ROOT_DECRYPTED.
 * @param {any} examined
 * @param {Uint8Array} secret the encoded memory, with the root in it already
 */
function decryptWith(examined, secret) {
  const memory = parseMemory(secret);
  secret.fill(0);
  demand(examined !== null && memory.manifest === examined.manifest.hash, "KEY_WRONG_ROUND", "record");
  checkShare(memory, examined.committee.trustees.owners);
  boundTo(memory, transcriptOf(examined.committee));
  demand(memory.decryptedRoot === examined.root, "OTHER_ROOT_DECRYPTED", `member ${memory.index}`);
  return decryptPartially(examined, { owner: memory.index, secret: memory.share });
}
