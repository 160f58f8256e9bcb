// Photos: chosen, kept on the phone until they have gone up, forgotten then.

const SAVED = 'wxfile://'

/** Let the person choose; kept under a path that survives the app's end. Empty when he changed his mind. */
export async function choosePhotos(most: number): Promise<string[]> {
  try {
    const chosen = await wx.chooseMedia({ count: most, mediaType: ['image'], sizeType: ['compressed'], sourceType: ['album', 'camera'] })
    return chosen.tempFiles.map(file => wx.getFileSystemManager().saveFileSync(file.tempFilePath))
  } catch {
    return []
  }
}

export function photoThere(path: string): boolean {
  if (!path.startsWith(SAVED)) return true
  try {
    wx.getFileSystemManager().accessSync(path)
    return true
  } catch {
    return false
  }
}

export function forgetPhoto(path: string): void {
  if (!path.startsWith(SAVED)) return
  try {
    wx.getFileSystemManager().unlinkSync(path)
  } catch {
    // gone already
  }
}
