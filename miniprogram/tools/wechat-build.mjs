// Compiles the mini-program with the compiler of WeChat's DevTools and prints what each package weighs; uploads nothing.
// The compiler is large and no part of our packages: npm install --no-save --ignore-scripts miniprogram-ci@2.1.42
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ci from 'miniprogram-ci'

const here = dirname(dirname(fileURLToPath(import.meta.url)))
const { miniprogramRoot } = JSON.parse(readFileSync(join(here, 'project.config.json'), 'utf8'))
const { subPackages } = JSON.parse(readFileSync(join(here, miniprogramRoot, 'app.json'), 'utf8'))

// What WeChat would say of the account: without an answer the compiler asks for it, and that takes a real key.
const ACCOUNT = {
  platform: false,
  appType: 0,
  isSandbox: false,
  released: false,
  setting: { MaxCodeSize: 2, MaxSubpackageSubCodeSize: 2, MaxSubpackageFullCodeSize: 30, NavigateMiniprogramLimit: 10, MaxSubPackageLimit: 100, MinTabbarCount: 2, MaxTabbarCount: 5, MaxTabbarIconSize: 40 },
}

function project() {
  const privateKeyPath = join(mkdtempSync(join(tmpdir(), 'drivers-home-')), 'no-key')
  writeFileSync(privateKeyPath, 'compiled here, uploaded nowhere')
  const opened = new ci.Project({ appid: 'wx0000000000000000', type: 'miniProgram', projectPath: here, privateKeyPath, ignores: ['node_modules/**/*', 'tools/**/*', 'typings/**/*'] })
  opened.attr = () => Promise.resolve(ACCOUNT)
  return opened
}

function packageOf(file) {
  return subPackages.find(one => file.startsWith(`${one.root}/`))?.root ?? 'main'
}

const files = await ci.getCompiledResult({ project: project(), setting: { useProjectConfig: true } })
const sizes = {}
for (const [file, content] of Object.entries(files)) {
  sizes[packageOf(file)] = (sizes[packageOf(file)] ?? 0) + Buffer.byteLength(content)
}
for (const [name, bytes] of Object.entries(sizes)) console.log(`${name}: ${(bytes / 1000).toFixed(0)} kB`)
process.exit(0) // it goes on watching the files otherwise
