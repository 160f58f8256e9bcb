// A kind's own questions, drawn from the schema that the server sends: a new kind needs no new version of the app.

export interface Field {
  name: string
  title: string
  as: 'text' | 'number' | 'one' | 'some' | 'yes'
  options: string[]
  most: number
}

interface Property {
  type?: string
  title?: string
  enum?: string[]
  maxLength?: number
  items?: { enum?: string[] }
}

/** The fields of a JSON Schema object that can be drawn; what cannot (yet) is left out, the text box says the rest. */
export function fieldsOf(schema: Record<string, unknown>): Field[] {
  const properties = (schema.properties ?? {}) as Record<string, Property>
  return Object.entries(properties).flatMap(([name, property]) => {
    const as = drawnAs(property)
    if (!as || !property.title) return [] // without a title it is for machines, such as the id of an offer
    return [{ name, title: property.title, as, options: property.enum ?? property.items?.enum ?? [], most: property.maxLength ?? 200 }]
  })
}

function drawnAs(property: Property): Field['as'] | null {
  if (property.enum) return 'one'
  if (property.type === 'array') return property.items?.enum ? 'some' : null
  if (property.type === 'boolean') return 'yes'
  if (property.type === 'integer' || property.type === 'number') return 'number'
  return property.type === 'string' ? 'text' : null
}

/** What was filled in, as `details`: nothing empty, numbers as numbers. */
export function details(fields: Field[], values: Record<string, unknown>): Record<string, unknown> {
  const filled: Record<string, unknown> = {}
  for (const { name, as } of fields) {
    const value = values[name]
    if (as === 'number') {
      const n = Number(value)
      if (value !== '' && value !== undefined && Number.isFinite(n)) filled[name] = n
    } else if (as === 'yes') {
      if (value === true) filled[name] = true
    } else if (as === 'some') {
      if (Array.isArray(value) && value.length > 0) filled[name] = value
    } else if (typeof value === 'string' && value.trim()) {
      filled[name] = value.trim()
    }
  }
  return filled
}

/** A tap on an option: one of them (a second tap takes it back), or several. */
export function toggled(field: Field, value: unknown, option: string): unknown {
  if (field.as === 'one') return value === option ? '' : option
  const list = Array.isArray(value) ? (value as string[]) : []
  return list.includes(option) ? list.filter(one => one !== option) : [...list, option]
}

/** Details as lines for reading: `车牌 甘A·示例`. */
export function lines(fields: Field[], given: Record<string, unknown>): Array<{ title: string; value: string }> {
  return fields.flatMap(({ name, title }) => {
    const value = given[name]
    const nothing = value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
    if (nothing) return []
    return [{ title, value: Array.isArray(value) ? value.join('、') : value === true ? '是' : String(value) }]
  })
}
