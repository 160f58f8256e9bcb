// WeChat's component engine, set up for a browser.
import * as glassEasel from 'glass-easel'
import { MiniProgramEnv } from 'glass-easel-miniprogram-adapter'

glassEasel.globalOptions.writeIdToDOM = true
glassEasel.globalOptions.writeFieldsToNode = false // a property may be called like a field of the element

// These come from our built-in components with WeChat's `detail`; the DOM's own of that name have none.
const OWN = /^(input|change|focus|blur|submit|reset|scroll|load|error|confirm|click)$/

const backend = new glassEasel.CurrentWindowBackendContext()
backend.onEvent((target, type, detail, options) => {
  if (OWN.test(type)) return undefined
  const event = new glassEasel.Event(type, detail, options)
  glassEasel.Event.dispatchEvent(target, event)
  return event.getEventBubbleStatus?.()
})

const environment = new MiniProgramEnv()
export const backendOf = environment.associateBackend(backend)
export const space = environment.createCodeSpace('', true)
let templates = {}

/** All compiled templates by name. */
export function useTemplates(compiled) {
  templates = compiled
}

/** What a page or component is made of, before its script runs. */
export function declare(is, config, scope) {
  space.addComponentStaticConfig(is, config)
  space.addCompiledTemplate(is, { groupList: templates, content: templates[is], fallbackListenerOnNativeNode: true })
  if (scope) space.addStyleSheet(is, undefined, scope)
}

/** Run the script that calls `Page`, `Component` or `Behavior`. */
export function define(is, script) {
  space.globalComponentEnv(window, is, () => {
    for (const word of ['Component', 'Behavior']) window[word] = withoutWords(window[word])
    script()
  })
}

/** Behaviours given as a word (`wx://form-field`) are WeChat's own; the engine does not know them. */
function withoutWords(real) {
  const wrapped = options => {
    const words = (options?.behaviors ?? []).filter(one => typeof one === 'string')
    if (words.length) throw new Error(`the behaviour ${words.join(', ')} is not in the harness`)
    return options === undefined ? real() : real(options)
  }
  return Object.assign(wrapped, real)
}

/** A built-in component such as `view`: its properties, and what happens with its element. */
export function builtin(tag, properties, { attached, observers } = {}) {
  const kinds = space.getComponentSpace()
  const declared = Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, { type: null, value }]))
  const made = kinds.defineComponent({
    is: `builtin/${tag}`,
    properties: declared,
    template: { groupList: templates, content: templates['builtin/slot'], fallbackListenerOnNativeNode: true },
    observers,
    lifetimes: {
      attached() {
        attached?.call(this, this.getBackendElement())
      },
    },
  })
  kinds.setGlobalUsingComponent(tag, made.general())
}
