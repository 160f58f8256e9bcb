// What the parts of the script share: finding things, speaking to screen readers, taking over a new page.

export const $ = (selector, within = document) => within.querySelector(selector);
export const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

/** Say something once through the polite live region. */
export function say(words) {
  const region = $('#say');
  if (region) region.textContent = words;
}

/** Run `work` now and whenever the body has been replaced. */
export function onPage(work) {
  work();
  document.addEventListener('console:page', work);
}

/** The moment on the server's clock, in milliseconds. */
let ahead = 0;
onPage(() => {
  const rendered = Date.parse(document.body.dataset.now ?? '');
  if (!Number.isNaN(rendered)) ahead = rendered - Date.now();
});
export const serverNow = () => Date.now() + ahead;

const address = () => location.pathname + location.search;
let shown = address();

/** Put a freshly rendered page in place of this one, keeping the queue where it was scrolled to. */
export function adopt(fresh, from) {
  const scrolled = $('#rows')?.scrollTop ?? 0;
  document.title = fresh.title;
  document.documentElement.dataset.theme = fresh.documentElement.dataset.theme;
  document.body.replaceWith(document.adoptNode(fresh.body));
  const target = document.body.dataset.url ?? from;
  if (target && new URL(target, location.href).href !== location.href) history.pushState(null, '', target);
  shown = address();
  const rows = $('#rows');
  if (rows) rows.scrollTop = scrolled;
  document.dispatchEvent(new Event('console:page'));
  const fault = $('.thread .fault, .insp .fault, .page .fault');
  (fault ?? $('#main'))?.setAttribute('tabindex', '-1');
  (fault ?? $('#main'))?.focus({ preventScroll: true });
}

// Back to another page; a link into this one (#insp) tells of itself here too, and takes nothing away.
window.addEventListener('popstate', () => {
  if (address() !== shown) location.reload();
});
