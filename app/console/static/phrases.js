// Ready-made answers: a menu beside the words, opened and chosen by keyboard; the words go where the caret is.
import { $, $$ } from './page.js';

const menu = () => $('[data-phrases]');
const choices = () => $$('[data-phrase]', menu() ?? document.createElement('i'));

/** Open the menu and go there; true when there is one. */
export function openPhrases() {
  const there = menu();
  if (!there) return false;
  there.open = true;
  choices()[0]?.focus();
  return true;
}

/** Keys inside the open menu: a digit takes that one, the arrows go up and down. True when it was one. */
export function choosePhrase(event) {
  const there = menu();
  if (!there?.open || !there.contains(event.target)) return false;
  const all = choices();
  const at = all.indexOf(document.activeElement);
  if (/^[1-9]$/.test(event.key)) take(all[Number(event.key) - 1]);
  else if (event.key === 'ArrowDown') all[Math.min(at + 1, all.length - 1)]?.focus();
  else if (event.key === 'ArrowUp') all[Math.max(at - 1, 0)]?.focus();
  else return false;
  return true;
}

function take(choice) {
  if (!choice) return;
  const text = $('#text');
  menu().open = false;
  text.focus();
  text.setRangeText(choice.dataset.phrase, text.selectionStart, text.selectionEnd, 'end');
  text.dispatchEvent(new Event('input', { bubbles: true }));
}

export function startPhrases() {
  document.addEventListener('click', (event) => take(event.target.closest('[data-phrase]')));
}
