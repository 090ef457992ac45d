// Taking a seat: by the invitation in the address's fragment, by a scanned code, or by a pasted link.
// Never here: an invitation that stays in the address, in a store, or on the screen after it was used.

import { hasCamera, readCode } from "../page/camera.js";
import { button, el, primary } from "../page/dom.js";
import { Declined } from "../page/net.js";
import { base64Compact } from "../protocol/encoding.js";
import { insist } from "./line.js";
import { enter } from "./routes.js";
import { answered, ask, framed, lead, working } from "./screen.js";

const MARK = "vao=";

/** @typedef {import("./screen.js").Member} Member */

/** Take an invitation out of the address, where it must not stay. @returns {string} the invitation, or empty */
export function takeFragment() {
  const found = invitationIn(location.hash);
  if (location.hash) history.replaceState(null, "", location.pathname);
  return found;
}

/** @param {string} text a whole link, a fragment, or the invitation alone @returns {string} */
function invitationIn(text) {
  const place = text.indexOf(MARK);
  const rest = place >= 0 ? text.slice(place + MARK.length) : text.includes("/") || text.startsWith("#") ? "" : text;
  return /^[0-9A-Za-z_-]{16,200}$/.exec(rest.trim())?.[0] ?? "";
}

/** Ask for invitations until one is taken. @param {Member} member @returns {Promise<void>} */
export async function join(member) {
  for (;;) {
    const invitation = await askLink(member);
    if (invitation && (await tryInvitation(member, invitation))) return;
  }
}

/** @param {Member} member @param {string} invitation @returns {Promise<boolean>} */
export async function tryInvitation(member, invitation) {
  const { words, store } = member;
  working(member, words.joining);
  try {
    const device = await store.update("entering", (held) => held ?? newToken());
    member.seat = await insist(member, () => enter(invitation, device));
    await store.set("seat", member.seat);
    await store.set("entering", null);
    return true;
  } catch (error) {
    if (!(error instanceof Declined)) throw error;
    await store.set("entering", null);
    const lines = [error.sentence, words.joinRefusedNext];
    await ask(member, words.joinRefused, lines, [["back", words.goOn]]);
    return false;
  }
}

/** What the server will know this browser by. @returns {string} 32 bytes of chance in base64url */
function newToken() {
  return base64Compact(crypto.getRandomValues(new Uint8Array(32))).replaceAll("+", "-").replaceAll("/", "_");
}

/** @param {Member} member @returns {Promise<string>} */
async function askLink(member) {
  const { words } = member;
  const camera = await hasCamera();
  return (
    (await answered(member, (/** @type {(value: string) => void} */ resolve) => {
      const hint = el("p", { id: "link-hint", class: "hint", role: "status" });
      const input = textField("link", { "aria-describedby": "link-hint", inputmode: "url" });
      const present = (/** @type {string} */ text) => {
        const found = invitationIn(text);
        if (found) return resolve(found);
        hint.textContent = words.linkBad;
        return undefined;
      };
      input.addEventListener("keydown", (event) => event.key === "Enter" && present(input.value));
      const field = el("div", { class: "field plain" }, el("label", { for: "link" }, words.linkLabel), input, hint);
      if (camera) field.append(...viewfinder(words, present));
      const content = el("div", { class: "column" }, el("h1", { class: "title" }, words.joinTitle), lead(words.joinLead), field);
      return framed(
        member,
        "joining",
        [content, el("p", { class: "small column" }, words.joinNote)],
        [primary(words.goOn, () => present(input.value))],
      );
    })) ?? ""
  );
}

/** @param {import("./words.js").Words} words @param {(text: string) => void} present */
function viewfinder(words, present) {
  const host = el("div", { class: "viewfinder", hidden: true });
  const said = el("p", { class: "hint", role: "status" });
  const open = button(words.cameraOpen, () => {
    open.remove();
    host.hidden = false;
    readCode(host, present, () => (said.textContent = words.cameraFailed));
  });
  return [open, host, said];
}

/**
 * A field that the browser neither remembers nor checks elsewhere.
 * @param {string} id
 * @param {Record<string, any>} [more]
 * @returns {HTMLInputElement}
 */
export function textField(id, more = {}) {
  const quiet = { autocomplete: "off", autocorrect: "off", autocapitalize: "none", spellcheck: "false", "data-lpignore": "true" };
  return /** @type {HTMLInputElement} */ (el("input", { type: "text", id, ...quiet, ...more }));
}
