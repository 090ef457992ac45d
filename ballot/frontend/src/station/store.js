// The station's store, IndexedDB `tram`: every write is on the disk before it counts as done.
// Never here: a slip, a code or a key that can be read; records come in sealed (records.js) and leave sealed.
//
//     tram   pairing {token, uuid, manifest}, paper, auto, aside [order ids], lease     in clear
//     the    one row for each unfinished order: {id, uuid, signed, closing, nonce, box}

const NAME = "tram";
const VERSION = 1;

/** The browser does not keep what it is given, so nothing may be begun. */
export class StoreFailed extends Error {}

/**
 * @typedef {object} Store
 * @property {(name: string) => Promise<any>} get a value of the clear part, undefined if there is none
 * @property {(name: string, value: unknown) => Promise<void>} set
 * @property {(name: string, change: (value: any) => unknown) => Promise<any>} update read and write in one transaction
 * @property {() => Promise<Kept[]>} records
 * @property {(id: string) => Promise<Kept | undefined>} record
 * @property {(record: Kept) => Promise<void>} keep
 * @property {(id: string) => Promise<void>} drop
 */
/** @typedef {{ id: string, uuid: string, signed: boolean, closing: boolean, nonce: Uint8Array, box: Uint8Array }} Kept */

/** @returns {Promise<Store>} Throws StoreFailed */
export async function openStore() {
  const db = await connect();
  await navigator.storage?.persist?.().catch(() => false); // a wish: the browser may clear us out when the disk is full
  return {
    get: (name) => read(db, "tram", (table) => table.get(name)),
    set: (name, value) => write(db, "tram", (table) => void table.put(value, name)),
    update: (name, change) => update(db, name, change),
    records: () => read(db, "the", (table) => table.getAll()),
    record: (id) => read(db, "the", (table) => table.get(id)),
    keep: (record) => write(db, "the", (table) => void table.put(record)),
    drop: (id) => write(db, "the", (table) => void table.delete(id)),
  };
}

/** @returns {Promise<IDBDatabase>} */
function connect() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("tram");
      asked.result.createObjectStore("the", { keyPath: "id" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = asked.onblocked = () => reject(new StoreFailed());
  });
}

/** @param {IDBDatabase} db @param {string} table @param {(table: IDBObjectStore) => IDBRequest} ask @returns {Promise<any>} */
function read(db, table, ask) {
  return new Promise((resolve, reject) => {
    const asked = ask(db.transaction(table).objectStore(table));
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(new StoreFailed());
  });
}

/** @param {IDBDatabase} db @param {string} table @param {(table: IDBObjectStore) => void} act @returns {Promise<void>} */
function write(db, table, act) {
  return new Promise((resolve, reject) => {
    // strict: not done until the operating system says that it is on the disk, which a power cut asks for
    const transaction = db.transaction(table, "readwrite", { durability: "strict" });
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(new StoreFailed());
    act(transaction.objectStore(table));
  });
}

/** @param {IDBDatabase} db @param {string} name @param {(value: any) => unknown} change @returns {Promise<any>} the new value */
async function update(db, name, change) {
  /** @type {unknown} */ let made;
  await write(db, "tram", (table) => {
    const asked = table.get(name);
    asked.onsuccess = () => void table.put((made = change(asked.result)), name);
  });
  return made;
}
