// A sealed rule set as a verifier reads it: every field and every bound; only here fields may stand in any order.
// Never here: a rule of any particular law, or a percentage. Twin: tally/protocol/ruleset; SPEC 4.2.

import { array, integer, text } from "./encoding.js";
import { demand } from "./errors.js";
import { boolean, mapping, some } from "./reading.js";

const FIELDS = [
  "id", "number", "title", "issuer", "date", "effective_from", "effective_to", "replaces", "kind", "layout", "cycle",
  "several_posts", "disclosure", "rates_neighbours", "titles",
  "bad_line_voids_ballot", "blank_line", "certain", "verify", "levels", "base", "quorum",
  "thresholds", "invalid", "triggers", "vote_rules", "exemptions", "deadlines", "criteria",
]; // prettier-ignore
const THRESHOLD = ["key", "level", "numerator", "denominator", "strict", "words", "consequence", "citation"];
/** @type {Record<string, number>} */ const LEVELS = { rating: 3, vote: 2 };
const MOST = 100;
const KINDS = ["status", "appointed_in_year", "months_in_post", "operator"];
const BARE = ["appointed_in_year", "operator"];
const MOST_MONTHS = 120;
const OF_A_THRESHOLD = ["threshold", "repeated"];
const INITIATIVE = "initiative";
const TRIGGERS = [...OF_A_THRESHOLD, INITIATIVE, "body"];

/**
 * Check a rule set. Throws WRONG_SHAPE or BAD_TEXT naming the field.
 * @param {any} value
 * @param {string} where
 * @returns {{ badLineVoidsBallot: boolean }}
 */
export function checkRuleSet(value, where) {
  const m = mapping(value, where, FIELDS);
  const base = mapping(m.base, `${where}.base`, ["kind", "words", "citation"]);
  const levels = some(m.levels, `${where}.levels`).map((v, i) => readLevel(v, `${where}.levels[${i}]`));
  ["id", "number", "title", "issuer", "date", "effective_from", "blank_line"].forEach((name) => text(m[name], `${where}.${name}`));
  ["effective_to", "cycle", "vote_rules"].forEach((name) => text(m[name], `${where}.${name}`, { empty: true }));
  oneOf(m.kind, `${where}.kind`, Object.keys(LEVELS));
  oneOf(m.layout, `${where}.layout`, ["party", "state"]);
  oneOf(m.disclosure, `${where}.disclosure`, ["public", "restricted"]);
  boolean(m.rates_neighbours, `${where}.rates_neighbours`);
  checkSeveralPosts(m.several_posts, `${where}.several_posts`);
  checkTitles(m.titles, `${where}.titles`);
  oneOf(base.kind, `${where}.base.kind`, ["returned", "delegates"]);
  text(base.words, `${where}.base.words`);
  text(base.citation, `${where}.base.citation`, { empty: true });
  checkQuorum(m.quorum, `${where}.quorum`);
  const keys = levels.map(({ key }) => key);
  const thresholds = some(m.thresholds, `${where}.thresholds`).map((v, i) => readThreshold(v, `${where}.thresholds[${i}]`, keys));
  const invalid = entries(m.invalid, `${where}.invalid`, readVoided);
  const triggers = entries(m.triggers, `${where}.triggers`, (v, place) => readTrigger(v, place, thresholds));
  const exemptions = entries(m.exemptions, `${where}.exemptions`, readExemption);
  const deadlines = entries(m.deadlines, `${where}.deadlines`, readDeadline);
  entries(m.criteria, `${where}.criteria`, readCriterion);
  for (const name of ["certain", "verify", "replaces"]) {
    array(m[name], `${where}.${name}`).forEach((entry, i) => text(entry, `${where}.${name}[${i}]`));
  }
  distinct(keys, `${where}.levels.key`);
  distinct(levels.map(({ label }) => label.toUpperCase().toLowerCase()), `${where}.levels.label`);
  distinct(thresholds, `${where}.thresholds.key`);
  distinct(invalid, `${where}.invalid.key`);
  distinct(triggers, `${where}.triggers.key`);
  distinct(exemptions, `${where}.exemptions.key`);
  distinct(deadlines, `${where}.deadlines.key`);
  demand(levels.length === LEVELS[m.kind], "WRONG_SHAPE", `${where}.levels`);
  return { badLineVoidsBallot: boolean(m.bad_line_voids_ballot, `${where}.bad_line_voids_ballot`) };
}

/** @param {any} value @param {string} where */
function checkQuorum(value, where) {
  const m = mapping(value, where, ["numerator", "denominator", "citation"]);
  const numerator = integer(m.numerator, `${where}.numerator`, 1, MOST);
  integer(m.denominator, `${where}.denominator`, 1, MOST);
  text(m.citation, `${where}.citation`, { empty: true });
  demand(numerator <= m.denominator, "WRONG_SHAPE", where);
}

