// The code of an ordered meal, large enough to be read over a counter.
import type { Pickup } from '../../lib/meals'

Component({
  properties: { meal: { type: Object, value: {} as Pickup } },
})
