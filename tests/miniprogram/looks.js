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
  return [...new Set(wrong)]
}
