// What this browser keeps of a voter's own slip, in IndexedDB `the-rieng`, one entry per round, for its two own pages.
// Never here: a name, a choice, or blinding factors any longer than they are needed.
//
//     permission ──> asked (request and blinding factors) ──> signed (code, sealed copy) ──> sent ──> ready (code) ──> gone

const DATABASE = "the-rieng";
const TABLE = "the";

/**
 * @typedef {object} Entry
 * @property {string} uuid
 * @property {"permission" | "asked" | "signed" | "sent" | "ready"} stage
 * @property {string} permission the one-time permission; empty once the slip is ready
 * @property {import("../protocol/request.js").Request} [request] secret until it is answered
 * @property {string} [code] the slip's 28 characters in groups
 * @property {Uint8Array} [sealed] what the box is sent, the same bytes every time
 */

/** @param {string} uuid @returns {Promise<Entry | undefined>} */
export function taken(uuid) {
  return within("readonly", (table) => table.get(uuid));
}

/** Done when it is on the disk. @param {Entry} entry @returns {Promise<unknown>} */
export function keep(entry) {
  return within("readwrite", (table) => table.put(entry));
}

/** @param {string} uuid @returns {Promise<unknown>} */
export function erase(uuid) {
  return within("readwrite", (table) => table.delete(uuid));
}

/** Ask the browser not to throw it away when space is short. @returns {Promise<void>} */
export async function insist() {
  await navigator.storage?.persist?.().catch(() => false);
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(table: IDBObjectStore) => IDBRequest<T>} act
 * @returns {Promise<T>} once the transaction is complete
 */
async function within(mode, act) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(TABLE, mode, { durability: "strict" });
      const request = act(transaction.objectStore(TABLE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error ?? request.error);
    });
  } finally {
    database.close();
  }
}

/** @returns {Promise<IDBDatabase>} */
function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE, { keyPath: "uuid" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => reject(request.error);
  });
}
