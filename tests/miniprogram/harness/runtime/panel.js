// Beside the phone: who holds it, and what its camera sees. Only where the screen is wider than a phone.
import { change, control } from './control.js'

function node(name, text = '', more = {}) {
  const made = Object.assign(document.createElement(name), more)
  made.textContent = text
  return made
}

async function told(name) {
  const answer = await fetch(name)
  return answer.ok ? answer.json() : null
}

export async function buildPanel(launch) {
  const panel = document.getElementById('panel')
  panel.append(node('h1', '司机之家 · 预览'), node('p', '小程序的同一份代码，跑在微信开源的组件引擎上，接的是本机的真服务。一切数据都是示例。'))
  const given = await told('given.json')
  if (!given) {
    panel.append(node('p', '这里只有页面，没有演示的人和站点码。'))
    return
  }
  panel.append(node('h2', '谁拿着手机'), people(given.people, launch))
  panel.append(node('h2', '镜头看到的码'), scanner(), codes(given.codes, launch))
  panel.append(node('p', '点一个码：如同用微信扫了墙上的码。或贴进上面的框，再在手机里点“扫码签到”。'))
}

function people(list, launch) {
  const row = node('div')
  for (const { name, title } of list) {
    const one = node('button', title)
    one.setAttribute('aria-pressed', String(control.person === name))
    one.onclick = () => {
      change({ person: name })
      for (const other of row.children) other.setAttribute('aria-pressed', String(other === one))
      wx.setStorageSync('server', window.location.origin)
      launch('/pages/home/index')
    }
    row.append(one)
  }
  return row
}

function scanner() {
  const row = node('div', '', { className: 'panel-row' })
  const field = node('input', '', { type: 'text', placeholder: '贴一个码或它的网址', value: control.scan ?? '' })
  field.oninput = () => change({ scan: field.value.trim() || null })
  row.append(field)
  return row
}

function codes(list, launch) {
  const box = node('div', '', { className: 'panel-codes' })
  for (const { label, url } of list) {
    const one = node('button', label)
    one.onclick = () => launch(`/pages/scan/index?q=${encodeURIComponent(url)}`)
    box.append(one)
  }
  return box
}
