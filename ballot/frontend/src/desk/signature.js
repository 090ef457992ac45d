// A signature by pen, finger or mouse, as strokes of whole points in the form's hidden field.
// Never here: a time, a speed or a pressure; where nobody writes, the voter signs the printed sheet.

const [ACROSS, MOST_STROKES, MOST_POINTS, NEAR] = [2_000, 60, 4_000, 6];
const [INK, WIDTH] = ["#1c1a17", 10];

/** @typedef {[number, number]} Point */

/** @param {HTMLElement} pad a fieldset with a canvas, a hidden field, a button that clears and a place for words */
export function signaturePad(pad) {
  const canvas = /** @type {HTMLCanvasElement} */ (pad.querySelector("canvas"));
  const field = /** @type {HTMLInputElement} */ (pad.querySelector("input"));
  const words = /** @type {HTMLElement} */ (pad.querySelector("[data-signed]"));
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  /** @type {Point[][]} */ let strokes = [];
  /** @type {Point[] | null} */ let line = null;

  const keep = () => {
    field.value = strokes.length > 0 ? JSON.stringify(strokes) : "";
    const said = isFull(strokes) ? pad.dataset.full : words.dataset.signed;
    words.textContent = strokes.length > 0 ? (said ?? "") : "";
  };
  const clear = () => {
    [strokes, line] = [[], null];
    pen.clearRect(0, 0, canvas.width, canvas.height);
    keep();
  };
  const begin = (/** @type {PointerEvent} */ event) => {
    if (event.button !== 0 || line || strokes.length >= MOST_STROKES || isFull(strokes)) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    strokes.push((line = [pointOf(canvas, event)]));
    draw(pen, canvas, line);
  };
  const move = (/** @type {PointerEvent} */ event) => {
    if (!line || isFull(strokes)) return;
    const [point, last] = [pointOf(canvas, event), line[line.length - 1]];
    if (Math.hypot(point[0] - last[0], point[1] - last[1]) < NEAR) return;
    line.push(point);
    draw(pen, canvas, line);
  };
  const end = () => {
    line = null;
    keep();
  };
  canvas.addEventListener("pointerdown", begin);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  pad.querySelector("[data-clear]")?.addEventListener("click", clear);
  window.addEventListener("pageshow", (event) => event.persisted && clear());
  clear();
  pad.hidden = false;
}

/** @param {Point[][]} strokes */
function isFull(strokes) {
  return strokes.reduce((sum, line) => sum + line.length, 0) >= MOST_POINTS;
}

/** Where the pen is, in whole steps of which the pad is 2000 wide. @param {HTMLCanvasElement} canvas @param {PointerEvent} event @returns {Point} */
function pointOf(canvas, event) {
  const place = canvas.getBoundingClientRect();
  const steps = (/** @type {number} */ at) => Math.min(ACROSS, Math.max(0, Math.round((at * ACROSS) / place.width)));
  return [steps(event.clientX - place.left), steps(event.clientY - place.top)];
}

/** Draw the newest piece of a line. @param {CanvasRenderingContext2D} pen @param {HTMLCanvasElement} canvas @param {Point[]} line */
function draw(pen, canvas, line) {
  const scale = canvas.width / ACROSS;
  const [to, from] = [line[line.length - 1], line[line.length - 2] ?? line[line.length - 1]];
  Object.assign(pen, { strokeStyle: INK, lineWidth: WIDTH * scale, lineCap: "round", lineJoin: "round" });
  pen.beginPath();
  pen.moveTo(from[0] * scale, from[1] * scale);
  pen.lineTo(to[0] * scale, to[1] * scale);
  pen.stroke();
}
