// WXML to template groups, by WeChat's own open compiler.
import fs from 'node:fs'
import path from 'node:path'
import { need } from './need.mjs'

const { TmplGroup } = need('glass-easel-template-compiler')

export class Templates {
  constructor(project) {
    this.project = project
    this.group = new TmplGroup()
    this.warnings = []
    this.seen = new Set()
    this.scripts = new Set()
    this.group.addTmpl('builtin/slot', '<slot/>')
  }

  add({ is }) {
    this.#template(is)
  }

  #template(is) {
    if (this.seen.has(is)) return
    this.seen.add(is)
    const text = fs.readFileSync(this.project.file(is, '.wxml'), 'utf8')
    for (const told of this.group.addTmpl(is, text) ?? []) this.warnings.push(`${is}.wxml: ${told.message}`)
    for (const other of this.group.getDirectDependencies(is)) this.#template(other)
    for (const script of this.group.getScriptDependencies(is)) this.#script(script)
  }

  /** A WXS file; there `x.constructor` compares to a word, in a browser it is the class. */
  #script(is) {
    if (this.scripts.has(is)) return
    this.scripts.add(is)
    const base = is.replace(/\.wxs$/, '')
    const text = fs.readFileSync(this.project.file(base, '.wxs'), 'utf8')
    this.group.addScript(is, text.replace(/([\w\])]+)\.constructor\b/g, '$1.constructor.name'))
    for (const [, other] of text.matchAll(/require\(['"](.+?\.wxs)['"]\)/g)) {
      this.#script(path.posix.join(path.posix.dirname(is), other))
    }
  }

  /** A JavaScript expression: all templates by their name. */
  get code() {
    return this.group.getTmplGenObjectGroups()
  }
}
