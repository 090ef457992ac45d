// The slip that this browser keeps for its owner, for the booth on one's own device; a hall's terminal keeps none.
// Never here: another store, or a way to ask for a slip that was not finished.

import { erase, taken } from "../page/shelf.js";

/** @param {string} uuid @returns {Promise<string | null>} the code in groups; null where there is none or no store */
export async function storedSlip(uuid) {
  try {
    const entry = await taken(uuid);
    return (entry?.stage === "ready" && entry.code) || null;
  } catch {
    return null;
  }
}

/** After the receipt: the slip can do nothing any more. @param {string} uuid @returns {Promise<void>} */
export async function eraseSlip(uuid) {
  try {
    await erase(uuid);
  } catch {
    // a store that cannot be opened holds nothing for us
  }
}
