// Forms are sent without leaving the page; what could not be sent stays, and is said where it happened.
import { $, adopt } from './page.js';
import { forget } from './draft.js';

/** POST and take over the page that comes back. `form` is where trouble is shown, and whose draft ends. */
export async function post(action, values, form = null) {
  let answer, text;
  try {
    answer = await fetch(action, { method: 'POST', body: new URLSearchParams(values) });
    text = await answer.text();
  } catch {
    trouble(form, '没发出去：连不上服务器。写的都在，网好了再按一次，不会发重。');
    return;
  }
  const fresh = new DOMParser().parseFromString(text, 'text/html');
  if (fresh.body.classList.contains('app')) {
    if (answer.ok && form?.dataset.draft) forget(form);
    adopt(fresh, answer.ok ? answer.url : null);
  } else if (answer.ok) trouble(form, '登录已失效，没有发出去。写的已存在本机，请重新登录。', answer.url);
  else trouble(form, `没发出去：${$('.b p', fresh)?.textContent ?? '服务器没有答复。'}`);
}

function trouble(form, words, link = null) {
  const place = form ?? $('#main');
  $('.fault[data-trouble]', place)?.remove();
  const box = document.createElement('p');
  box.className = 'fault';
  box.dataset.trouble = '';
  box.setAttribute('role', 'alert');
  box.append(Object.assign(document.createElement('b'), { textContent: words }));
  if (link) box.append(' ', Object.assign(document.createElement('a'), { href: link, textContent: '去登录' }));
  place.prepend(box);
}

async function send(event) {
  const form = event.target;
  if (form.method !== 'post' || 'native' in form.dataset) return;
  event.preventDefault();
  if (form.dataset.sending) return;
  form.dataset.sending = 'yes';
  $('.fault[data-trouble]', form)?.remove();
  const button = event.submitter;
  const values = [...new FormData(form)];
  if (button?.name) values.push([button.name, button.value]);
  await post(button?.hasAttribute('formaction') ? button.formAction : form.action, values, form);
  delete form.dataset.sending;
}

export function startSending() {
  document.addEventListener('submit', send);
}
