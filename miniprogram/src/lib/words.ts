// Words for what the service says in codes; every state has one.
export const BASICS = [
  { name: 'parking', title: '停车休息', short: '停车' },
  { name: 'hot_water', title: '热水供应', short: '热水' },
  { name: 'meal_heating', title: '饭菜加热', short: '热饭' },
  { name: 'shower', title: '淋浴', short: '淋浴' },
  { name: 'laundry', title: '洗衣', short: '洗衣' },
] as const

export const BASIC_STATE: Record<string, string> = { ok: '能用', limited: '部分能用', out: '停用', unknown: '说不准' }
export const STATION_STATE: Record<string, string> = { open: '', limited: '部分开放', closed: '暂停服务' }

export const STATE: Record<string, string> = {
  new: '等人接',
  acknowledged: '有人接了',
  handling: '正在办',
  waiting: '等您补充',
  answered: '已答复，等您确认',
  closed: '办完了',
  withdrawn: '撤回了',
}

/** 往兰州 where somebody has confirmed it, else only which side. */
export function sideWord(side: string | null | undefined, heading?: string | null): string {
  if (heading) return `${heading}一侧`
  return side === 'A' || side === 'B' ? `${side} 侧` : '哪一侧还不知道'
}

export const VEHICLES = [
  { kind: 'heavy_truck', title: '重型货车' },
  { kind: 'light_truck', title: '轻型货车' },
  { kind: 'dangerous_goods', title: '危险品运输车' },
  { kind: 'coach', title: '客车' },
  { kind: 'car', title: '小汽车' },
  { kind: 'other', title: '其他' },
] as const

export const ROLES: Record<string, string> = {
  driver: '司机', member: '党员', staff: '值班员', kitchen: '后厨', responder: '医疗应答员', supervisor: '值班主管',
  secretary: '支部书记', committee: '支部委员', editor: '编辑', approver: '审核', admin: '管理员', auditor: '审计员', viewer: '查看员',
}
