// Packages come from the mini-program's own node_modules, wherever this file stands.
import { createRequire } from 'node:module'
import path from 'node:path'

export const PACKAGES = path.resolve(import.meta.dirname, '../../../../miniprogram/node_modules')
export const need = createRequire(path.join(PACKAGES, 'x.js'))
