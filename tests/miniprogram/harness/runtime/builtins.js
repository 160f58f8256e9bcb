// WeChat's built-in components, as far as the pages use them. One that is missing stops the build's first show.
import { builtin } from './engine.js'
import { control } from './control.js'
import { shown } from './wx/files.js'

const COMMON = {
  hoverClass: 'none', hoverStartTime: 50, hoverStayTime: 400, hoverStopPropagation: false,
  ariaRole: '', ariaLabel: '', ariaHidden: '', ariaLive: '', ariaChecked: '', ariaDisabled: '', ariaSelected: '',
}
const ARIA = ['ariaLabel', 'ariaHidden', 'ariaLive', 'ariaChecked', 'ariaDisabled', 'ariaSelected']
const dashed = name => name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)

/** Write what a screen reader hears onto the element, or onto the control that stands inside it. */
function speak(component, outer) {
  const element = component._control ?? outer
  if (component.data.ariaRole) element.setAttribute('role', component.data.ariaRole)
  for (const name of ARIA) {
    const value = component.data[name]
    if (value === '' || value === undefined || value === null) element.removeAttribute(dashed(name))
    else element.setAttribute(dashed(name), String(value))
  }
}

/** Define a component whose element is kept in step with its properties by `show`. */
function define(tag, own, { begin, show } = {}) {
  const properties = { ...COMMON, ...own }
  builtin(tag, properties, {
    attached(element) {
      this._element = element
      begin?.call(this, element)
      speak(this, element)
      show?.call(this, element)
    },
    observers: {
      [Object.keys(properties).join(', ')]() {
        if (!this._element) return
        speak(this, this._element)
        show?.call(this, this._element)
      },
    },
  })
}

export function defineBuiltins() {
  for (const tag of ['view', 'text', 'label']) define(tag, { userSelect: false, selectable: false, space: '', decode: false, for: '' })
  define('scroll-view', { scrollX: false, scrollY: false, enableFlex: false, showScrollbar: true, scrollIntoView: '' }, { show: scrolled })
  define('image', { src: '', mode: 'scaleToFill', lazyLoad: false }, { begin: imageBegins, show: imageShows })
  field('input')
  field('textarea')
  define('button', { type: 'default', size: '', plain: false, disabled: false, loading: false, formType: '', openType: '', phoneNumberNoQuotaToast: true }, { begin: buttonBegins, show: buttonShows })
  define('switch', { checked: false, disabled: false, color: '', type: 'switch' }, { begin: switchBegins, show: switchShows })
  define('picker', { mode: 'selector', range: [], rangeKey: '', value: 0, disabled: false, start: '', end: '', headerText: '' }, { begin: pickerBegins, show: pickerShows })
  define('rich-text', { nodes: '', space: '', userSelect: false }, { show: richText })
}

function scrolled(element) {
  const target = this.data.scrollIntoView && document.querySelector(`[id$="${CSS.escape(this.data.scrollIntoView)}"]`)
  if (target) requestAnimationFrame(() => { element.scrollTop = target.offsetTop - element.offsetTop })
}

function imageBegins(element) {
  const image = document.createElement('img')
  image.alt = ''
  image.onload = () => this.triggerEvent('load', { width: image.naturalWidth, height: image.naturalHeight })
  image.onerror = () => this.triggerEvent('error', { errMsg: 'image load fail' })
  element.append(image)
  this._image = image
}

function imageShows() {
  const image = this._image
  const src = shown(this.data.src ?? '')
  if (src && image.getAttribute('src') !== src) image.src = src
  image.style.objectFit = { aspectFit: 'contain', aspectFill: 'cover' }[this.data.mode] ?? 'fill'
}

