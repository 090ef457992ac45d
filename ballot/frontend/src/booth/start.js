// The start: three lines about the ballot, the size of the letters, contrast and voice, each seen at once in a sample.
// Never here: a level that is chosen, or a setting that the next voter finds.

import { button, el, primary } from "../page/dom.js";
import { frame } from "../page/frame.js";
import { appearance, CONTRASTS, SIZES, setAppearance } from "./appearance.js";
import { formsOf } from "./forms.js";
import { markPage } from "./marking.js";
import { setUp } from "./setup.js";
import { askAboutSlip } from "./standing.js";

/** @typedef {import("./session.js").Booth} Booth */

/** @param {Booth} booth */
export function showStart(booth) {
  const { manifest, officials, words, urls, own } = booth;
  const about = el(
    "div",
    { class: "about" },
    el("p", { class: "small" }, [manifest.body, manifest.session].filter(Boolean).join(" – ")),
    el("h1", { class: "title" }, manifest.title),
    el(
      "ol",
      { class: "three" },
      el("li", {}, words.startLead(officials.length, manifest.blocks.length, formsOf(manifest).length)),
      el("li", {}, words.startLevels(manifest.levels)),
      el("li", {}, words.startBlank),
    ),
    el("p", {}, words.startSlip),
    el("p", { class: "small" }, words.startKeys(manifest.levels)),
  );
  const content = el("div", { class: "two" }, about, el("div", { class: "look" }, ...settings(booth)));
  const begin = primary(words.start, () => {
    booth.session.begun = true;
    markPage(booth);
  });
  const buttons = [
    !own && button(words.setUp, () => setUp(booth), { class: "faint" }),
    urls.standing && button(words.standing, () => askAboutSlip(booth)),
    begin,
  ];
  booth.show(frame(booth, { name: "welcome" }, [content], buttons), { idle: false, state: "idle", focus: begin });
}

/** @param {Booth} booth @returns {HTMLElement[]} */
function settings(booth) {
  const { words, session, speaker, manifest } = booth;
  const sample = el(
    "div",
    { class: "sample", "aria-hidden": true },
    el("span", { class: "who" }, el("strong", {}, words.sampleName), el("span", { class: "position" }, words.samplePost)),
    el("span", { class: "level" }, el("span", { class: "key" }, "1"), el("span", {}, manifest.levels[0])),
  );
  const size = choice(words.textSize, SIZES, words.textSizes, appearance().size, (to) => setAppearance({ size: to }));
  const contrast = choice(words.contrast, CONTRASTS, words.contrasts, appearance().contrast, (to) =>
    setAppearance({ contrast: to }),
  );
  const voice = speaker.able() && aloud(words, session);
  return [size, contrast, ...(voice ? [voice] : []), sample];
}

/** @param {import("./words.js").Words} words @param {import("./session.js").Session} session */
function aloud(words, session) {
  const now = session.headset ? "on" : "off";
  const group = choice(words.headset, ["off", "on"], words.headsets, now, (to) => (session.headset = to === "on"));
  group.append(el("p", { class: "small" }, words.headsetNote));
  return group;
}

/**
 * A few buttons of which one is pressed.
 * @param {string} title
 * @param {readonly string[]} values
 * @param {string[]} labels
 * @param {string} now
 * @param {(value: string) => void} choose
 */
function choice(title, values, labels, now, choose) {
  const faces = values.map((value, i) => {
    const press = () => {
      choose(value);
      faces.forEach((face, k) => face.setAttribute("aria-pressed", String(k === i)));
    };
    return button(labels[i], press, { class: `pick pick-${value}`, "aria-pressed": String(value === now) });
  });
  return el("fieldset", {}, el("legend", {}, title), el("div", { class: "picks" }, ...faces));
}
