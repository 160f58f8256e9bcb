// Short polling: bars, queue and talk stay fresh. An unchanged answer costs the server a few statements and a 304.
import { $, $$, onPage, say } from './page.js';
import { fresh, freshTime, staleFor } from './clock.js';
import { heard } from './sound.js';

const PATIENCE_MS = 10_000;
const QUIET_MS = 800; // the queue keeps still while somebody is going through it by key
const tags = new Map();
let lastKey = 0;
let pointed = false; // a mouse rests on the queue: nothing may move under it
let held = null; // rows that wait for that to end

/** One part of the page, or null when it has not changed. Throws when there is no good answer. */
async function read(address) {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), PATIENCE_MS);
  const asked = heard() && address === document.body.dataset.live ? `${address}${address.includes('?') ? '&' : '?'}sound=1` : address;
  const headers = tags.has(address) ? { 'If-None-Match': tags.get(address) } : {};
  try {
    const answer = await fetch(asked, { headers, cache: 'no-store', signal: giveUp.signal });
    if (answer.status === 304) return null;
    if (!answer.ok || answer.redirected) throw Object.assign(new Error('no answer'), { status: answer.redirected ? 401 : answer.status });
    tags.set(address, answer.headers.get('ETag'));
    return await answer.text();
  } finally {
    clearTimeout(timer);
  }
}

function show(html) {
  const parts = document.createElement('template');
  parts.innerHTML = html;
  for (const part of [...parts.content.children]) {
    const old = part.id && document.getElementById(part.id);
    if (!old) continue;
    if (part.id === 'rows') receiveRows(part);
    else if (part.id === 'talk') receiveTalk(old, part);
    else if (!same(old, part)) replace(old, part);
  }
}

/** Whether two parts differ in nothing but what counts by itself; an alarm must not be read out anew for that. */
function same(old, part) {
  const [mine, theirs] = [old, part].map((each) => {
    const still = each.cloneNode(true);
    for (const count of $$('[data-since]', still)) count.textContent = '';
    return still.innerHTML;
  });
  return mine === theirs && old.hidden === part.hidden;
}

/** Put a part in place of its older self; whoever had the focus in it keeps it. */
function replace(old, part) {
  const focus = old.contains(document.activeElement) ? document.activeElement : null;
  const again = focus && (focus.id ? `#${CSS.escape(focus.id)}` : `[href="${focus.getAttribute('href')}"]`);
  old.replaceWith(part);
  if (focus) (focus === old ? part : ($(again, part) ?? $('a, button', part)))?.focus({ preventScroll: true });
}

function receiveTalk(old, part) {
  const atEnd = old.scrollHeight - old.scrollTop - old.clientHeight < 40;
  const news = part.childElementCount > old.childElementCount && $('.msg.new:last-of-type p', part);
  const scrolled = old.scrollTop;
  replace(old, part);
  part.scrollTop = atEnd ? part.scrollHeight : scrolled;
  if (news) say(`司机来信：${news.textContent}`);
}

function receiveRows(part) {
  const old = $('#rows');
  const known = new Set($$('.row', old).map((row) => row.id));
  const added = $$('.row', part).filter((row) => !known.has(row.id));
  if (added.length) say(`新到 ${added.length} 件：${$('.ti', added[0]).textContent}`);
  if (pointed || performance.now() - lastKey < QUIET_MS) hold(part, added.length);
  else placeRows(part);
}

function placeRows(part) {
  held = null;
  $('.pending')?.remove();
  const old = $('#rows');
  const scrolled = old.scrollTop;
  replace(old, part);
  part.scrollTop = scrolled;
}

/** Change each line where it stands; what would move them waits, and says so. */
function hold(part, added) {
  held = part.cloneNode(true);
  for (const row of $$('.row', part)) {
    const here = document.getElementById(row.id);
    if (here && here.innerHTML !== row.innerHTML) here.replaceChildren(...row.childNodes);
  }
  if (!added || $('.pending')) return;
  const note = document.createElement('button');
  note.className = 'pending';
  note.type = 'button';
  note.textContent = `新到 ${added} 件，鼠标移开就排进来`;
  $('#rows').before(note);
}

function letGo() {
  if (held && !pointed && performance.now() - lastKey >= QUIET_MS) placeRows(held);
}

function lost(trouble) {
  const box = $('#net');
  $('#live')?.classList.remove('on');
  $('#live')?.classList.add('off');
  if (!box) return;
  box.hidden = false;
  box.replaceChildren();
  const words = document.createElement('b');
  words.textContent = trouble.status === 401 ? '登录已失效。' : `连不上服务器，已 ${staleFor()} 秒。`;
  const link = document.createElement('a');
  link.href = trouble.status === 401 ? `/console/sign-in?next=${encodeURIComponent(location.pathname)}` : location.href;
  link.textContent = trouble.status === 401 ? '去登录' : '再试';
  box.append(words, `队列停在 ${freshTime()}；您写的都在本机。求助请直接打站内医疗点。 `, link);
}

function found() {
  $('#live')?.classList.remove('off');
  $('#live')?.classList.add('on');
  if ($('#net')) $('#net').hidden = true;
  fresh();
}

async function poll() {
  const body = document.body;
  const addresses = [body.dataset.live, body.dataset.thread].filter(Boolean);
  try {
    for (const address of addresses) {
      const html = await read(address);
      if (html !== null && document.body === body) show(html);
    }
    if (addresses.length) found();
  } catch (trouble) {
    lost(trouble);
  }
  setTimeout(poll, (Number(body.dataset.poll) || 4) * 1000);
}

export function startPolling() {
  onPage(() => {
    held = null;
    tags.clear();
    const talk = $('#talk');
    if (talk) talk.scrollTop = talk.scrollHeight;
    $('#rows .row.sel')?.scrollIntoView({ block: 'nearest' });
  });
  document.addEventListener('keydown', () => { lastKey = performance.now(); });
  document.addEventListener('pointermove', (event) => {
    pointed = event.pointerType === 'mouse' && Boolean(event.target.closest?.('#rows'));
  });
  document.addEventListener('pointerleave', () => { pointed = false; });
  document.addEventListener('click', (event) => {
    if (event.target.closest('.pending') && held) placeRows(held);
  });
  setInterval(letGo, 250);
  if (document.body.dataset.live) setTimeout(poll, 1000);
}
