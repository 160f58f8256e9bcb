// Whatever counts by itself: the wall clock, running counts, the title while an alarm rings, how fresh we are.
import { $, $$, serverNow } from './page.js';

const two = (number) => String(number).padStart(2, '0');
let freshAt = Date.now(); // the page itself is as fresh as its first poll
let polled = false;

/** `0:47`, beyond an hour `1:02:09`. */
export function counter(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  const tail = two(seconds % 60);
  return minutes < 60 ? `${minutes}:${tail}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${tail}`;
}

/** `02:14` in Shanghai, wherever this computer thinks it is. */
export function wallTime(moment, withSeconds = false) {
  const shanghai = new Date(moment + 8 * 3600 * 1000);
  const time = `${two(shanghai.getUTCHours())}:${two(shanghai.getUTCMinutes())}`;
  return withSeconds ? `${time}:${two(shanghai.getUTCSeconds())}` : time;
}

/** A poll has been answered: what is on the screen is true as of now. */
export function fresh() {
  freshAt = Date.now();
  polled = true;
  tick();
}

/** Since when nothing has been heard from the server, in whole seconds. */
export const staleFor = () => Math.round((Date.now() - freshAt) / 1000);
export const freshTime = () => wallTime(serverNow() - staleFor() * 1000);

function tick() {
  const now = serverNow();
  for (const each of $$('[data-since]')) {
    const count = counter(now - Date.parse(each.dataset.since));
    each.textContent = each.dataset.word ? `${each.dataset.word} ${count}` : count;
  }
  const wall = $('[data-clock]');
  if (wall) wall.textContent = wallTime(now);
  const live = $('[data-live-words]');
  if (live && polled) live.textContent = `实时 · ${staleFor()} 秒前`;
  nameWindow(now);
}

function nameWindow(now) {
  const plain = document.body.dataset.title;
  if (!plain) return;
  const ringing = $$('[data-ringing]');
  const since = ringing.length && $('[data-since]', ringing[0]).dataset.since;
  const more = ringing.length > 1 ? `${ringing.length} 件` : '';
  document.title = since ? `${counter(now - Date.parse(since))} 医疗求助${more}没人接 · ${plain}` : plain;
}

export function startClock() {
  tick();
  setInterval(tick, 1000);
  document.addEventListener('console:page', tick);
}
