// The member's store, IndexedDB `kiem-phieu`: every write is on the disk before it counts as done.
// Never here: a secret that can be read; the key file comes in sealed under the member's passphrase and leaves sealed.
//
//     phong   seat {device, uuid, number, manifest}, entering (the token of a seat whose answer is not here yet), lease
//     khoa    one row a round: how far this browser has come, with the sealed key file (see Own)
//     goc     "manifest|number" → the root this member decrypted; kept for ever, whatever else is deleted

import { connect, read, update, write } from "../page/database.js";

const NAME = "kiem-phieu";
const VERSION = 1;

/**
 * How far this browser has come in a round. `file` is the key file, null before there is one and after its destruction.
 * @typedef {object} Own
 * @property {string} uuid
 * @property {number} attempt of the ceremony for which the key file was made
 * @property {string} met hash of the manifest with which the member has seen whose seat this is, and compared it; or empty
 * @property {Uint8Array | null} file
 * @property {Record<string, any>} made messages by kind, as they are or will be sent: the same bytes every time
 * @property {boolean} agreed all screens showed the same six words
 * @property {number} saved how many media hold the file
 * @property {boolean} proven the file was opened from a medium, and belongs to the committee
 * @property {boolean} destroyed the statement was sent and the file deleted here
 */
/**
 * @typedef {object} Store
 * @property {(name: string) => Promise<any>} get
 * @property {(name: string, value: unknown) => Promise<void>} set
 * @property {(name: string, change: (value: any) => unknown) => Promise<any>} update read and write in one transaction
 * @property {(uuid: string) => Promise<Own | undefined>} own
 * @property {(own: Own) => Promise<void>} keep
 * @property {(name: string) => Promise<string | undefined>} root
 * @property {(name: string, root: string) => Promise<string>} rememberRoot the first one ever given, which stays
 */

/** @param {string} uuid @returns {Own} */
export function freshOwn(uuid) {
  return { uuid, attempt: 0, met: "", file: null, made: {}, agreed: false, saved: 0, proven: false, destroyed: false };
}

/** @returns {Promise<Store>} Throws StoreFailed */
export async function openStore() {
  const db = await connect(NAME, VERSION, makeTables);
  return {
    get: (name) => read(db, "phong", (table) => table.get(name)),
    set: (name, value) => write(db, "phong", (table) => void table.put(value, name)),
    update: (name, change) => update(db, "phong", name, change),
    own: (uuid) => read(db, "khoa", (table) => table.get(uuid)),
    keep: (own) => write(db, "khoa", (table) => void table.put(own)),
    root: (name) => read(db, "goc", (table) => table.get(name)),
    rememberRoot: (name, root) => update(db, "goc", name, (held) => held ?? root),
  };
}

/** @param {IDBDatabase} db */
function makeTables(db) {
  db.createObjectStore("phong");
  db.createObjectStore("khoa", { keyPath: "uuid" });
  db.createObjectStore("goc");
}
