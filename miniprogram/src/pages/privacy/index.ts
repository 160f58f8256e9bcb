// What is collected and why; the same list stands in WeChat's own privacy guide for this mini-program.
Page({
  data: {
    items: [
      { what: '微信登录标识', why: '知道是同一个人，您的事才能接着办。不含您的姓名、微信号。' },
      { what: '扫码签到的站、侧和时间', why: '知道您在哪一站，求助时好找到您。' },
      { what: '您写的话、选的照片', why: '只给办这件事的值班员看；急救的照片和材料不送内容检查。' },
      { what: '手机号（您点了才有）', why: '只为回拨给您。别人看到的是打了星号的。' },
      { what: '车牌、车型（您写了才有）', why: '出事时好找到您的车。' },
      { what: '订阅消息的同意', why: '有回话、路况时微信告诉您。不同意也能用。' },
    ],
    never: ['手机的位置只在手机里算距离，不上传', '不读通讯录、不读剪贴板', '不画您每天去了哪的图，不做排行'],
  },
})
