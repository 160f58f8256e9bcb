// The ring of a medical call: two tones made here, once the user has switched it on (browsers demand a click).
import { $$, onPage } from './page.js';

const WISH = 'console:sound';
const MUTE_MS = 30_000;
let context = null;
let mutedUntil = 0;

const wanted = () => localStorage.getItem(WISH) === 'on';
const blocked = () => !context || context.state !== 'running';

/** Whether this page would be heard; only then does its desk count as one that listens. */
export const heard = () => wanted() && !blocked();

function wake() {
  context ??= new AudioContext();
  if (context.state === 'suspended') context.resume().then(showState, () => {});
}

function tone(frequency, start, length) {
  const swing = context.createOscillator();
  const volume = context.createGain();
  swing.frequency.value = frequency;
  volume.gain.setValueAtTime(0.0001, start);
  volume.gain.exponentialRampToValueAtTime(0.4, start + 0.03);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + length);
  swing.connect(volume).connect(context.destination);
  swing.start(start);
  swing.stop(start + length);
}

function ring() {
  wake();
  const now = context.currentTime;
  tone(880, now, 0.35);
  tone(660, now + 0.4, 0.45);
}

/** Ring while somebody waits, every two seconds. */
function check() {
  if (wanted() && $$('[data-ringing]').length && Date.now() > mutedUntil) ring();
  showState();
}

function showState() {
  for (const button of $$('[data-sound]')) {
    button.setAttribute('aria-pressed', String(wanted()));
    button.textContent = !wanted() ? '声音：关' : blocked() ? '声音：点一下才响' : '声音：开';
  }
}

function toggle() {
  const turnOn = !wanted() || blocked();
  localStorage.setItem(WISH, turnOn ? 'on' : 'off');
  if (turnOn) ring();
  showState();
}

export function startSound() {
  document.addEventListener('click', (event) => {
    if (wanted()) wake();
    if (event.target.closest('[data-sound]')) toggle();
    if (event.target.closest('[data-sound-test]')) ring();
    if (event.target.closest('[data-mute]')) mutedUntil = Date.now() + MUTE_MS;
  });
  document.addEventListener('keydown', () => wanted() && wake());
  onPage(showState);
  setInterval(check, 2000);
}
