// Runs unit tests written in TypeScript: node unit.mjs <out folder> <test files…>
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { need } from './build/need.mjs'

const [out, ...files] = process.argv.slice(2)
await need('esbuild').build({ entryPoints: files, bundle: true, platform: 'node', format: 'esm', outdir: out, outExtension: { '.js': '.mjs' }, logLevel: 'error' })
const built = files.map(file => path.join(out, path.basename(file).replace(/\.ts$/, '.mjs')))
const run = spawnSync(process.execPath, ['--test', ...built], { stdio: 'inherit', env: { ...process.env, TZ: 'America/New_York' } })
process.exit(run.status ?? 1)
