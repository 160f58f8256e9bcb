// WXSS to CSS: rpx to a share of the screen's width, classes of a component behind a prefix of its own.
import fs from 'node:fs'
import path from 'node:path'
import { need } from './need.mjs'

const postcss = need('postcss')
const selectors = need('postcss-selector-parser')
const RPX = /(-?(?:\d+\.)?\d+)rpx\b/g

/** The class prefix of a component: pages and shared components have none. */
export function scopeOf(component) {
  if (component.isPage || component.config.styleIsolation === 'shared') return ''
  return component.is.replace(/\W+/g, '-')
}

export class Styles {
  constructor(project) {
    this.project = project
    this.text = this.#compiled('app', '')
  }

  add(component) {
    const page = component.isPage ? component.is : ''
    if (this.project.has(component.is, '.wxss')) this.text += this.#compiled(component.is, scopeOf(component), page)
  }

  /** A page's own styles hold on that page alone, and weigh no more for it. */
  #compiled(is, scope, page = '') {
    const tree = postcss.parse(this.#read(this.project.file(is, '.wxss')), { from: is })
    tree.walkDecls(line => {
      line.value = line.value.replace(RPX, 'calc($1 * var(--rpx))')
    })
    tree.walkRules(rule => {
      if (rule.parent?.type === 'atrule' && /keyframes/.test(rule.parent.name)) return
      rule.selector = selectors(list => this.#scoped(list, scope, is)).processSync(rule.selector)
      if (page) rule.selectors = rule.selectors.map(one => `:where([data-page="${page}"]) ${one}`)
    })
    return `\n/* ${is} */\n${tree.toString()}`
  }

  #scoped(list, scope, is) {
    list.walkPseudos(found => {
      if (found.value === ':host') throw new Error(`${is}.wxss: :host is not in the harness`)
    })
    list.walkTags(tag => {
      if (tag.parent?.parent?.type === 'pseudo') return // the `odd` of :nth-child(odd)
      if (tag.value !== 'page') throw new Error(`${is}.wxss: the tag selector ${tag.value}; a component would lose it`)
      tag.value = 'page-root'
    })
    if (scope) list.walkClasses(found => { found.value = `${scope}--${found.value}` })
  }

  #read(file) {
    const text = fs.readFileSync(file, 'utf8')
    return text.replace(/@import\s+['"](.+?)['"]\s*;/g, (_, other) =>
      this.#read(other.startsWith('/') ? path.join(this.project.source, other) : path.join(path.dirname(file), other)),
    )
  }
}
