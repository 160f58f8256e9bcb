// Made by tools/contract.mjs from the contract that the service emits; not to be edited by hand.
/* eslint-disable */
export type AnswerIn = { expires_at?: string | null; public?: boolean; question?: string | null; source?: string | null; text: string }
export type ApproveIn = { revision?: number | null }
export type AttendanceOut = { ended_at: string | null; id: string; minutes: number | null; since: string | null; state: string }
export type Audience = { checked_in_since?: string | null; roads?: Array<string>; roles?: Array<"driver" | "member" | "staff" | "kitchen" | "responder" | "supervisor" | "secretary" | "committee" | "editor" | "approver" | "admin" | "auditor" | "viewer">; stations?: Array<string> }
export type AudienceIn = { audience: Audience }
export type BasicOut = { as_of: string | null; state: "ok" | "limited" | "out" | "unknown" }
export type BasicsOut = { hot_water: BasicOut; laundry: BasicOut; meal_heating: BasicOut; parking: BasicOut; shower: BasicOut }
export type BeatIn = { station: string }
export type BoardOut = { as_of: string; hidden_below: number; items: Array<BoardRow>; next_cursor?: string | null }
export type BoardRow = { answered_in_time_percent: number | null; month: string; name: string; requests: number | null; satisfied_percent: number | null; station: string }
export type BulletinChange = { body_markdown?: string | null; category?: "road" | "policy" | "benefit" | "safety" | "station" | null; expires_at?: string | null; revision?: number | null; roads?: Array<RoadIn> | null; source?: string | null; starts_at?: string | null; stations?: Array<string> | null; title?: string | null }
export type BulletinEventOut = { at: string; by: string; note: string | null; what: string; word: string }
export type BulletinIn = { body_markdown: string; category: "road" | "policy" | "benefit" | "safety" | "station"; expires_at?: string | null; roads?: Array<RoadIn>; source?: string | null; starts_at?: string | null; stations?: Array<string>; title: string }
export type BulletinOut = { body_html: string; category: string; category_title: string; changes: Array<ChangeOut>; expired?: boolean; expires_at: string | null; id: string; published_at: string | null; roads: Array<RoadOut>; source: string | null; starts_at: string | null; stations: Array<string>; superseded_by?: string | null; supersedes: string | null; title: string; version: number }
export type BulletinReasonIn = { reason: string }
export type CallerIn = { name?: string | null; phone?: string | null }
export type CancelOut = { late: boolean }
export type ChangeOut = { added?: Array<string>; after?: string | null; before?: string | null; field: string; label: string; removed?: Array<string> }
export type CheckInChange = { person_kind?: "truck_driver" | "traveller" | "staff" | "unknown" | null; purpose?: "rest" | "meal" | "medical" | "duty" | "event" | "other" | null }
export type CheckInIn = { code: string; location?: LocationIn | null; person_kind?: "truck_driver" | "traveller" | "staff" | "unknown" | null; purpose?: "rest" | "meal" | "medical" | "duty" | "event" | "other" | null; scanned_at?: string | null }
export type CheckInOut = { clock_suspect: boolean; id: string; location_check: string; person_kind: string; purpose: string | null; recorded_at: string; repeat?: boolean; scanned_at: string; side: string; station: string; station_name: string }
export type ClocksOut = { ack_by: string; answer_by: string; breached: Array<string>; close_by: string }
export type CodeOut = { code: string; valid_until: string }
export type ConsentOut = { at: string | null; granted: boolean; purpose: string; title: string }
export type ConsentWish = { granted: boolean }
export type CorrectIn = { minutes?: number | null; reason: string; state?: "served" | "late" | "no_show" | "excused" | null }
export type CorrectionIn = { text: string }
export type CorrectionOut = { asked_at: string; id: string }
export type Deliveries = { expired: number; failed: number; inbox: number; inbox_only: number; queued: number; refused: number; sending: number; sent: number; total: number; unknown: number }
export type DeskLine = { clock_suspect: boolean; id: string; location_check: string; name: string; person_kind: string; phone_masked: string | null; purpose: string | null; recorded_at: string; repeat?: boolean; scanned_at: string; side: string; station: string; station_name: string }
export type Erased = { erased_at: string }
export type ErasureWish = { confirm: true; force?: boolean }
export type EventOut = { at: string; by: string; text: string; what: string }
export type Export = { exported_at: string; held: Record<string, unknown> }
export type FieldError = { field: string; message: string }
export type FinishOut = { minutes: number }
export type HandOverIn = { to: "120" | "hospital" | "family" }
export type HandedOver = { at: string; id: string; moved: number; signed_at: string | null; station: string; to: string }
export type Holder = { name: string; since: string }
export type InboxItem = { at: string; id: string; kind: "request" | "duty" | "bulletin" | "branch" | "medical"; read_at: string | null; ref: Record<string, string> | null; text: string; title: string }
export type KindList = { items: Array<KindOut>; next_cursor?: string | null }
export type KindOut = { clocks: Record<string, string>; fields: Record<string, unknown>; hint: string; kind: string; mark: string; never_refused: boolean; phones: Array<Record<string, string>>; title: string; urgency: number }
export type Listed_BulletinOut_ = { items: Array<BulletinOut>; next_cursor?: string | null }
export type Listed_CheckInOut_ = { items: Array<CheckInOut>; next_cursor?: string | null }
export type Listed_ConsentOut_ = { items: Array<ConsentOut>; next_cursor?: string | null }
export type Listed_DeskLine_ = { items: Array<DeskLine>; next_cursor?: string | null }
export type Listed_InboxItem_ = { items: Array<InboxItem>; next_cursor?: string | null }
export type Listed_OwnShift_ = { items: Array<OwnShift>; next_cursor?: string | null }
export type Listed_QuestionOut_ = { items: Array<QuestionOut>; next_cursor?: string | null }
export type Listed_QueueItem_ = { items: Array<QueueItem>; next_cursor?: string | null }
export type Listed_RequestOut_ = { items: Array<RequestOut>; next_cursor?: string | null }
export type Listed_ReviewItem_ = { items: Array<ReviewItem>; next_cursor?: string | null }
export type Listed_ShiftOut_ = { items: Array<ShiftOut>; next_cursor?: string | null }
export type Listed_StaffBulletinLine_ = { items: Array<StaffBulletinLine>; next_cursor?: string | null }
export type Listed_StaffQuestion_ = { items: Array<StaffQuestion>; next_cursor?: string | null }
export type Listed_StandInOut_ = { items: Array<StandInOut>; next_cursor?: string | null }
export type LocationIn = { accuracy_m?: number; lat: number; lon: number }
export type MeChange = { avatar_upload_id?: string | null; nickname?: string | null; vehicle?: Vehicle | null }
export type MergeIn = { into: string }
export type MessageIn = { text: string; upload_ids?: Array<string>; written_at?: string | null }
export type MessageOut = { at: string; check?: string | null; from: string; id: string; internal?: boolean; name: string; text: string; uploads: Array<UploadOut>; written_at: string | null }
export type MilestoneIn = { at: string; kind: "police" | "insurer" | "survey" | "loss_fixed" | "documents" | "paid"; note?: string | null }
export type OwnShift = { attendance: AttendanceOut | null; can_sign_up: boolean; can_wait: boolean; capacity: number; ends_at: string; id: string; min_needed: number; mine: "confirmed" | "waitlisted" | null; opens_at: string | null; post: PostBrief; side: "A" | "B"; starts_at: string; station: string; taken: number; waiting: number; why_not: string | null; why_not_text: string | null }
export type Phone = { phone: string }
export type PhoneCode = { code: string }
export type PhoneOut = { name: string; phone: string }
export type PostBrief = { id: string; kind: "vanguard" | "model" | "area" | "task_force"; name: string; standard: string | null }
export type PostIn = { kind: "vanguard" | "model" | "area" | "task_force"; name: string; open_to?: "members" | "branch"; side: "A" | "B"; standard?: string | null; station: string }
export type PostOut = { id: string; kind: "vanguard" | "model" | "area" | "task_force"; name: string; open_to: string; side: "A" | "B"; standard: string | null; station: string }
export type Problem = { code: string; detail: string; errors?: Array<FieldError> | null; request_id: string; status: number; title: string; type: string }
export type QuestionIn = { text: string }
export type QuestionMade = { asked_at: string; id: string; state: string; text: string }
export type QuestionOut = { answer: string; answered_at: string; expires_at: string | null; id: string; source: string | null; text: string }
export type QueueItem = { clocks: ClocksOut; created_at: string; desk: string; due_at: string; holder: Holder | null; id: string; kind: string; mark: string; mine: boolean; number: string; side: string | null; state: string; station: string | null; text: string | null; title: string; unread: boolean; urgency: number }
export type Rating = { score: number; text: string | null }
export type RatingIn = { score: number; text?: string | null }
export type Reach = { people: number; reachable: number; without_credit: number }
export type ReasonIn = { reason: string }
export type RepeatIn = { until?: string | null; weekdays?: Array<number>; weeks?: number }
export type ReplyIn = { internal?: boolean; text: string; upload_ids?: Array<string> }
export type RequestIn = { contact_phone?: string | null; details?: Record<string, unknown>; for_other_person?: boolean; kind: string; place_text?: string | null; side?: "A" | "B" | "unknown" | null; station?: string | null; text?: string; upload_ids?: Array<string>; written_at?: string | null }
export type RequestOut = { advice?: string | null; clocks: ClocksOut; created_at: string; details: Record<string, unknown>; holder: Holder | null; id: string; kind: string; merged?: boolean; merged_into: string | null; messages: Array<MessageOut>; number: string; phones?: Array<PhoneOut>; place_text: string | null; rating: Rating | null; side: string | null; state: string; station: string | null; text: string; timeline: Array<EventOut>; title: string; unit: string | null; uploads: Array<UploadOut>; wait_until: string | null; written_at: string | null }
export type RevealIn = { reason?: string }
export type ReviewIn = { show: boolean }
export type ReviewItem = { attached_at: string; bytes: number; height: number | null; id: string; kind: "image" | "pdf"; label: number | null; mark: string; media_type: string; purpose: string; station: string | null; subject: SubjectOut; url: string | null; verdict: "loose" | "waiting" | "checking" | "manual" | "shown" | "hidden" | "private"; width: number | null }
export type RoadIn = { heading?: string | null; km_from?: number | string | null; km_to?: number | string | null; measure?: string | null; road: string; vehicle?: string | null }
export type RoadOut = { heading: string | null; km_from: number | null; km_to: number | null; measure: string | null; road: string; vehicle: string | null }
export type RosterLine = { attendance?: AttendanceOut | null; member: string; name: string; state: "confirmed" | "waitlisted" }
export type ScheduleIn = { audience: Audience; expires_at?: string | null; send_at: string }
export type ShiftBrief = { ends_at: string; id: string; name: string; side: "A" | "B"; starts_at: string; station: string }
export type ShiftHandOverIn = { station: string; to: string }
export type ShiftIn = { capacity: number; ends_at: string; min_needed?: number; opens_at?: string | null; post_id: string; repeat?: RepeatIn | "weekly" | null; starts_at: string }
export type ShiftMade = { can_sign_up: boolean; can_wait: boolean; capacity: number; ends_at: string; id: string; min_needed: number; mine: "confirmed" | "waitlisted" | null; opens_at: string | null; post: PostBrief; series: Array<string>; side: "A" | "B"; starts_at: string; station: string; taken: number; waiting: number; why_not: string | null; why_not_text: string | null }
export type ShiftOut = { can_sign_up: boolean; can_wait: boolean; capacity: number; ends_at: string; id: string; min_needed: number; mine: "confirmed" | "waitlisted" | null; opens_at: string | null; post: PostBrief; side: "A" | "B"; starts_at: string; station: string; taken: number; waiting: number; why_not: string | null; why_not_text: string | null }
export type ShiftPage = { can_sign_up: boolean; can_wait: boolean; capacity: number; ends_at: string; id: string; min_needed: number; mine: "confirmed" | "waitlisted" | null; opens_at: string | null; post: PostBrief; roster?: Array<RosterLine> | null; side: "A" | "B"; starts_at: string; station: string; taken: number; waiting: number; why_not: string | null; why_not_text: string | null }
export type SideOut = { heading: string | null; side: "A" | "B" }
export type SignInIn = { code: string; scanned_at?: string | null; shift_id?: string | null }
export type SignInOut = { id: string; shift: ShiftBrief; since: string; state: "on_duty" | "late" }
export type SignInWechat = { code: string }
export type SignedIn = { expires_in: number; is_new: boolean; token: string; user: User }
export type SignupIn = { waitlist?: boolean }
export type SignupOut = { position?: number | null; state: "confirmed" | "waitlisted" }
export type SpokenAddress = { side: "A" | "B"; text: string }
export type StaffBulletin = { approved_by: string | null; audience: Record<string, unknown> | null; author: string; body_html: string; body_markdown: string; category: string; category_title: string; changes: Array<ChangeOut>; created_at: string; expired?: boolean; expires_at: string | null; id: string; line: string; mine: boolean; published_at: string | null; revision: number; roads: Array<RoadOut>; send_at: string | null; source: string | null; starts_at: string | null; state: "draft" | "submitted" | "approved" | "scheduled" | "sending" | "paused" | "sent" | "withdrawn" | "expired"; stations: Array<string>; superseded_by?: string | null; supersedes: string | null; timeline: Array<BulletinEventOut>; title: string; updated_at: string; version: number }
export type StaffBulletinLine = { approved_by: string | null; author: string; category: string; created_at: string; expires_at: string | null; id: string; line: string; roads: Array<RoadOut>; send_at: string | null; starts_at: string | null; state: "draft" | "submitted" | "approved" | "scheduled" | "sending" | "paused" | "sent" | "withdrawn" | "expired"; supersedes: string | null; title: string; updated_at: string; version: number }
export type StaffQuestion = { answer: string | null; answered_at: string | null; answered_by: string | null; asked_at: string; expires_at: string | null; id: string; public: boolean; shown_text: string; source: string | null; state: string; suspect: boolean; text: string }
export type StaffRequestIn = { caller?: CallerIn; contact_phone?: string | null; details?: Record<string, unknown>; for_other_person?: boolean; kind: string; place_text?: string | null; side?: "A" | "B" | "unknown" | null; station?: string | null; text?: string; upload_ids?: Array<string>; written_at?: string | null }
export type StaffRequestOut = { advice?: string | null; check: string | null; clocks: ClocksOut; contact_phone_masked: string | null; created_at: string; desk: string; details: Record<string, unknown>; driver_name: string; holder: Holder | null; id: string; kind: string; mark: string; merged?: boolean; merged_into: string | null; messages: Array<MessageOut>; mine: boolean; number: string; phones?: Array<PhoneOut>; place_text: string | null; rating: Rating | null; reopened: number; side: string | null; state: string; station: string | null; text: string; timeline: Array<EventOut>; title: string; unit: string | null; uploads: Array<UploadOut>; urgency: number; wait_until: string | null; written_at: string | null }
export type StandInIn = { to_member?: string | null }
export type StandInOut = { asked_at: string; id: string; name: string; own: boolean; shift: ShiftBrief; state: "open" | "accepted" | "withdrawn"; to_me: boolean }
export type StationCard = { basics: BasicsOut; code: string; example: boolean; km_post: string | null; lat: number; lon: number; name: string; phones: StationPhones; position_confidence: "high" | "medium" | "low"; prefecture: string; road: string; sides: Array<SideOut>; spoken: Array<SpokenAddress>; status: "open" | "limited" | "closed" }
export type StationList = { items: Array<StationOut>; next_cursor?: string | null }
export type StationOut = { basics: BasicsOut; code: string; example: boolean; km_post: string | null; lat: number; lon: number; name: string; position_confidence: "high" | "medium" | "low"; prefecture: string; road: string; sides: Array<SideOut>; status: "open" | "limited" | "closed" }
export type StationPhones = { duty: string | null; example: boolean; medical: string | null }
export type SubjectOut = { id: string; kind: string }
export type SubscriptionAnswers = { results: Record<string, "accept" | "reject" | "ban" | "filter" | "acceptWithAudio" | "acceptWithAlert"> }
export type TemplateItem = { id: string; purpose: string; title: string }
export type TemplateList = { items: Array<TemplateItem> }
export type TextIn = { text: string }
export type TransferIn = { reason: string; to_staff?: string | null; to_station?: string | null; to_unit?: string | null }
export type Unread = { unread: number }
export type UploadIn = { file: string; purpose?: "avatar" | "request" | "document" | "medical" }
export type UploadOut = { bytes: number; height: number | null; id: string; kind: "image" | "pdf"; mark: string; media_type: string; purpose: string; url: string | null; verdict: "loose" | "waiting" | "checking" | "manual" | "shown" | "hidden" | "private"; width: number | null }
export type User = { avatar?: Record<string, unknown> | null; card?: Record<string, unknown> | null; home_station?: Record<string, unknown> | null; id: string; member?: Record<string, unknown> | null; nickname: string; phone_masked: string | null; roles: Array<string>; vehicle?: Record<string, string> | null }
export type Vehicle = { kind: "heavy_truck" | "light_truck" | "dangerous_goods" | "coach" | "car" | "other"; plate: string }
export type WaitIn = { reason: string; until: string }
export type WithdrawIn = { reason?: string | null }
export interface Calls {
  'DELETE /duty/shifts/{id}/signup': { path: { id: string }; query: Record<string, never>; body: undefined; answer: CancelOut }
  'GET /board': { path: Record<string, never>; query: Record<string, never>; body: undefined; answer: BoardOut }
  'GET /bulletins': { path: Record<string, never>; query: { limit?: number; cursor?: string | null; road?: string | null; category?: "road" | "policy" | "benefit" | "safety" | "station" | null; station?: string | null; q?: string | null }; body: undefined; answer: Listed_BulletinOut_ }
  'GET /bulletins/{id}': { path: { id: string }; query: Record<string, never>; body: undefined; answer: BulletinOut }
  'GET /checkins': { path: Record<string, never>; query: { limit?: number; cursor?: string | null }; body: undefined; answer: Listed_CheckInOut_ }
  'GET /duty/mine': { path: Record<string, never>; query: { limit?: number; cursor?: string | null }; body: undefined; answer: Listed_OwnShift_ }
  'GET /duty/shifts': { path: Record<string, never>; query: { limit?: number; cursor?: string | null; station?: string | null; from?: string | null; to?: string | null }; body: undefined; answer: Listed_ShiftOut_ }
  'GET /duty/shifts/{id}': { path: { id: string }; query: Record<string, never>; body: undefined; answer: ShiftPage }
  'GET /duty/stand-ins': { path: Record<string, never>; query: { limit?: number; cursor?: string | null }; body: undefined; answer: Listed_StandInOut_ }
  'GET /inbox': { path: Record<string, never>; query: { limit?: number; cursor?: string | null }; body: undefined; answer: Listed_InboxItem_ }
  'GET /inbox/unread': { path: Record<string, never>; query: Record<string, never>; body: undefined; answer: Unread }
  'GET /me': { path: Record<string, never>; query: Record<string, never>; body: undefined; answer: User }
  'GET /me/consents': { path: Record<string, never>; query: Record<string, never>; body: undefined; answer: Listed_ConsentOut_ }
  'GET /me/export': { path: Record<string, never>; query: Record<string, never>; body: undefined; answer: Export }
  'GET /message-templates': { path: Record<string, never>; query: { scene?: "bulletin" | "request" | "duty" | null }; body: undefined; answer: TemplateList }
  'GET /questions': { path: Record<string, never>; query: { limit?: number; cursor?: string | null; q?: string | null }; body: undefined; answer: Listed_QuestionOut_ }
  'GET /request-kinds': { path: Record<string, never>; query: Record<string, never>; body: undefined; answer: KindList }
  'GET /requests': { path: Record<string, never>; query: { limit?: number; cursor?: string | null }; body: undefined; answer: Listed_RequestOut_ }
  'GET /requests/{id}': { path: { id: string }; query: Record<string, never>; body: undefined; answer: RequestOut }
  'GET /staff/bulletins': { path: Record<string, never>; query: { limit?: number; cursor?: string | null; state?: "draft" | "submitted" | "approved" | "scheduled" | "sending" | "paused" | "sent" | "withdrawn" | "expired" | null; category?: "road" | "policy" | "benefit" | "safety" | "station" | null; mine?: boolean; q?: string | null }; body: undefined; answer: Listed_StaffBulletinLine_ }
  'GET /staff/bulletins/{id}': { path: { id: string }; query: Record<string, never>; body: undefined; answer: StaffBulletin }
  'GET /staff/bulletins/{id}/deliveries': { path: { id: string }; query: Record<string, never>; body: undefined; answer: Deliveries }
  'GET /staff/checkins': { path: Record<string, never>; query: { limit?: number; cursor?: string | null; station?: string | null; day?: string | null }; body: undefined; answer: Listed_DeskLine_ }
  'GET /staff/duty/code': { path: Record<string, never>; query: { station: string; side: "A" | "B" }; body: undefined; answer: CodeOut }
  'GET /staff/questions': { path: Record<string, never>; query: { limit?: number; cursor?: string | null; state?: "open" | "answered" }; body: undefined; answer: Listed_StaffQuestion_ }
  'GET /staff/requests': { path: Record<string, never>; query: { limit?: number; cursor?: string | null; state?: "new" | "acknowledged" | "handling" | "waiting" | "answered" | "closed" | "withdrawn" | "all" | null; station?: string | null; kind?: string | null; mine?: boolean }; body: undefined; answer: Listed_QueueItem_ }
  'GET /staff/requests/{id}': { path: { id: string }; query: Record<string, never>; body: undefined; answer: StaffRequestOut }
  'GET /staff/uploads': { path: Record<string, never>; query: { limit?: number; cursor?: string | null; state?: "manual" | "hidden" }; body: undefined; answer: Listed_ReviewItem_ }
  'GET /stations': { path: Record<string, never>; query: { road?: string; q?: string }; body: undefined; answer: StationList }
  'GET /stations/{code}': { path: { code: string }; query: Record<string, never>; body: undefined; answer: StationCard }
  'POST /auth/logout': { path: Record<string, never>; query: Record<string, never>; body: undefined; answer: undefined }
  'POST /auth/wechat': { path: Record<string, never>; query: Record<string, never>; body: SignInWechat; answer: SignedIn }
  'POST /checkins': { path: Record<string, never>; query: Record<string, never>; body: CheckInIn; answer: CheckInOut }
  'POST /duty/attendance': { path: Record<string, never>; query: Record<string, never>; body: SignInIn; answer: SignInOut }
  'POST /duty/attendance/{id}/corrections': { path: { id: string }; query: Record<string, never>; body: CorrectionIn; answer: CorrectionOut }
  'POST /duty/attendance/{id}/finish': { path: { id: string }; query: Record<string, never>; body: undefined; answer: FinishOut }
  'POST /duty/shifts/{id}/signup': { path: { id: string }; query: Record<string, never>; body: SignupIn; answer: SignupOut }
  'POST /duty/shifts/{id}/stand-in': { path: { id: string }; query: Record<string, never>; body: StandInIn; answer: StandInOut }
  'POST /duty/stand-ins/{id}/accept': { path: { id: string }; query: Record<string, never>; body: undefined; answer: StandInOut }
  'POST /inbox/{id}/read': { path: { id: string }; query: Record<string, never>; body: undefined; answer: undefined }
  'POST /me/erasure': { path: Record<string, never>; query: Record<string, never>; body: ErasureWish; answer: Erased }
  'POST /me/phone': { path: Record<string, never>; query: Record<string, never>; body: PhoneCode; answer: User }
  'POST /questions': { path: Record<string, never>; query: Record<string, never>; body: QuestionIn; answer: QuestionMade }
  'POST /requests': { path: Record<string, never>; query: Record<string, never>; body: RequestIn; answer: RequestOut }
  'POST /requests/{id}/confirm': { path: { id: string }; query: Record<string, never>; body: undefined; answer: RequestOut }
  'POST /requests/{id}/messages': { path: { id: string }; query: Record<string, never>; body: MessageIn; answer: MessageOut }
  'POST /requests/{id}/rating': { path: { id: string }; query: Record<string, never>; body: RatingIn; answer: RequestOut }
  'POST /requests/{id}/reopen': { path: { id: string }; query: Record<string, never>; body: ReasonIn; answer: RequestOut }
  'POST /requests/{id}/withdraw': { path: { id: string }; query: Record<string, never>; body: undefined; answer: RequestOut }
  'POST /staff/bulletins': { path: Record<string, never>; query: Record<string, never>; body: BulletinIn; answer: StaffBulletin }
  'POST /staff/bulletins/{id}/approve': { path: { id: string }; query: Record<string, never>; body: ApproveIn; answer: StaffBulletin }
  'POST /staff/bulletins/{id}/audience': { path: { id: string }; query: Record<string, never>; body: AudienceIn; answer: Reach }
  'POST /staff/bulletins/{id}/correct': { path: { id: string }; query: Record<string, never>; body: undefined; answer: StaffBulletin }
  'POST /staff/bulletins/{id}/pause': { path: { id: string }; query: Record<string, never>; body: undefined; answer: StaffBulletin }
  'POST /staff/bulletins/{id}/resume': { path: { id: string }; query: Record<string, never>; body: undefined; answer: StaffBulletin }
  'POST /staff/bulletins/{id}/return': { path: { id: string }; query: Record<string, never>; body: BulletinReasonIn; answer: StaffBulletin }
  'POST /staff/bulletins/{id}/schedule': { path: { id: string }; query: Record<string, never>; body: ScheduleIn; answer: StaffBulletin }
  'POST /staff/bulletins/{id}/submit': { path: { id: string }; query: Record<string, never>; body: undefined; answer: StaffBulletin }
  'POST /staff/bulletins/{id}/unschedule': { path: { id: string }; query: Record<string, never>; body: undefined; answer: StaffBulletin }
  'POST /staff/bulletins/{id}/withdraw': { path: { id: string }; query: Record<string, never>; body: WithdrawIn; answer: StaffBulletin }
  'POST /staff/desk/heartbeat': { path: Record<string, never>; query: Record<string, never>; body: BeatIn; answer: undefined }
  'POST /staff/duty/attendance/{id}/correct': { path: { id: string }; query: Record<string, never>; body: CorrectIn; answer: AttendanceOut }
  'POST /staff/duty/posts': { path: Record<string, never>; query: Record<string, never>; body: PostIn; answer: PostOut }
  'POST /staff/duty/shifts': { path: Record<string, never>; query: Record<string, never>; body: ShiftIn; answer: ShiftMade }
  'POST /staff/questions/{id}/answer': { path: { id: string }; query: Record<string, never>; body: AnswerIn; answer: StaffQuestion }
  'POST /staff/requests': { path: Record<string, never>; query: Record<string, never>; body: StaffRequestIn; answer: StaffRequestOut }
  'POST /staff/requests/{id}/claim': { path: { id: string }; query: Record<string, never>; body: undefined; answer: StaffRequestOut }
  'POST /staff/requests/{id}/hand-over': { path: { id: string }; query: Record<string, never>; body: HandOverIn; answer: StaffRequestOut }
  'POST /staff/requests/{id}/merge': { path: { id: string }; query: Record<string, never>; body: MergeIn; answer: StaffRequestOut }
  'POST /staff/requests/{id}/milestones': { path: { id: string }; query: Record<string, never>; body: MilestoneIn; answer: StaffRequestOut }
  'POST /staff/requests/{id}/on-scene': { path: { id: string }; query: Record<string, never>; body: undefined; answer: StaffRequestOut }
  'POST /staff/requests/{id}/replies': { path: { id: string }; query: Record<string, never>; body: ReplyIn; answer: MessageOut }
  'POST /staff/requests/{id}/resolve': { path: { id: string }; query: Record<string, never>; body: TextIn; answer: StaffRequestOut }
  'POST /staff/requests/{id}/reveal-phone': { path: { id: string }; query: Record<string, never>; body: RevealIn; answer: Phone }
  'POST /staff/requests/{id}/transfer': { path: { id: string }; query: Record<string, never>; body: TransferIn; answer: StaffRequestOut }
  'POST /staff/requests/{id}/wait': { path: { id: string }; query: Record<string, never>; body: WaitIn; answer: StaffRequestOut }
  'POST /staff/shifts/hand-over': { path: Record<string, never>; query: Record<string, never>; body: ShiftHandOverIn; answer: HandedOver }
  'POST /staff/shifts/hand-overs/{id}/sign': { path: { id: string }; query: Record<string, never>; body: undefined; answer: HandedOver }
  'POST /staff/uploads/{id}/review': { path: { id: string }; query: Record<string, never>; body: ReviewIn; answer: ReviewItem }
  'POST /subscriptions': { path: Record<string, never>; query: Record<string, never>; body: SubscriptionAnswers; answer: undefined }
  'POST /uploads': { path: Record<string, never>; query: Record<string, never>; body: undefined; answer: UploadOut }
  'PUT /checkins/{id}': { path: { id: string }; query: Record<string, never>; body: CheckInChange; answer: CheckInOut }
  'PUT /me': { path: Record<string, never>; query: Record<string, never>; body: MeChange; answer: User }
  'PUT /me/consents/{purpose}': { path: { purpose: string }; query: Record<string, never>; body: ConsentWish; answer: ConsentOut }
  'PUT /staff/bulletins/{id}': { path: { id: string }; query: Record<string, never>; body: BulletinChange; answer: StaffBulletin }
}
