// Keys. Single letters act only outside fields and can be switched off; F2 answers an alarm everywhere.
import { $, $$ } from './page.js';
import { closeDrawer, closeMenus, openDrawer } from './panels.js';
import { choosePhrase, openPhrases } from './phrases.js';
import { post } from './send.js';

const FIELDS = 'input, textarea, select, [contenteditable]';
const inField = (event) => event.target.matches?.(FIELDS) ?? false;

function move(step) {
  const rows = $$('#rows .row');
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement.closest?.('.row') ?? $('#rows .row.sel'));
  const next = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
}

function claim() {
  const row = document.activeElement.closest?.('#rows .row');
  const proof = $('input[name="proof"]')?.value;
  if (row) post(`${new URL(row.href).pathname}/claim${new URL(row.href).search}`, { proof });
  else $('[data-key="a"]')?.click();
}

function write(to) {
  const choice = $(`#to-${to}`);
  if (!choice) return;
  if (!choice.checked) choice.click();
  closeDrawer();
  $('#text').focus();
}

function step(key) {
  const panel = $(`details[data-key="${key}"]`);
  if (!panel) return;
  openDrawer();
  panel.open = true;
  $('select, textarea, input:not([type="hidden"]):not([type="radio"]), .step button', panel)?.focus();
}

const SINGLE = {
  j: () => move(1),
  k: () => move(-1),
  a: claim,
  r: () => write('driver'),
  n: () => write('note'),
  t: () => step('t'),
  w: () => step('w'),
  e: () => step('e'),
  m: () => step('m'),
  h: () => step('h'),
  s: () => $('[data-key="s"]')?.click(),
  ';': openPhrases,
  '；': openPhrases, // the same key while Chinese is typed
  g: () => $('.rail a.on, .rail a.mark')?.click(),
  '/': () => $('#q')?.focus(),
  '?': () => $('#keys')?.showModal?.(),
};

function escape(event) {
  const fold = event.target.closest?.('details.fold[open]');
  if (event.target.closest?.('[data-phrases]')) $('#text')?.focus();
  if (closeMenus() || inField(event)) {
    if (fold) $('summary', fold).focus(); // where he opened it
    else event.target.blur?.();
  } else closeDrawer();
}

function sendForm(field) {
  if (field.form) $('.btn.main', field.form)?.click();
}

function onKey(event) {
  if (event.isComposing || event.defaultPrevented || $('dialog[open]')) return;
  if (event.key === 'F2') {
    event.preventDefault();
    $('[data-answer]')?.click();
  } else if (event.key === 'Escape') escape(event);
  else if (event.ctrlKey && event.code === 'Semicolon' && openPhrases()) event.preventDefault();
  else if (choosePhrase(event)) event.preventDefault();
  else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && inField(event)) sendForm(event.target);
  else if (!inField(event) && !event.ctrlKey && !event.altKey && !event.metaKey) single(event);
}

function single(event) {
  const act = SINGLE[event.key.toLowerCase()];
  if (!act || document.body.dataset.keys !== 'on') return;
  event.preventDefault();
  act();
}

export function startKeys() {
  document.addEventListener('keydown', onKey);
}