const FIELD = {
  value: '', type: 'text', password: false, placeholder: '', placeholderStyle: '', placeholderClass: '', disabled: false,
  maxlength: 140, focus: false, name: '', confirmType: 'done', cursorSpacing: 0, adjustPosition: true, autoHeight: false,
  fixed: false, showConfirmBar: true, disableDefaultPadding: false,
}
const KEYBOARDS = { number: 'numeric', digit: 'decimal', text: 'text', idcard: 'text', nickname: 'text' }

function field(tag) {
  define(tag, FIELD, {
    begin(element) {
      const tell = name => this.triggerEvent(name, { value: element.value, cursor: element.selectionStart })
      element.addEventListener('input', () => { this.setData({ value: element.value }); tell('input') })
      element.addEventListener('focus', () => tell('focus'))
      element.addEventListener('blur', () => tell('blur'))
      element.addEventListener('keydown', event => { if (event.key === 'Enter' && tag === 'input') tell('confirm') })
    },
    show(element) {
      const { value, placeholder, disabled, maxlength, type, focus } = this.data
      if (element.value !== String(value ?? '')) element.value = value ?? ''
      element.placeholder = placeholder
      element.dataset.placeholderClass = this.data.placeholderClass
      element.disabled = Boolean(disabled)
      element.inputMode = KEYBOARDS[type] ?? 'text'
      if (Number(maxlength) > 0) element.maxLength = Number(maxlength)
      if (focus) element.focus()
    },
  })
}

const OPEN = {
  getPhoneNumber: () => ['getphonenumber', control.phoneCode ? { code: control.phoneCode, errMsg: 'getPhoneNumber:ok' } : { errMsg: 'getPhoneNumber:fail user deny' }],
}

function buttonBegins(element) {
  element.type = 'button'
  element.addEventListener('click', () => {
    const { openType, formType } = this.data
    if (formType) throw new Error(`a button's form-type is not in the harness: ${formType}`)
    if (!openType) return
    if (!OPEN[openType]) throw new Error(`a button's open-type is not in the harness: ${openType}`)
    this.triggerEvent(...OPEN[openType]())
  })
}

function buttonShows(element) {
  element.disabled = Boolean(this.data.disabled)
}

function switchBegins(element) {
  const box = document.createElement('input')
  box.type = 'checkbox'
  box.onchange = () => { this.setData({ checked: box.checked }); this.triggerEvent('change', { value: box.checked }) }
  element.append(box)
  this._control = box
}

function switchShows() {
  this._control.checked = Boolean(this.data.checked)
  this._control.disabled = Boolean(this.data.disabled)
}

function pickerBegins(element) {
  const list = this.data.mode === 'selector'
  if (!list && !['date', 'time'].includes(this.data.mode)) throw new Error(`picker mode ${this.data.mode} is not in the harness`)
  this._control = document.createElement(list ? 'select' : 'input')
  if (!list) this._control.type = this.data.mode
  this._control.onchange = () => this.triggerEvent('change', { value: list ? Number(this._control.value) : this._control.value })
  element.append(this._control)
}

function pickerShows() {
  const { range, rangeKey, value, disabled, mode } = this.data
  if (mode === 'selector') {
    const options = range.map((one, at) => new Option(rangeKey ? one[rangeKey] : one, at))
    this._control.replaceChildren(...options)
  }
  this._control.value = value
  this._control.disabled = Boolean(disabled)
}

/** `rich-text` shows HTML but runs nothing: scripts, frames and handlers never get in. */
function richText(element) {
  if (typeof this.data.nodes !== 'string') throw new Error('rich-text nodes as a list are not in the harness')
  const parsed = new DOMParser().parseFromString(this.data.nodes, 'text/html')
  for (const bad of parsed.querySelectorAll('script, iframe, object, embed, form')) bad.remove()
  for (const any of parsed.querySelectorAll('*')) {
    for (const attribute of [...any.attributes]) if (/^on|^href$/i.test(attribute.name)) any.removeAttribute(attribute.name)
  }
  element.replaceChildren(...parsed.body.childNodes)
}
