// What is being written is kept in this browser, for each person and request, until it has been sent.
// An answer and a note are two texts: changing from one to the other never carries words across.
import { $, onPage, serverNow } from './page.js';
import { wallTime } from './clock.js';

const PREFIX = 'console:draft:';
const keyOf = (form) => `${PREFIX}${document.body.dataset.person}:${form.dataset.draft}`;
const area = (form) => $('textarea', form);
const mode = (form) => $('.to:checked', form).value;
const read = (form) => JSON.parse(localStorage.getItem(keyOf(form)) ?? '{}');

function tell(form, at) {
  const place = $('[data-draft-words]', form);
  if (place) place.textContent = at ? `草稿 ${wallTime(at, true)} 已存，刷新不丢` : '';
}

function write(form, kept) {
  if (!kept.driver && !kept.note) localStorage.removeItem(keyOf(form));
  else localStorage.setItem(keyOf(form), JSON.stringify(kept));
}

function save(form) {
  const words = area(form).value;
  const kept = { ...read(form), to: mode(form), [mode(form)]: words.trim() ? words : '', at: serverNow() };
  write(form, kept);
  tell(form, words.trim() && kept.at);
}

/** The words have arrived: they stay here no longer. */
export function forget(form) {
  write(form, { ...read(form), [mode(form)]: '' });
  tell(form, 0);
}

/** The other text, the one that belongs to the chosen way. */
function change(form) {
  const kept = { ...read(form), to: mode(form) };
  write(form, kept);
  area(form).value = kept[kept.to] ?? '';
  tell(form, area(form).value && kept.at);
}

function restore() {
  const form = $('form[data-draft]');
  if (!form) return;
  if (area(form).value.trim()) return save(form);
  const kept = read(form);
  const to = kept[kept.to] ? kept.to : 'driver';
  $(`.to[value="${to}"]`, form).checked = true;
  area(form).value = kept[to] ?? '';
  tell(form, area(form).value && kept.at);
}

function forgetAll() {
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
}

export function startDrafts() {
  onPage(restore);
  document.addEventListener('input', (event) => {
    const form = event.target.closest('form[data-draft]');
    if (form && event.target === area(form)) save(form);
  });
  document.addEventListener('change', (event) => {
    if (event.target.matches('form[data-draft] .to')) change(event.target.form);
  });
  document.addEventListener('submit', (event) => {
    if (event.target.matches('[data-forget-drafts]')) forgetAll();
  });
}
