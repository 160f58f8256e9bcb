// Keys: of their own, also where an item's key ends as a photo's would.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { subKey, uuid } from '../../../miniprogram/src/lib/uuid'

test('a photo never has the key of what it goes with', () => {
  for (const id of [uuid(), `${uuid().slice(0, -2)}00`, `${uuid().slice(0, -2)}05`]) {
    const keys = [id, ...Array.from({ length: 9 }, (_, number) => subKey(id, number))]
    assert.equal(new Set(keys).size, keys.length)
    assert.ok(keys.every(key => /^[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(key)))
    assert.equal(subKey(id, 3), subKey(id, 3))
  }
})
