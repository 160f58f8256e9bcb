// Beside the form of a bulletin: what is typed is shown as the phone will show it; rows of road come and go.
import { $, $$ } from './page.js';

const WAIT_MS = 400;
let timer = 0;
let asked = 0;

async function preview(form) {
  const mine = ++asked;
  let html;
  try {
    const answer = await fetch(form.dataset.preview, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
    if (!answer.ok || answer.redirected) return;
    html = await answer.text();
  } catch {
    return; // the form tells of a lost network when it is sent
  }
  const phone = new DOMParser().parseFromString(html, 'text/html').getElementById('phone');
  if (mine === asked && phone) $('#phone')?.replaceWith(document.adoptNode(phone));
}

function soon(form) {
  clearTimeout(timer);
  timer = setTimeout(() => preview(form), WAIT_MS);
}

function name(rows) {
  $$('.roadrow legend', rows).forEach((legend, at) => { legend.textContent = `第 ${at + 1} 段`; });
}

function addRow(rows) {
  const last = $$('.roadrow', rows).at(-1);
  const row = last.cloneNode(true);
  for (const input of $$('input', row)) input.value = '';
  last.after(row);
  name(rows);
  $('input', row).focus();
}

function dropRow(button) {
  const rows = button.closest('[data-rows]');
  const form = button.form;
  const row = button.closest('.roadrow');
  const next = row.nextElementSibling?.matches('.roadrow') ? row.nextElementSibling : row.previousElementSibling;
  if (!next) return;
  row.remove();
  name(rows);
  $('input', next)?.focus();
  soon(form);
}

document.addEventListener('input', (event) => {
  const form = event.target.closest?.('form[data-preview]');
  if (form) soon(form);
});
document.addEventListener('click', (event) => {
  const add = event.target.closest?.('[data-add-row]');
  const drop = event.target.closest?.('[data-drop-row]');
  if (add) addRow(add.closest('[data-rows]'));
  else if (drop) dropRow(drop);
});
