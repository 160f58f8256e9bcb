// Things that open and close: the drawer, the small menus, the fields of a transfer; selects that act at once.
import { $, $$, onPage } from './page.js';

/** Show the drawer (only narrow windows have one) and move there. */
export function openDrawer() {
  const drawer = $('#insp');
  drawer?.classList.remove('closed');
  drawer?.classList.add('open');
  return drawer;
}

/** Hide it again; true when it had been open. */
export function closeDrawer() {
  const drawer = $('#insp');
  const wasOpen = Boolean(drawer?.matches('.open, :target:not(.closed)'));
  drawer?.classList.remove('open');
  drawer?.classList.add('closed');
  return wasOpen;
}

/** Close menus that lie above the page; true when there was one. */
export function closeMenus(except = null) {
  const open = $$('details.menu[open]').filter((menu) => menu !== except);
  for (const menu of open) menu.open = false;
  return open.length > 0;
}

function chooseHow() {
  for (const form of $$('form.step')) {
    const how = $('input[name="how"]:checked', form)?.value;
    if (how) for (const field of $$('[data-how]', form)) field.hidden = field.dataset.how !== how;
  }
}

export function startPanels() {
  onPage(chooseHow);
  document.addEventListener('change', (event) => {
    if (event.target.name === 'how') chooseHow();
    if (event.target.matches('[data-auto] select, [data-auto] input[type="date"]')) $('button', event.target.form).click();
  });
  document.addEventListener('click', (event) => {
    closeMenus(event.target.closest('details.menu'));
    if (event.target.closest('[data-print]')) window.print();
    if (event.target.closest('[data-drawer]')) {
      event.preventDefault();
      openDrawer()?.focus();
    } else if (event.target.closest('[data-drawer-close]')) {
      event.preventDefault();
      closeDrawer();
    }
  });
}
