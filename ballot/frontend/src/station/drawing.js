// How one slip is drawn on paper by jsPDF, upright or as a label of a sheet.
// Never here: what stands on it (slip.js), or anything that differs from one slip to the next besides its code.

import encodeQR from "qr";

/** @typedef {import("jspdf").jsPDF} Doc */
/** @typedef {ReturnType<typeof import("./slip.js").slipTexts>} Texts */
/** @typedef {{ x: number, y: number, width: number }} Column in millimetres */

const FONT = "Tinos";
const MM = 25.4 / 72; // of a point
const LINE = 1.25;
const [TITLES, SMALL_TITLES] = [[14, 12.5, 10], [11, 9, 7.5]]; // points, by the length of the title
/** The bands of station.css. */
const BANDS = [
  "#8e1b1b", "#14532d", "#1e3a8a", "#5b2182", "#5c3a16", "#3f4347", "#0b4f57", "#86194f", "#4a4f12", "#312e81", "#7f3210",
  "#000000",
]; // prettier-ignore

/** @param {Doc} doc @param {Texts} texts @param {string} code @param {Column} column @returns {number} the y below it */
export function drawSlip(doc, texts, code, { x, y, width }) {
  const put = writer(doc, x, width);
  y = texts.rehearsal ? put(texts.rehearsal, y, 9, "bold") + 1 : y;
  y = band(doc, texts, { x, y, width }, 13) + 2;
  y = put(texts.title, y, TITLES[texts.long], "bold") + 1;
  y = put(`${texts.body}\n${texts.date}`, y, 11.5) + 0.5;
  y = put(texts.colour, y, 11) + 1;
  drawQr(doc, code, x + (width - QR_MM) / 2, y, QR_MM);
  y = put(grouping(code, 4).join("\n"), y + QR_MM + 1, 15, "bold") + 2;
  rule(doc, x, y, width);
  return put(texts.fold, y + 1.5, 12, "bold");
}

const QR_MM = 42;

/** @param {Doc} doc @param {Texts} texts @param {number} width @returns {number} of an upright slip, in millimetres */
export function slipHeight(doc, texts, width) {
  const tall = (/** @type {string} */ text, /** @type {number} */ size, style = "normal") =>
    lines(doc, text, width, size, style).length * size * LINE * MM;
  const title = tall(texts.title, TITLES[texts.long], "bold") + tall(`${texts.body}\n${texts.date}`, 11.5) + tall(texts.colour, 11);
  return (texts.rehearsal ? tall(texts.rehearsal, 9, "bold") + 1 : 0) + title + QR_MM + tall(texts.fold, 12, "bold") + 36;
}

/** @param {Doc} doc @param {Texts} texts @param {string} code @param {Column & { height: number }} label */
export function drawLabel(doc, texts, code, { x, y, width, height }) {
  const [left, qr] = [x + 5, 39];
  let at = band(doc, texts, { x: left, y: y + 4, width: width - 10 }, 11) + 1;
  if (texts.rehearsal) at = writer(doc, left, width - 10)(texts.rehearsal, at, 8, "bold");
  drawQr(doc, code, left, at + 1, qr);
  const put = writer(doc, left + qr + 3, width - 13 - qr);
  at = put(texts.title, at + 1, SMALL_TITLES[texts.long], "bold", 6) + 0.5;
  at = put(`${texts.body}\n${texts.date}`, at, 9) + 0.5;
  at = put(texts.colour, at, 9) + 1;
  put(grouping(code, 3).join("\n"), at, 12.5, "bold");
  rule(doc, left, y + height - 10, width - 10);
  writer(doc, left, width - 10)(texts.fold, y + height - 8.5, 10.5, "bold");
}

/** @param {Doc} doc @param {number} x @param {number} width */
function writer(doc, x, width) {
  /** @param {string} text @param {number} y @param {number} size @returns {number} the y below it */
  return (text, y, size, style = "normal", most = 99) => {
    const rows = lines(doc, text, width, size, style).slice(0, most);
    doc.setTextColor(0);
    rows.forEach((row, i) => doc.text(row, x + width / 2, y + (i + 0.8) * size * LINE * MM, { align: "center" }));
    return y + rows.length * size * LINE * MM;
  };
}

/** @param {Doc} doc @param {string} text @param {number} width @param {number} size @param {string} style @returns {string[]} */
function lines(doc, text, width, size, style) {
  doc.setFont(FONT, style).setFontSize(size);
  return doc.splitTextToSize(text, width);
}

/** @param {Doc} doc @param {Texts} texts @param {Column} column @param {number} size @returns {number} the y below it */
function band(doc, texts, { x, y, width }, size) {
  const height = size * LINE * MM + 2.5;
  doc.setFillColor(BANDS[texts.band]).rect(x, y, width, height, "F");
  doc.setFont(FONT, "bold").setFontSize(size).setTextColor("#ffffff");
  doc.text(texts.heading, x + width / 2, y + height / 2, { align: "center", baseline: "middle" });
  return y + height;
}

/** @param {Doc} doc @param {number} x @param {number} y @param {number} width */
function rule(doc, x, y, width) {
  doc.setDrawColor(0).setLineWidth(0.2).setLineDashPattern([1, 1], 0).line(x, y, x + width, y);
}

/** One rectangle for each run of dark modules. @param {Doc} doc @param {string} code @param {number} x @param {number} y @param {number} side */
function drawQr(doc, code, x, y, side) {
  const rows = encodeQR(code.replaceAll("-", ""), "raw", { ecc: "medium", border: 2 });
  const module = side / rows.length;
  doc.setFillColor("#000000");
  rows.forEach((row, j) => {
    const runs = row.map((dark) => (dark ? "x" : " ")).join("").matchAll(/x+/g);
    for (const run of runs) doc.rect(x + run.index * module, y + j * module, run[0].length * module, module * 1.02, "F");
  });
}

/** @param {string} code @param {number} some groups on a line @returns {string[]} */
function grouping(code, some) {
  const groups = code.split("-");
  return Array.from({ length: Math.ceil(groups.length / some) }, (_, i) => groups.slice(i * some, (i + 1) * some).join("  "));
}
