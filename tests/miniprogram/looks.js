// Looks at the page on top as a person with weak eyes, thick gloves or a screen reader would; returns what is wrong.
() => {
  const page = [...document.querySelectorAll('page-root')].find(one => one.style.display !== 'none')
  const wrong = []
  const words = node => (node.textContent ?? '').replace(/\s+/g, ' ').trim().slice(0, 30)
  const numbers = colour => (colour.match(/[\d.]+/g) ?? []).map(Number)
  const over = (top, under) => {
    const a = top[3] ?? 1
    return [0, 1, 2].map(at => top[at] * a + under[at] * (1 - a))
  }
  const behind = node => {
    const layers = []
    for (let one = node; one; one = one.parentElement) {
      const colour = numbers(getComputedStyle(one).backgroundColor)
      if ((colour[3] ?? 1) > 0) layers.push(colour)
      if ((colour[3] ?? 1) === 1) break
    }
    return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255])
  }
  const light = rgb => {
    const [r, g, b] = rgb.map(v => { const c = v / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4 })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((m, n) => n - m); return (x + 0.05) / (y + 0.05) }
  const seen = node => { const box = node.getBoundingClientRect(); return box.width > 0 && box.height > 0 && getComputedStyle(node).visibility !== 'hidden' }

  const walker = document.createTreeWalker(page, NodeFilter.SHOW_TEXT)
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const node = text.parentElement
    if (!text.data.trim() || !seen(node) || node.closest('option')) continue
    const style = getComputedStyle(node)
    const size = parseFloat(style.fontSize)
    const under = behind(node)
    const found = contrast(over(numbers(style.color), under), under)
    const least = size >= 24 || (size >= 18.6 && Number(style.fontWeight) >= 700) ? 4.5 : 7
    if (found < least) wrong.push(`contrast ${found.toFixed(1)} < ${least}: ${words(text)}`)
    const rpx = page.clientWidth / 750
    if (size / rpx < 31.5) wrong.push(`letters of ${(size / rpx).toFixed(0)}rpx: ${words(text)}`)
  }
  for (const node of page.querySelectorAll('[role=button], [role=link], [role=tab], [role=radio], [role=checkbox], button, input, textarea, select')) {
    if (!seen(node)) continue
    const box = (node.closest('switch, picker') ?? node).getBoundingClientRect()
    const smallest = node.closest('switch') ? 30 : 43.5
    if (box.height < smallest || box.width < smallest) wrong.push(`target ${box.width.toFixed(0)}×${box.height.toFixed(0)}: ${node.getAttribute('aria-label') ?? words(node)}`)
    const name = node.getAttribute('aria-label') ?? words(node)
    if (!name) wrong.push(`nameless ${node.tagName.toLowerCase()} ${node.className}`)
  }
  const edge = page.getBoundingClientRect().right + 1
  for (const node of page.querySelectorAll('*')) {
    if (!seen(node) || node.closest('scroll-view')) continue
    if (node.getBoundingClientRect().right > edge && !node.querySelector('scroll-view')) wrong.push(`beyond the edge: ${node.className} ${words(node)}`)
  }

  // Nothing is cut, nothing spills out of what it stands in, nothing lies over something else.
  const BOXES = '.btn, .chip, .tag, .mark, .mark-sos, .road, .plate, .count, .tab, .sos-a, .sos-b, .sos-120, .sheet, .say, .sign, .field-one, .day'
  const meets = (a, b) => [Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)]
  const inLayer = node => node.closest('.dock') ? 'dock' : node.closest('.bar') ? 'bar' : 'main'
  const shortened = node => getComputedStyle(node).webkitLineClamp !== 'none' // on purpose, with an ellipsis, in two lines or three
  for (const node of page.querySelectorAll('*')) {
    if (!seen(node) || !words(node) || /INPUT|TEXTAREA|SELECT/.test(node.tagName) || shortened(node)) continue
    const style = getComputedStyle(node)
    const cutAcross = ['hidden', 'clip'].includes(style.overflowX) && node.scrollWidth > node.clientWidth + 1
    const cutDown = ['hidden', 'clip'].includes(style.overflowY) && node.scrollHeight > node.clientHeight + 1
    if (cutAcross || cutDown) wrong.push(`cut: ${node.className} ${words(node)}`)
  }
  const lines = []
  const again = document.createTreeWalker(page, NodeFilter.SHOW_TEXT)
  for (let text = again.nextNode(); text; text = again.nextNode()) {
    const node = text.parentElement
    if (!text.data.trim() || !seen(node) || node.closest('option, scroll-view, textarea')) continue
    const range = document.createRange()
    range.selectNodeContents(text)
    const box = node.closest(BOXES)
    for (const line of range.getClientRects()) {
      if (line.width < 1) continue
      if (shortened(node) && line.top > node.getBoundingClientRect().bottom - 4) continue // of this nobody sees anything
      lines.push({ text, node, line, layer: inLayer(node) })
      if (!box) continue
      const around = box.getBoundingClientRect()
      const middle = (line.top + line.bottom) / 2 // a line is higher than its letters
      if (line.left < around.left - 1 || line.right > around.right + 1 || middle < around.top || middle > around.bottom) wrong.push(`spills out of ${box.className}: ${words(text)}`)
    }
  }
  lines.forEach((a, at) => lines.slice(at + 1).forEach(b => {
    if (a.text === b.text || a.layer !== b.layer) return
    const [across, down] = meets(a.line, b.line)
    if (across > 2 && down > 0.4 * Math.min(a.line.height, b.line.height)) wrong.push(`overlaps: ${words(a.text)} / ${words(b.text)}`)
  }))
  for (const button of page.querySelectorAll('[role=button], .btn, .chip, button')) {
    if (!seen(button) || button.closest('scroll-view')) continue
    const box = button.getBoundingClientRect()
    for (const { node, text, line, layer } of lines) {
      if (layer !== inLayer(button) || button.contains(node)) continue
      const [across, down] = meets(line, box)
      if (across > 2 && down > 0.4 * line.height) wrong.push(`under a target: ${words(text)} / ${words(button)}`)
    }
  }
  const [frame, main, dock] = ['.frame', '.main', '.dock'].map(one => page.querySelector(one)?.getBoundingClientRect())
  if (dock && frame.bottom - main.bottom < dock.height - 1) wrong.push(`the end of the page lies under the dock: ${(frame.bottom - main.bottom).toFixed(0)} < ${dock.height.toFixed(0)}`)
  for (const node of page.querySelectorAll('input, textarea')) {
    if (!seen(node) || !node.placeholder) continue
    const under = behind(node)
    const found = contrast(over(numbers(getComputedStyle(node, '::placeholder').color), under), under)
    if (found < 4.5) wrong.push(`contrast of a hint ${found.toFixed(1)}: ${node.placeholder}`)
  }
  return [...new Set(wrong)]
}
