// Photos to go with what is written: add, look at, take away.
import { choosePhotos, forgetPhoto } from '../../lib/photos'

const MOST = 6

Component({
  properties: { paths: { type: Array, value: [] as string[] } },
  data: { most: MOST },
  methods: {
    async add() {
      const chosen = await choosePhotos(MOST - this.data.paths.length)
      if (chosen.length > 0) this.triggerEvent('change', { paths: [...this.data.paths, ...chosen] })
    },
    remove(event: WechatMiniprogram.TouchEvent) {
      const path = event.currentTarget.dataset.path as string
      forgetPhoto(path)
      this.triggerEvent('change', { paths: this.data.paths.filter(one => one !== path) })
    },
  },
})
