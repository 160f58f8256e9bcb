// A kind's own questions, drawn from the schema of the service.
import type { Field } from '../../lib/fields'
import { toggled } from '../../lib/fields'

Component({
  properties: {
    fields: { type: Array, value: [] as Field[] },
    values: { type: Object, value: {} as Record<string, unknown> },
  },
  data: { on: {} as Record<string, boolean> },
  observers: {
    'fields, values': function (fields: Field[], values: Record<string, unknown>) {
      const on: Record<string, boolean> = {}
      for (const field of fields) {
        const value = values[field.name]
        for (const option of field.options) on[`${field.name}:${option}`] = Array.isArray(value) ? value.includes(option) : value === option
      }
      this.setData({ on })
    },
  },
  methods: {
    tell(name: string, value: unknown) {
      this.triggerEvent('change', { values: { ...this.data.values, [name]: value } })
    },
    write(event: WechatMiniprogram.Input) {
      this.tell(event.currentTarget.dataset.name as string, event.detail.value)
    },
    flip(event: WechatMiniprogram.SwitchChange) {
      this.tell(event.currentTarget.dataset.name as string, event.detail.value)
    },
    choose(event: WechatMiniprogram.TouchEvent) {
      const { name, option } = event.currentTarget.dataset as { name: string; option: string }
      const field = (this.data.fields as Field[]).find(one => one.name === name)
      if (field) this.tell(name, toggled(field, (this.data.values as Record<string, unknown>)[name], option))
    },
  },
})
