// What WeChat draws over a page: toasts, dialogs, lists to choose from.
import { call } from './answer.js'

const over = () => document.getElementById('over')

function node(name, kind, text = '') {
  const made = document.createElement(name)
  made.className = kind
  made.textContent = text
  return made
}

function toast(title, duration) {
  hideToast()
  const shown = node('div', 'wx-toast', title)
  shown.setAttribute('role', 'status')
  over().append(shown)
  if (duration) setTimeout(() => shown.remove(), duration)
}

function hideToast() {
  document.querySelector('.wx-toast')?.remove()
}

function dialog(options) {
  return new Promise(resolve => {
    const shade = node('div', 'wx-shade')
    const box = node('div', 'wx-dialog')
    box.setAttribute('role', 'dialog')
    box.append(node('h3', '', options.title ?? ''))
    if (options.content && !options.editable) box.append(node('p', '', options.content))
    const field = node('input', '')
    if (options.editable) {
      field.placeholder = options.placeholderText ?? ''
      field.value = options.content ?? ''
      box.append(field)
    }
    const end = confirm => { shade.remove(); resolve({ confirm, cancel: !confirm, content: options.editable ? field.value : null }) }
    box.append(buttons(options, end))
    shade.append(box)
    over().append(shade)
  })
}

function buttons(options, end) {
  const row = node('div', '')
  const no = node('button', '', options.cancelText ?? '取消')
  const yes = node('button', '', options.confirmText ?? '确定')
  for (const text of [no.textContent, yes.textContent]) {
    if (text.length > 4) throw new Error(`a button of showModal holds 4 characters, not ${text}`)
  }
  no.onclick = () => end(false)
  yes.onclick = () => end(true)
  row.append(...(options.showCancel === false ? [yes] : [no, yes]))
  return row
}

function list(options) {
  if (options.itemList.length > 6) throw new Error('showActionSheet holds six items')
  return new Promise((resolve, reject) => {
    const shade = node('div', 'wx-shade')
    const sheet = node('div', 'wx-sheet')
    const end = (settle, value) => { shade.remove(); settle(value) }
    options.itemList.forEach((text, tapIndex) => {
      const one = node('button', '', text)
      one.onclick = () => end(resolve, { tapIndex })
      sheet.append(one)
    })
    const no = node('button', '', '取消')
    no.onclick = () => end(reject, { errMsg: 'showActionSheet:fail cancel' })
    sheet.append(no)
    shade.append(sheet)
    over().append(shade)
  })
}

/** WeChat's own page for a document: here its kind and size, and a way to see it in the browser. */
export function viewer(kind, blob) {
  const shown = node('div', 'wx-document')
  shown.setAttribute('role', 'dialog')
  shown.setAttribute('aria-label', '打开的文件')
  const see = Object.assign(node('a', '', '在浏览器里看'), { href: URL.createObjectURL(blob), target: '_blank' })
  const close = node('button', '', '关闭')
  close.onclick = () => { URL.revokeObjectURL(see.href); shown.remove() }
  shown.append(node('h3', '', `${kind.toUpperCase()} · ${Math.ceil(blob.size / 1024)} kB`), see, close)
  over().append(shown)
}

export const ui = {
  showToast: call('showToast', options => { toast(options.title, options.duration ?? 1500); return {} }),
  showLoading: call('showLoading', options => { toast(options.title, 0); return {} }),
  hideLoading: call('hideLoading', () => { hideToast(); return {} }),
  showModal: call('showModal', dialog),
  showActionSheet: call('showActionSheet', list),
}
