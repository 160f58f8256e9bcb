// The TypeScript of pages and components and the runtime, as one bundle.
import path from 'node:path'
import { need, PACKAGES } from './need.mjs'
import { scopeOf } from './styles.mjs'

const esbuild = need('esbuild')
const RUNTIME = path.resolve(import.meta.dirname, '../runtime/boot.js')

export async function bundle(project, templates, outfile) {
  await esbuild.build({
    stdin: { contents: entry(project, templates), resolveDir: project.source, loader: 'js' },
    bundle: true,
    format: 'iife',
    target: 'es2022',
    outfile,
    nodePaths: [PACKAGES],
    sourcemap: 'linked',
    define: { 'process.env.NODE_ENV': '"development"' },
    logLevel: 'error',
  })
}

function entry(project, templates) {
  const text = JSON.stringify
  const lines = [
    `const { engine, begin } = require(${text(RUNTIME)})`,
    `engine.useTemplates(${templates.code})`,
  ]
  for (const component of project.components.values()) {
    const config = { ...component.config, usingComponents: component.using }
    lines.push(`engine.declare(${text(component.is)}, ${text(config)}, ${text(scopeOf(component))})`)
  }
  lines.push(`require(${text(project.file('app', '.ts'))})`)
  for (const { is } of project.components.values()) {
    lines.push(`engine.define(${text(is)}, () => require(${text(project.file(is, '.ts'))}))`)
  }
  const configs = Object.fromEntries(project.pages.map(page => [page, project.components.get(page).config]))
  lines.push(`begin(${text({ app: project.app, pages: project.pages, configs })})`)
  return lines.join('\n')
}
