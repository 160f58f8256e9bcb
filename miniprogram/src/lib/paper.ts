// A sheet of paper from the service, opened as WeChat opens documents: there it can be sent on or printed.
import { server } from './config'
import { refused, Trouble, unanswered } from './trouble'

const PATIENCE_MS = 30_000

/** Fetch the PDF behind a signed address and open it; a refusal or a silence is thrown as Trouble. */
export async function openPdf(url: string): Promise<void> {
  const filePath = await fetched(url.startsWith('/') ? server() + url : url)
  try {
    await wx.openDocument({ filePath, fileType: 'pdf', showMenu: true })
  } catch {
    throw new Trouble('这台手机打不开 PDF，请在站里打印，或换一台手机。')
  }
}

function fetched(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    wx.downloadFile({
      url,
      timeout: PATIENCE_MS,
      success: answer => (answer.statusCode === 200 ? resolve(answer.tempFilePath) : reject(refused(answer.statusCode, null, ''))),
      fail: problem => reject(unanswered(problem.errMsg)),
    })
  })
}
