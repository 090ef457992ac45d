// The audit page: an observer checks an opened test ballot on a device of their own, also without a network.
// Never here: anything that is sent, a store, or a verdict that was not recomputed.
//
//     <main id="audit" [data-file="address of this page as one file"]>    ?dot=<uuid> fetches the election of this host

import { collecting } from "./audit/collecting.js";
import { cameraPart, fileInput, frameField } from "./audit/parts.js";
import { judge, rejected } from "./audit/verdict.js";
import { auditWords } from "./audit/words.js";
import { button, el } from "./page/dom.js";
import { fetchBytes } from "./page/net.js";
import { breath } from "./page/pace.js";
import { parseElection } from "./protocol/election.js";
import { Refused } from "./protocol/errors.js";
import { checkOpened, readFrames, readOpened } from "./protocol/opened.js";

const UUID = /^[1-9A-HJ-NP-Za-km-z]{14,40}$/;
const root = /** @type {HTMLElement} */ (document.getElementById("audit"));
const words = auditWords();
const frames = collecting();

/** @type {import("./protocol/election.js").Election | null} */
let election = null;
/** @type {Uint8Array | null} the opened ballot as a file, in place of frames */
let file = null;
/** @type {import("./audit/verdict.js").Checked | null} */
let checked = null;
let turn = 0;

const round = el("div", { class: "state", "aria-live": "polite" }, el("p", {}, words.roundWanted));
const progress = el("p", { class: "state", "aria-live": "polite" });
const hint = el("p", { class: "hint", "aria-live": "polite" });
const result = el("div", {}, el("p", {}, words.waiting)); // the hint says the verdict aloud, not the whole list
const commit = /** @type {HTMLInputElement} */ (
  el("input", { type: "text", autocomplete: "off", spellcheck: "false", autocapitalize: "characters", maxlength: 100 })
);
const camera = cameraPart(words, hear, (sentence) => (progress.textContent = sentence));

/** @param {Uint8Array} raw */
function takeElection(raw) {
  try {
    election = parseElection(raw);
    const hash = election.hash.replace(/(.{4})(?=.)/g, "$1 ");
    round.replaceChildren(
      el("p", {}, el("strong", {}, election.name)),
      el("p", {}, `${words.roundHash}: `, el("code", {}, hash)),
    );
  } catch (error) {
    election = null;
    round.replaceChildren(el("p", {}, words.roundBad(codeOf(error))));
  }
  check();
}

/** @param {Uint8Array} raw */
function takeFile(raw) {
  frames.clear();
  progress.textContent = "";
  file = raw;
  check();
}

/** @param {string} text */
function hear(text) {
  const heard = frames.hear(text);
  if (heard === "not a frame") return void (progress.textContent = words.notAFrame);
  file = null;
  const { have, total, missing, complete } = frames.state();
  const said = words.progress(have, total, missing.join(", "));
  progress.textContent = heard === "another" ? `${words.another} ${said}` : said;
  if (complete) camera.end();
  check();
}

/** Recompute as soon as there is a round and a whole ballot. */
async function check() {
  const mine = ++turn;
  checked = null;
  hint.textContent = "";
  if (!election || !(file || frames.state().complete)) return void show(el("p", {}, words.waiting));
  show(el("p", {}, words.working));
  await breath();
  await breath();
  if (mine !== turn) return;
  try {
    checked = checkOpened(election, file ? readOpened(election, file) : readFrames(election, frames.texts()));
    compare();
  } catch (error) {
    hint.textContent = words.differs;
    show(rejected(words, error));
  }
}

function compare() {
  if (!election || !checked) return void (hint.textContent = commit.value.trim() ? words.commitWaits : "");
  const judged = judge(words, election, checked, commit.value);
  hint.textContent = judged.hint || words[judged.verdict];
  show(judged.element);
  if (document.activeElement !== commit) result.scrollIntoView({ block: "nearest" });
}

function startOver() {
  frames.clear();
  [file, commit.value, progress.textContent, hint.textContent] = [null, "", "", ""];
  check();
}

/** @param {HTMLElement} content */
function show(content) {
  result.replaceChildren(content);
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Refused ? error.code : "ERROR";
}

/** @param {string} title @param {...import("./page/dom.js").Child} content */
function card(title, ...content) {
  return el("section", { class: "card" }, el("h2", {}, title), ...content);
}

function build() {
  const points = (/** @type {string} */ title, /** @type {string[]} */ lines) => [
    el("h3", {}, title),
    el("ul", {}, ...lines.map((line) => el("li", {}, line))),
  ];
  const address = root.dataset.file;
  commit.addEventListener("input", compare);
  root.replaceChildren(
    el("header", {}, el("div", {}, el("h1", {}, words.title), el("p", {}, words.lead))),
    card(words.roundTitle, round, fileInput(words.roundFile, takeElection)),
    card(words.commitTitle, el("p", {}, words.commitLead), el("label", {}, words.commitLabel, commit), hint),
    card(
      words.openedTitle,
      el("p", {}, words.openedLead),
      camera.part,
      el("div", { class: "two" }, fileInput(words.openedFile, takeFile), frameField(words.paste, hear)),
      progress,
    ),
    card(words.resultTitle, result, button(words.again, startOver)),
    el("section", {}, ...points(words.provesTitle, words.proves), ...points(words.provesNotTitle, words.provesNot)),
    ...(address
      ? [
          el(
            "section",
            {},
            el("h3", {}, words.offlineTitle),
            el("p", {}, `${words.offlineLead} `, el("a", { href: address, download: "kiem-tra-may.html" }, words.offlineLink)),
          ),
        ]
      : []),
  );
}

/** Only the served page fetches, and only from its own host. */
async function fetchElection() {
  const uuid = new URLSearchParams(location.search).get("dot") ?? "";
  if (!root.dataset.file || !UUID.test(uuid)) return;
  try {
    takeElection(await fetchBytes(`/dot/${uuid}/election.json`));
  } catch {
    round.replaceChildren(el("p", {}, words.roundMissing));
  }
}

build();
fetchElection();
