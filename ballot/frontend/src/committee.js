// The committee member's page: a seat is taken, the key made, tried, used once on the sums of a checked record, destroyed.
// Never here: a share, passphrase or invitation in an address, a log, or readable on the disk; a decryption of a ballot.
//
//     <main id="committee">                                                                  first opened at …/#vao=INVITATION
//
//     seat → passphrase → key file → certificate → commitment → bound → reveal → six words → key → two media → test → rest
//     closed: record examined → numbers and root against paper → root remembered → part          certified: share destroyed

import { serve } from "./committee/course.js";
import { explained } from "./committee/guarding.js";
import { join, takeFragment, tryInvitation } from "./committee/joining.js";
import { ask, framed, letScroll, show, working } from "./committee/screen.js";
import { openStore } from "./committee/store.js";
import { wordsFor } from "./committee/words.js";
import { el } from "./page/dom.js";
import { takeTurn } from "./page/lock.js";

const words = wordsFor();
const main = /** @type {HTMLElement} */ (document.getElementById("committee"));
const root = el("div", { class: "stage" });
const live = el("p", { class: "unseen", role: "status" });

/** @param {string} invitation */
async function open(invitation) {
  main.replaceChildren(root, live);
  const strip = el("p", { class: "strip", role: "status" });
  const blank = { words, root, live, strip, seat: null, manifest: null, state: null, own: null, vault: null, proof: null };
  const rest = { committee: null, unknown: false, lastEnd: null, step: "", interrupt: null };
  /** @type {import("./committee/screen.js").Member} */
  const member = { ...blank, ...rest, store: /** @type {any} */ (null), tools: /** @type {any} */ (null) };
  try {
    await begin(member, invitation);
  } catch (error) {
    await ask(member, words.brokenTitle, explained(words, error), [["again", words.tryAgain]]);
    location.reload();
  }
}

/** @param {import("./committee/screen.js").Member} member @param {string} invitation */
async function begin(member, invitation) {
  working(member, words.loading);
  member.store = await openStore();
  await takeTurn(
    "kiem-phieu",
    member.store,
    () => show(member, elsewhere(member)),
    () => location.reload(),
  );
  member.seat = (await member.store.get("seat")) ?? null;
  if (invitation) await tryInvitation(member, invitation);
  if (!member.seat) await join(member);
  await serve(member);
}

/** @param {import("./committee/screen.js").Member} member */
function elsewhere(member) {
  const text = [el("h1", {}, words.otherTab), el("p", { class: "lead" }, words.otherTabNote)];
  return framed(member, "elsewhere", [el("div", { class: "column" }, ...text)]);
}

addEventListener("hashchange", () => location.reload()); // another invitation; all that was done is on the disk
addEventListener("resize", () => letScroll(root));
addEventListener("pagehide", () => root.replaceChildren()); // nothing to go back to
addEventListener("pageshow", (event) => event.persisted && location.reload());
open(takeFragment());
