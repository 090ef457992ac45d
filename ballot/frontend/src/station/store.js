// The station's store, IndexedDB `tram`: every write is on the disk before it counts as done.
// Never here: a slip, a code or a key that can be read; records come in sealed (records.js) and leave sealed.
//
//     tram   pairing {token, uuid, manifest}, paper, auto, aside [order ids], lease     in clear
//     the    one row for each unfinished order: {id, uuid, signed, closing, nonce, box}

import { connect, read, update, write } from "../page/database.js";

const NAME = "tram";
const VERSION = 1;

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
  const db = await connect(NAME, VERSION, makeTables);
  return {
    get: (name) => read(db, "tram", (table) => table.get(name)),
    set: (name, value) => write(db, "tram", (table) => void table.put(value, name)),
    update: (name, change) => update(db, "tram", name, change),
    records: () => read(db, "the", (table) => table.getAll()),
    record: (id) => read(db, "the", (table) => table.get(id)),
    keep: (record) => write(db, "the", (table) => void table.put(record)),
    drop: (id) => write(db, "the", (table) => void table.delete(id)),
  };
}

/** @param {IDBDatabase} db */
function makeTables(db) {
  db.createObjectStore("tram");
  db.createObjectStore("the", { keyPath: "id" });
}
