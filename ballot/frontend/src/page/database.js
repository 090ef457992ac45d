// IndexedDB as pages keep what must outlive a power cut: every write is on the disk before it counts as done.
// Never here: what is kept; a page's own store.js names its tables.

/** The browser does not keep what it is given, so nothing may be begun. */
export class StoreFailed extends Error {}

/**
 * @param {string} name
 * @param {number} version
 * @param {(db: IDBDatabase) => void} make makes the tables of a new database
 * @returns {Promise<IDBDatabase>} Throws StoreFailed
 */
export async function connect(name, version, make) {
  const db = await new Promise((resolve, reject) => {
    const asked = indexedDB.open(name, version);
    asked.onupgradeneeded = () => make(asked.result);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = asked.onblocked = () => reject(new StoreFailed());
  });
  await navigator.storage?.persist?.().catch(() => false); // a wish: the browser may clear us out when the disk is full
  return db;
}

/** @param {IDBDatabase} db @param {string} table @param {(table: IDBObjectStore) => IDBRequest} ask @returns {Promise<any>} */
export function read(db, table, ask) {
  return new Promise((resolve, reject) => {
    const asked = ask(db.transaction(table).objectStore(table));
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(new StoreFailed());
  });
}

/** @param {IDBDatabase} db @param {string} table @param {(table: IDBObjectStore) => void} act @returns {Promise<void>} */
export function write(db, table, act) {
  return new Promise((resolve, reject) => {
    // strict: not done until the operating system says that it is on the disk, which a power cut asks for
    const transaction = db.transaction(table, "readwrite", { durability: "strict" });
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(new StoreFailed());
    act(transaction.objectStore(table));
  });
}

/**
 * Read and write in one transaction.
 * @param {IDBDatabase} db
 * @param {string} table
 * @param {string} name
 * @param {(value: any) => unknown} change
 * @returns {Promise<any>} the new value
 */
export async function update(db, table, name, change) {
  /** @type {unknown} */ let made;
  await write(db, table, (rows) => {
    const asked = rows.get(name);
    asked.onsuccess = () => void rows.put((made = change(asked.result)), name);
  });
  return made;
}
