// From the contract that the service emits to the types that the pages are checked against:
//   node tools/contract.mjs openapi.json > typings/contract.d.ts
// Each schema becomes a type of its name, and each call one line of `Calls`: 'POST /requests' → path, query, body, answer.
import fs from 'node:fs'

const BASE = '/api/v1'
const METHODS = ['get', 'post', 'put', 'delete']

const name = ref => ref.replace('#/components/schemas/', '').replace(/\W+/g, '_')
const key = text => (/^[A-Za-z_]\w*$/.test(text) ? text : JSON.stringify(text))

/** A JSON schema as a TypeScript type. */
export function type(schema) {
  if (!schema || Object.keys(schema).length === 0) return 'unknown'
  if (schema.$ref) return name(schema.$ref)
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map(value => JSON.stringify(value)).join(' | ')
  const several = schema.anyOf ?? schema.oneOf
  if (several) return [...new Set(several.map(type))].join(' | ')
  if (schema.allOf) return schema.allOf.map(type).join(' & ')
  if (Array.isArray(schema.type)) return schema.type.map(one => type({ ...schema, type: one })).join(' | ')
  return plain(schema)
}

function plain(schema) {
  switch (schema.type) {
    case 'string': return 'string'
    case 'integer':
    case 'number': return 'number'
    case 'boolean': return 'boolean'
    case 'null': return 'null'
    case 'array': return `Array<${type(schema.items)}>`
    case 'object': return object(schema)
    default: return 'unknown'
  }
}

function object(schema) {
  const needed = new Set(schema.required ?? [])
  const fields = Object.entries(schema.properties ?? {}).map(
    ([field, one]) => `${key(field)}${needed.has(field) ? '' : '?'}: ${type(one)}`,
  )
  const more = schema.additionalProperties
  if (fields.length === 0) return more && more !== true ? `Record<string, ${type(more)}>` : 'Record<string, unknown>'
  return `{ ${fields.join('; ')} }`
}

/** Everything at once. */
export function contract(document) {
  const schemas = Object.entries(document.components.schemas).map(
    ([id, schema]) => `export type ${name(id)} = ${type(schema)}`,
  )
  const calls = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter(method => item[method] && path.startsWith(BASE)).map(method => call(method, path, item[method])),
  )
  return [
    '// Made by tools/contract.mjs from the contract that the service emits; not to be edited by hand.',
    '/* eslint-disable */',
    ...schemas.sort(),
    `export interface Calls {\n${calls.sort().join('\n')}\n}`,
    '',
  ].join('\n')
}

function call(method, path, operation) {
  const given = place => (operation.parameters ?? []).filter(parameter => parameter.in === place)
  const bag = place => given(place).length === 0 ? 'Record<string, never>'
    : `{ ${given(place).map(p => `${key(p.name)}${p.required ? '' : '?'}: ${type(p.schema)}`).join('; ')} }`
  const body = operation.requestBody?.content?.['application/json']?.schema
  const answers = Object.entries(operation.responses)
    .filter(([status]) => status.startsWith('2'))
    .map(([, answer]) => answer.content?.['application/json']?.schema)
  const answer = [...new Set(answers.map(schema => (schema ? type(schema) : 'undefined')))].join(' | ')
  const parts = [`path: ${bag('path')}`, `query: ${bag('query')}`, `body: ${body ? type(body) : 'undefined'}`, `answer: ${answer}`]
  return `  '${method.toUpperCase()} ${path.slice(BASE.length)}': { ${parts.join('; ')} }`
}

if (process.argv[1] === import.meta.filename) {
  process.stdout.write(contract(JSON.parse(fs.readFileSync(process.argv[2] ?? 0, 'utf8'))))
}
