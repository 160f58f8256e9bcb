// What belongs to a mini-program: its pages and sub-packages, and the components that they use.
import fs from 'node:fs'
import path from 'node:path'

const read = file => fs.readFileSync(file, 'utf8')

export class Project {
  /** `without` names sub-packages (their root folders) to be left out. */
  constructor(source, without = []) {
    this.source = source
    this.app = JSON.parse(read(path.join(source, 'app.json')))
    const known = (this.app.subPackages ?? []).map(one => one.root)
    const strange = without.filter(root => !known.includes(root))
    if (strange.length) throw new Error(`no sub-package ${strange.join(', ')}; there are ${known.join(', ')}`)
    this.app.subPackages = (this.app.subPackages ?? []).filter(one => !without.includes(one.root))
    this.left = without
    this.pages = [
      ...this.app.pages,
      ...this.app.subPackages.flatMap(one => one.pages.map(page => `${one.root}/${page}`)),
    ]
    this.components = new Map()
    for (const page of this.pages) this.#collect(page, true)
  }

  /** Where a file of the project lies. */
  file(is, ending) {
    return path.join(this.source, is + ending)
  }

  has(is, ending) {
    return fs.existsSync(this.file(is, ending))
  }

  #collect(is, isPage) {
    if (this.components.has(is)) return
    for (const ending of ['.json', '.wxml', '.ts']) {
      if (!this.has(is, ending)) throw new Error(`${is}${ending} is missing`)
    }
    const config = JSON.parse(read(this.file(is, '.json')))
    const component = { is, isPage, config, using: {} }
    this.components.set(is, component)
    const using = { ...this.app.usingComponents, ...config.usingComponents }
    for (const [tag, given] of Object.entries(using)) {
      const target = given.startsWith('/') ? given.slice(1) : path.posix.join(path.posix.dirname(is), given)
      component.using[tag] = `/${target}`
      this.#collect(target, false)
    }
  }

  /** Bytes of the main package and of each sub-package, as they lie on disk. */
  sizes() {
    const roots = this.app.subPackages.map(one => one.root)
    const sizes = { main: 0, ...Object.fromEntries(roots.map(root => [root, 0])) }
    for (const file of fs.readdirSync(this.source, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue
      const inside = path.relative(this.source, path.join(file.parentPath, file.name))
      const within = root => inside.startsWith(`${root}/`)
      if (this.left.some(within)) continue
      sizes[roots.find(within) ?? 'main'] += fs.statSync(path.join(this.source, inside)).size
    }
    return sizes
  }
}
