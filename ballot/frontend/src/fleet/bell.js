// A short tone for a call, off until somebody turns it on (a browser lets no page sound before a press).
// Never here: a file of sound, or a tone that repeats by itself.

const PEAK = 0.2;
const SECONDS = 0.35;

/** @returns {{ toggle: () => boolean, ring: () => void }} `toggle` says whether it now sounds */
export function bell() {
  /** @type {AudioContext | null} */ let context = null;
  const ring = () => {
    if (!context) return;
    const [tone, volume, now] = [context.createOscillator(), context.createGain(), context.currentTime];
    tone.frequency.value = 880;
    volume.gain.setValueAtTime(PEAK, now);
    volume.gain.exponentialRampToValueAtTime(0.001, now + SECONDS);
    tone.connect(volume).connect(context.destination);
    tone.start(now);
    tone.stop(now + SECONDS);
  };
  const toggle = () => {
    if (context) context.close();
    context = context ? null : new AudioContext();
    ring();
    return context !== null;
  };
  return { toggle, ring };
}