/** @param {any} value @param {string} where */
function checkSeveralPosts(value, where) {
  const m = mapping(value, where, ["most", "words", "citation"]);
  integer(m.most, `${where}.most`, 0, 9);
  text(m.words, `${where}.words`);
  text(m.citation, `${where}.citation`, { empty: true });
}

/** @param {any} value @param {string} where */
function checkTitles(value, where) {
  const m = mapping(value, where, ["ballot", "minutes", "report", "resolution"]);
  ["ballot", "minutes", "report"].forEach((name) => text(m[name], `${where}.${name}`, { limit: 200 }));
  text(m.resolution, `${where}.resolution`, { empty: true, limit: 200 });
}

/** @param {any} value @param {string} where @returns {string} its key */
function readVoided(value, where) {
  const m = mapping(value, where, ["key", "words", "citation"]);
  text(m.citation, `${where}.citation`, { empty: true });
  text(m.words, `${where}.words`);
  return text(m.key, `${where}.key`);
}

/** @param {any} value @param {string} where @param {string[]} thresholds @returns {string} its key */
function readTrigger(value, where, thresholds) {
  const m = mapping(value, where, ["key", "kind", "threshold", "numerator", "denominator", "words", "citation"]);
  oneOf(m.kind, `${where}.kind`, TRIGGERS);
  const asked = m.kind === INITIATIVE;
  oneOf(m.threshold, `${where}.threshold`, OF_A_THRESHOLD.includes(m.kind) ? thresholds : [""]);
  const denominator = integer(m.denominator, `${where}.denominator`, 1, asked ? MOST : 1);
  integer(m.numerator, `${where}.numerator`, asked ? 1 : 0, asked ? denominator : 0);
  text(m.words, `${where}.words`);
  text(m.citation, `${where}.citation`, { empty: true });
  return text(m.key, `${where}.key`);
}

/** @param {any} value @param {string} where */
function readLevel(value, where) {
  const m = mapping(value, where, ["key", "label"]);
  return { key: text(m.key, `${where}.key`), label: text(m.label, `${where}.label`) };
}

/** @param {any} value @param {string} where @param {string[]} levels @returns {string} its key */
function readThreshold(value, where, levels) {
  const m = mapping(value, where, THRESHOLD);
  const numerator = integer(m.numerator, `${where}.numerator`, 1, MOST);
  integer(m.denominator, `${where}.denominator`, numerator, MOST);
  oneOf(m.level, `${where}.level`, levels);
  boolean(m.strict, `${where}.strict`);
  ["words", "consequence"].forEach((name) => text(m[name], `${where}.${name}`));
  text(m.citation, `${where}.citation`, { empty: true });
  return text(m.key, `${where}.key`);
}

/**
 * @param {any} value may be empty
 * @param {string} where
 * @param {(value: any, where: string) => string} read
 * @returns {string[]}
 */
function entries(value, where, read) {
  return array(value, where).map((entry, i) => read(entry, `${where}[${i}]`));
}

/** @param {any} value @param {string} where @returns {string} its key */
function readExemption(value, where) {
  const m = mapping(value, where, ["key", "kind", "value", "words", "citation"]);
  oneOf(m.kind, `${where}.kind`, KINDS);
  const bare = BARE.includes(m.kind);
  text(m.value, `${where}.value`, { empty: bare });
  demand(!bare || m.value === "", "WRONG_SHAPE", `${where}.value`);
  const months = /^[1-9][0-9]{0,2}$/.test(m.value) && Number(m.value) <= MOST_MONTHS;
  demand(m.kind !== "months_in_post" || months, "WRONG_SHAPE", `${where}.value`, `1…${MOST_MONTHS}`);
  text(m.words, `${where}.words`);
  text(m.citation, `${where}.citation`, { empty: true });
  return text(m.key, `${where}.key`);
}

/** @param {any} value @param {string} where @returns {string} its key */
function readDeadline(value, where) {
  const m = mapping(value, where, ["key", "days", "act", "by", "citation"]);
  integer(m.days, `${where}.days`, 0, 400);
  ["act", "by"].forEach((name) => text(m[name], `${where}.${name}`));
  text(m.citation, `${where}.citation`, { empty: true });
  return text(m.key, `${where}.key`);
}

/** @param {any} value @param {string} where @returns {string} its title */
function readCriterion(value, where) {
  const m = mapping(value, where, ["title", "points"]);
  array(m.points, `${where}.points`).forEach((point, i) => text(point, `${where}.points[${i}]`));
  return text(m.title, `${where}.title`);
}

/** @param {any} value @param {string} where @param {string[]} choices */
function oneOf(value, where, choices) {
  demand(choices.includes(value), "WRONG_SHAPE", where, choices.join(" / "));
}

/** @param {string[]} values @param {string} where */
function distinct(values, where) {
  demand(new Set(values).size === values.length, "WRONG_SHAPE", where);
}
