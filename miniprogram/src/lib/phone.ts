// Dialling: 120 and the station's own phones work without any network of ours.

export function dial(number: string): void {
  void wx.makePhoneCall({ phoneNumber: number }).catch(() => undefined)
}
