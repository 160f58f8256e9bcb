// A native mini-program, unchanged, as one web page on WeChat's own component engine:
//   node build.mjs <source folder> <out folder> [--without <sub-package>]…
// Writes index.html, bundle.js, bundle.css and built.json (what was made of what, how large).
import fs from 'node:fs'
import path from 'node:path'
import { Project } from './build/project.mjs'
import { bundle } from './build/scripts.mjs'
import { Styles } from './build/styles.mjs'
import { Templates } from './build/templates.mjs'

const HERE = import.meta.dirname

export async function build(source, out, { without = [] } = {}) {
  const project = new Project(source, without)
  const templates = new Templates(project)
  const styles = new Styles(project)
  for (const component of project.components.values()) {
    templates.add(component)
    styles.add(component)
  }
  if (templates.warnings.length) throw new Error(`WXML:\n${templates.warnings.join('\n')}`)
  fs.mkdirSync(out, { recursive: true })
  await bundle(project, templates, path.join(out, 'bundle.js'))
  fs.writeFileSync(path.join(out, 'bundle.css'), fs.readFileSync(path.join(HERE, 'runtime/base.css'), 'utf8') + styles.text)
  fs.copyFileSync(path.join(HERE, 'runtime/index.html'), path.join(out, 'index.html'))
  const told = { pages: project.pages, components: project.components.size, sizes: project.sizes() }
  fs.writeFileSync(path.join(out, 'built.json'), JSON.stringify(told, null, 1))
  return told
}

if (process.argv[1] === import.meta.filename) {
  const [source, out, ...flags] = process.argv.slice(2)
  const without = flags.filter((_, at) => flags[at - 1] === '--without')
  try {
    console.log(JSON.stringify(await build(path.resolve(source), path.resolve(out), { without })))
  } catch (problem) {
    console.error(problem.message)
    process.exit(1)
  }
}
