// A QR code read from the camera's picture, frame by frame, on this machine alone.
// Never here: a picture that is kept or sent, or a camera that runs on after its screen has gone.
//
//     if (await hasCamera()) stop = readCode(host, (text) => …, (name) => …)

import decodeQR from "qr/decode.js";

const EVERY_MS = 150;
const SIDE_PX = 640; // the middle of the picture, scaled down: enough for 60 modules held at arm's length

/** Say whether a camera may be asked for: a secure context, the interface, and a device. @returns {Promise<boolean>} */
export async function hasCamera() {
  if (!globalThis.isSecureContext || !navigator.mediaDevices?.getUserMedia) return false;
  try {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.some((device) => device.kind === "videoinput");
  } catch {
    return false;
  }
}

/**
 * Show the camera's picture in `host` and call `onText` with every code that is read, the same one only once in a row.
 * @param {HTMLElement} host
 * @param {(text: string) => void} onText
 * @param {(name: string) => void} [onTrouble] the browser's name for why there is no picture, NotAllowedError for one
 * @returns {() => void} stops every track and takes the picture away; may be called again
 */
export function readCode(host, onText, onTrouble = () => {}) {
  const video = document.createElement("video");
  Object.assign(video, { muted: true, playsInline: true, disablePictureInPicture: true });
  video.setAttribute("aria-hidden", "true");
  video.className = "camera";
  host.append(video);
  /** @type {MediaStream | null} */ let stream = null;
  let [stopped, timer, last] = [false, 0, ""];
  const stop = () => {
    stopped = true;
    clearTimeout(timer);
    stream?.getTracks().forEach((track) => track.stop());
    video.srcObject = stream = null;
    video.remove();
  };
  const look = () => {
    if (stopped) return;
    if (!video.isConnected) return stop(); // its screen has gone
    const text = readFrame(video);
    if (text && text !== last) onText((last = text));
    timer = stopped ? 0 : window.setTimeout(look, EVERY_MS);
  };
  const open = async () => {
    const wanted = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
    stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
    if (stopped || !video.isConnected) return stop();
    video.srcObject = stream;
    await video.play();
    look();
  };
  open().catch((error) => {
    const wasStopped = stopped;
    stop();
    if (!wasStopped) onTrouble(String(error?.name ?? "Error"));
  });
  return stop;
}

/** @param {HTMLVideoElement} video @returns {string} the text of the code in the middle of the picture, or nothing */
function readFrame(video) {
  const side = Math.min(video.videoWidth, video.videoHeight);
  if (!side) return "";
  const to = Math.min(side, SIDE_PX);
  const canvas = new OffscreenCanvas(to, to);
  const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  const [left, top] = [(video.videoWidth - side) / 2, (video.videoHeight - side) / 2];
  pen.drawImage(video, left, top, side, side, 0, 0, to, to);
  try {
    return decodeQR({ width: to, height: to, data: pen.getImageData(0, 0, to, to).data });
  } catch {
    return ""; // no code in this frame
  }
}
