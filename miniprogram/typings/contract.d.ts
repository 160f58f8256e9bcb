// Made by tools/contract.mjs from the contract that the service emits; not to be edited by hand.
/* eslint-disable */
export type AnswerIn = { expires_at?: string | null; public?: boolean; question?: string | null; source?: string | null; text: string }
export type ApproveIn = { revision?: number | null }
export type AttendanceOut = { ended_at: string | null; id: string; minutes: number | null; since: string | null; state: string }
export type Audience = { checked_in_since?: string | null; roads?: Array<string>; roles?: Array<"driver" | "member" | "staff" | "kitchen" | "responder" | "supervisor" | "secretary" | "committee" | "editor" | "approver" | "admin" | "auditor" | "viewer">; stations?: Array<string> }
export type AudienceIn = { audience: Audience }
export type BasicOut = { as_of: string | null; state: "ok" | "limited" | "out" | "unknown" }
export type BasicsChange = { hot_water?: "ok" | "limited" | "out" | "unknown" | null; laundry?: "ok" | "limited" | "out" | "unknown" | null; meal_heating?: "ok" | "limited" | "out" | "unknown" | null; parking?: "ok" | "limited" | "out" | "unknown" | null; shower?: "ok" | "limited" | "out" | "unknown" | null }
export type BasicsOut = { hot_water: BasicOut; laundry: BasicOut; meal_heating: BasicOut; parking: BasicOut; shower: BasicOut }
export type BeatIn = { station: string }
export type BenefitOut = { title: string; usable: boolean }
export type BoardOut = { as_of: string; hidden_below: number; items: Array<BoardRow>; next_cursor?: string | null }
export type BoardRow = { answered_in_time_percent: number | null; month: string; name: string; requests: number | null; satisfied_percent: number | null; station: string }
export type BookedPlace = { id: string; kind: "capsule" | "washer" | "dryer" | "shower" | "accessible_bay" | "aed"; name: string; place: string | null; side: "A" | "B"; station: string; title: string }
export type BookingIn = { for_woman?: boolean }
export type BookingOut = { facility: BookedPlace; held_at: string; id: string; state: "held" | "in_use" | "overtime" | "finished" | "cancelled" | "lapsed" | "released"; until: string }
export type BulletinChange = { body_markdown?: string | null; category?: "road" | "policy" | "benefit" | "safety" | "station" | null; expires_at?: string | null; revision?: number | null; roads?: Array<RoadIn> | null; source?: string | null; starts_at?: string | null; stations?: Array<string> | null; title?: string | null }
export type BulletinEventOut = { at: string; by: string; note: string | null; what: string; word: string }
export type BulletinIn = { body_markdown: string; category: "road" | "policy" | "benefit" | "safety" | "station"; expires_at?: string | null; roads?: Array<RoadIn>; source?: string | null; starts_at?: string | null; stations?: Array<string>; title: string }
export type BulletinOut = { body_html: string; category: string; category_title: string; changes: Array<ChangeOut>; expired?: boolean; expires_at: string | null; id: string; published_at: string | null; roads: Array<RoadOut>; source: string | null; starts_at: string | null; stations: Array<string>; superseded_by?: string | null; supersedes: string | null; title: string; version: number }
export type BulletinReasonIn = { reason: string }
export type CallerIn = { name?: string | null; phone?: string | null }
export type CampaignIn = { ends_at: string; name: string; planned: number; starts_at: string; stations: Array<string> }
export type CampaignOut = { by_hand: number; ends_at: string; handed_out: number; id: string; kinds: Array<KindCount>; name: string; note: string | null; planned: number; scanned: number; settled_at: string | null; starts_at: string; state: "planned" | "running" | "over" | "settled"; stations: Array<StationCount> }
export type CancelOrder = { reason: string }
export type CancelOut = { late: boolean }
export type CardAtDesk = { applied_at: string; holder: CardHolder; id: string; number: string; state: "applied" | "verified" | "expired" | "refused" | "left"; valid_until: string | null; verified_at: string | null }
export type CardHolder = { name: string; phone_masked: string | null; plate_masked: string | null }
export type CardOut = { applied_at: string; benefits: Array<BenefitOut>; id: string; number: string; state: "applied" | "verified" | "expired" | "refused" | "left"; valid_until: string | null }
export type ChangeOut = { added?: Array<string>; after?: string | null; before?: string | null; field: string; label: string; removed?: Array<string> }
export type CheckInChange = { person_kind?: "truck_driver" | "traveller" | "staff" | "unknown" | null; purpose?: "rest" | "meal" | "medical" | "duty" | "event" | "other" | null }
export type CheckInIn = { code: string; location?: LocationIn | null; person_kind?: "truck_driver" | "traveller" | "staff" | "unknown" | null; purpose?: "rest" | "meal" | "medical" | "duty" | "event" | "other" | null; scanned_at?: string | null }
export type CheckInOut = { clock_suspect: boolean; id: string; location_check: string; person_kind: string; purpose: string | null; recorded_at: string; repeat?: boolean; scanned_at: string; side: string; station: string; station_name: string }
export type ClaimChange = { bay?: string | null; happened_at?: string | null; insurer?: string | null; insurer_no?: string | null; insurer_reported_at?: string | null; loss_fen?: number | null; path?: "toll_network" | "motor" | null; plate?: string | null; police_no?: string | null; police_reported_at?: string | null; what?: "cargo_theft" | "fuel_theft" | "scrape" | "cargo_damage" | "injury" | "other" | null }
export type ClaimClock = { code: string; end: string | null; loss_below_fen: number | null; loss_from_fen: number | null; note: string; paths: Array<string>; sources: Array<string>; span: string | null; start: string | null; title: string }
export type ClaimClockOut = { code: string; due_at: string | null; note: string; sources: Array<ClaimSource>; state: "info" | "waiting" | "running" | "met" | "missed"; title: string }
export type ClaimDocumentIn = { kind: string; upload_id: string }
export type ClaimDocumentOut = { added_at: string; by: string; destroy_on: string; id: string; kind: string; mine: boolean; title: string; url: string | null }
export type ClaimEvidence = { code: string; title: string; why: string }
export type ClaimFacts = { bay?: string | null; happened_at?: string | null; insurer?: string | null; insurer_no?: string | null; loss?: string | null; loss_fen?: number | null; plate?: string | null; police_no?: string | null }
export type ClaimLine = { created_at: string; number: string; reached: string | null; request_id: string; role: "owner" | "co_driver"; state: string; station: string | null }
export type ClaimMilestoneOut = { at: string | null; kind: string; title: string }
export type ClaimOut = { clocks: Array<ClaimClockOut>; co_drivers: Array<CoDriverOut>; disclaimer: string; documents: Array<ClaimDocumentOut>; documents_wanted: Array<WantedDocumentOut>; evidence: Array<EvidenceOut>; facts: ClaimFacts; footage: FootageOut | null; milestones: Array<ClaimMilestoneOut>; next_step: NextStepOut | null; number: string; path: string; path_title: string; reports: Array<ReportOut>; request_id: string; role: "owner" | "co_driver" | "staff"; side: string | null; state: string; station: string | null; what: string; what_title: string }
export type ClaimPaper = { kind: string; paths: Array<string>; title: string; whats: Array<string> }
export type ClaimPath = { about: string; code: string; sources: Array<string>; steps: Array<ClaimStep>; title: string }
export type ClaimSource = { address: string; as_of: string | null; checked_on: string; title: string }
export type ClaimStep = { only: Array<string>; text: string; who: string }
export type ClaimWhat = { code: string; evidence: Array<ClaimEvidence>; paths: Array<string>; police: string; theft: boolean; title: string }
export type ClocksOut = { ack_by: string; answer_by: string; breached: Array<string>; close_by: string }
export type CloseOffer = { cancel_orders?: boolean; reason?: string | null }
export type CoDriverCode = { code: string; valid_until: string }
export type CoDriverOut = { id: string; joined_at: string; mine: boolean; name: string }
export type CodeOut = { code: string; valid_until: string }
export type ConsentOut = { at: string | null; granted: boolean; purpose: string; title: string }
export type ConsentWish = { granted: boolean }
export type CorrectIn = { minutes?: number | null; reason: string; state?: "served" | "late" | "no_show" | "excused" | null }
export type CorrectionIn = { text: string }
export type CorrectionOut = { asked_at: string; id: string }
export type DecisionIn = { accept: boolean; points?: number | null; text: string }
export type DeclarationIn = { branch: string; certificate_no?: string | null; home_text?: string | null; kind: "fixed" | "mobile"; name: string }
export type Deliveries = { expired: number; failed: number; inbox: number; inbox_only: number; queued: number; refused: number; sending: number; sent: number; total: number; unknown: number }
export type DeskLine = { clock_suspect: boolean; id: string; location_check: string; name: string; person_kind: string; phone_masked: string | null; purpose: string | null; recorded_at: string; repeat?: boolean; scanned_at: string; side: string; station: string; station_name: string }
export type DeskStation = { code: string; name: string }
export type DutyRuleIn = { least_minutes?: number; most_day?: number | null; most_quarter?: number | null; night_percent?: number; points: number }
export type EntryIn = { by_hand?: boolean; person_kind: "truck_driver" | "traveller" | "staff" | "unknown"; quantity: number; station?: string | null }
export type EntryOut = { by_hand: boolean; by_hand_total: number; handed_out: number; id: string; person_kind: "truck_driver" | "traveller" | "staff" | "unknown"; quantity: number; scanned_total: number; station: string }
export type EntrySource = { id: string; kind: string }
export type Erased = { erased_at: string }
export type ErasureWish = { confirm: true; force?: boolean }
export type EventOut = { at: string; by: string; text: string; what: string }
export type EventRuleIn = { most_day?: number | null; most_quarter?: number | null; points: number }
export type EvidenceIn = { code: string; done?: boolean }
export type EvidenceOut = { code: string; done_at: string | null; title: string; why: string }
export type Export = { exported_at: string; held: Record<string, unknown> }
export type FacilityAtDesk = { as_of: string | null; bookable: boolean; free: boolean; holder: string | null; id: string; kind: "capsule" | "washer" | "dryer" | "shower" | "accessible_bay" | "aed"; mine: MineOut | null; name: string; place: string | null; said_by: "driver" | "staff" | null; side: "A" | "B"; state: "ok" | "out" | "cleaning" | "unknown"; station: string; taken: "held" | "in_use" | "overtime" | null; title: string; until: string | null; women_only: WomenSlotOut | null; words: string }
export type FacilityChange = { name?: string | null; occupied_until?: string | null; place?: string | null; retired?: boolean; state?: "ok" | "out" | "cleaning" | "unknown" | null; women_only?: WomenSlot | null }
export type FacilityIn = { kind: "capsule" | "washer" | "dryer" | "shower" | "accessible_bay" | "aed"; name: string; place?: string | null; side: "A" | "B"; station: string; women_only?: WomenSlot | null }
export type FacilityOut = { as_of: string | null; bookable: boolean; free: boolean; id: string; kind: "capsule" | "washer" | "dryer" | "shower" | "accessible_bay" | "aed"; mine: MineOut | null; name: string; place: string | null; said_by: "driver" | "staff" | null; side: "A" | "B"; state: "ok" | "out" | "cleaning" | "unknown"; station: string; taken: "held" | "in_use" | "overtime" | null; title: string; until: string | null; women_only: WomenSlotOut | null; words: string }
export type FacilityReportAtDesk = { at: string; request_id: string | null; state: "ok" | "out"; text: string | null }
export type FacilityReportIn = { state: "ok" | "out"; text?: string | null }
export type FacilityReportOut = { id: string; request: FaultRequest | null; state: "ok" | "out" | "cleaning" | "unknown"; words: string }
export type FaultRequest = { id: string; number: string }
export type FieldError = { field: string; message: string }
export type FinishOut = { minutes: number }
export type FootageIn = { camera?: string | null; from_at?: string | null; kept_where?: string | null; outcome: "secured" | "to_police" | "not_covered" | "lost"; until_at?: string | null }
export type FootageOut = { due_at: string | null; from_at: string | null; noted_at: string | null; outcome: string | null; title: string; until_at: string | null }
export type For120Fact = { text: string; title: string }
export type For120Out = { facts: Array<For120Fact>; number: string; place: string; timeline: Array<For120Step> }
export type For120Step = { at: string; text: string }
export type GuidesOut = { clocks: Array<ClaimClock>; disclaimer: string; documents: Array<ClaimPaper>; hotlines: Array<HotlineOut>; paths: Array<ClaimPath>; sources: Record<string, ClaimSource>; whats: Array<ClaimWhat> }
export type HandBackIn = { note?: string | null; to: "driver" | "family" | "company" | "police" }
export type HandOverIn = { to: "120" | "hospital" | "family" }
export type HandedOver = { at: string; from: string; id: string; moved: number; note: string | null; returned: number; signed_at: string | null; station: string; to: string; to_me: boolean }
export type Holder = { name: string; since: string }
export type HotlineIn = { about?: string | null; checked_on: string; code: string; hidden?: boolean | null; keys?: string | null; name?: string | null; phone?: string | null; source?: string | null }
export type HotlineList = { items: Array<HotlineOut>; next_cursor?: string | null }
export type HotlineOut = { about: string; checked_on: string; code: string; keys: string; name: string; phone: string; source: string; stale: boolean }
export type InboxItem = { at: string; id: string; kind: "request" | "duty" | "bulletin" | "branch" | "medical"; read_at: string | null; ref: Record<string, string> | null; text: string; title: string }
export type JoinIn = { code: string }
export type JoinedOut = { ends_at: string; id: string; name: string; starts_at: string }
export type KindCount = { person_kind: "truck_driver" | "traveller" | "staff" | "unknown"; quantity: number }
export type KindList = { items: Array<KindOut>; next_cursor?: string | null }
export type KindOut = { clocks: Record<string, string>; fields: Record<string, unknown>; hint: string; kind: string; mark: string; never_refused: boolean; phones: Array<Record<string, string>>; title: string; urgency: number }
export type KitchenLine = { arrives_at: string | null; diet: string | null; due_fen: number; free: boolean; id: string; name: string; offer_id: string; pickup_code: string; quantity: number; side: "A" | "B"; slot: MealSlot; state: string; station: string }
export type Listed_BookingOut_ = { items: Array<BookingOut>; next_cursor?: string | null }
export type Listed_BulletinOut_ = { items: Array<BulletinOut>; next_cursor?: string | null }
export type Listed_CampaignOut_ = { items: Array<CampaignOut>; next_cursor?: string | null }
export type Listed_CheckInOut_ = { items: Array<CheckInOut>; next_cursor?: string | null }
export type Listed_ClaimLine_ = { items: Array<ClaimLine>; next_cursor?: string | null }
export type Listed_ConsentOut_ = { items: Array<ConsentOut>; next_cursor?: string | null }
export type Listed_DeskLine_ = { items: Array<DeskLine>; next_cursor?: string | null }
export type Listed_FacilityAtDesk_ = { items: Array<FacilityAtDesk>; next_cursor?: string | null }
export type Listed_FacilityOut_ = { items: Array<FacilityOut>; next_cursor?: string | null }
export type Listed_FacilityReportAtDesk_ = { items: Array<FacilityReportAtDesk>; next_cursor?: string | null }
export type Listed_HandedOver_ = { items: Array<HandedOver>; next_cursor?: string | null }
export type Listed_InboxItem_ = { items: Array<InboxItem>; next_cursor?: string | null }
export type Listed_KitchenLine_ = { items: Array<KitchenLine>; next_cursor?: string | null }
export type Listed_MemberLine_ = { items: Array<MemberLine>; next_cursor?: string | null }
export type Listed_ObjectionOut_ = { items: Array<ObjectionOut>; next_cursor?: string | null }
export type Listed_OfferOut_ = { items: Array<OfferOut>; next_cursor?: string | null }
export type Listed_OfficeObjection_ = { items: Array<OfficeObjection>; next_cursor?: string | null }
export type Listed_OwnShift_ = { items: Array<OwnShift>; next_cursor?: string | null }
export type Listed_PointsRulesOut_ = { items: Array<PointsRulesOut>; next_cursor?: string | null }
export type Listed_QuestionOut_ = { items: Array<QuestionOut>; next_cursor?: string | null }
export type Listed_QueueItem_ = { items: Array<QueueItem>; next_cursor?: string | null }
export type Listed_ReceiptOut_ = { items: Array<ReceiptOut>; next_cursor?: string | null }
export type Listed_RequestOut_ = { items: Array<RequestOut>; next_cursor?: string | null }
export type Listed_ReviewItem_ = { items: Array<ReviewItem>; next_cursor?: string | null }
export type Listed_ShiftOut_ = { items: Array<ShiftOut>; next_cursor?: string | null }
export type Listed_StaffBulletinLine_ = { items: Array<StaffBulletinLine>; next_cursor?: string | null }
export type Listed_StaffOfferOut_ = { items: Array<StaffOfferOut>; next_cursor?: string | null }
export type Listed_StaffQuestion_ = { items: Array<StaffQuestion>; next_cursor?: string | null }
export type Listed_StandInOut_ = { items: Array<StandInOut>; next_cursor?: string | null }
export type Listed_TaskForceOut_ = { items: Array<TaskForceOut>; next_cursor?: string | null }
export type LocationIn = { accuracy_m?: number; lat: number; lon: number }
export type MacroChange = { text?: string | null; title?: string | null }
export type MacroIn = { station?: string | null; text: string; title: string }
export type MacroList = { items: Array<MacroOut>; next_cursor?: string | null }
export type MacroOut = { at: string; by: string; id: string; mine_to_change: boolean; station: string | null; text: string; title: string }
export type MeChange = { avatar_upload_id?: string | null; nickname?: string | null; vehicle?: Vehicle | null }
export type MealSlot = { ends_at: string; starts_at: string; text: string }
export type MemberLine = { branch: string; branch_name: string; certificate_no: string | null; declared_at: string; ended_at: string | null; home_text: string | null; id: string; kind: "fixed" | "mobile"; kind_text: string; member: string; name: string; reason: string | null; receipts: boolean; since: string | null; state: "pending" | "active" | "refused" | "left" | "transferred"; state_text: string }
export type MemberReasonIn = { reason: string }
export type MemberTransferIn = { kind?: "fixed" | "mobile" | null; reason: string; to_branch: string }
export type MembershipChange = { receipts: boolean }
export type MembershipOut = { branch: string; branch_name: string; ended_at: string | null; id: string; kind: "fixed" | "mobile"; kind_text: string; reason: string | null; receipts: boolean; since: string | null; state: "pending" | "active" | "refused" | "left" | "transferred"; state_text: string }
export type MembershipPage = { current: MembershipOut | null; history: Array<MembershipOut>; pending: MembershipOut | null }
export type MergeIn = { into: string }
export type MessageIn = { text: string; upload_ids?: Array<string>; written_at?: string | null }
export type MessageOut = { at: string; check?: string | null; from: string; id: string; internal?: boolean; name: string; text: string; uploads: Array<UploadOut>; written_at: string | null }
export type MilestoneIn = { at: string; correct?: boolean; kind: "police" | "insurer" | "survey" | "loss_fixed" | "documents" | "paid"; note?: string | null }
export type MineOut = { id: string; state: string; until: string }
export type NextOut = { at: string | null; name: string | null; role: "driver" | "station" | "supervisor" | "centre"; title: string }
export type NextStepOut = { code: string; text: string; who: "staff" | "driver" | "insurer" }
export type ObjectionIn = { entry_id?: string | null; text: string }
export type ObjectionOut = { answer: string | null; decided_at: string | null; entry_id: string | null; id: string; made_at: string; quarter: string; state: "open" | "accepted" | "rejected"; text: string }
export type OfferChange = { name?: string | null; price_fen?: number | null; quota?: number | null }
export type OfferIn = { name: string; price_fen: number; quota: number; side: "A" | "B"; slot_ends_at: string; slot_starts_at: string; station: string }
export type OfferOut = { can_order: boolean; coupon_left: boolean; id: string; left: number; mine: number; name: string; price_fen: number; quota: number; side: "A" | "B"; slot: MealSlot; station: string; why_not: string | null; why_not_text: string | null }
export type OfficeLine = { by_item: Record<string, number>; earned: number; member: string | null; minutes: number; name: string; points: number; rank: number; reward: string | null }
export type OfficeObjection = { answer: string | null; decided_at: string | null; entry_id: string | null; id: string; made_at: string; member: string; name: string; quarter: string; state: "open" | "accepted" | "rejected"; text: string }
export type OfficeQuarter = { as_of: string | null; branch: string; changed: boolean; finalized_at: string | null; hash: string | null; lines: Array<OfficeLine>; open_objections: number; public_until: string | null; published_at: string | null; quarter: string; reproduced: boolean | null; revision: number | null; rule_version: number | null; state: "open" | "settled" | "published" | "objection" | "final"; title: string }
export type OwnDesk = { everywhere: boolean; kinds: Array<string>; stations: Array<DeskStation> }
export type OwnScore = { by_item: Record<string, number>; earned: number; points: number; rank: number | null; reward: string | null }
export type OwnShift = { attendance: AttendanceOut | null; can_sign_up: boolean; can_wait: boolean; capacity: number; ends_at: string; id: string; min_needed: number; mine: "confirmed" | "waitlisted" | null; opens_at: string | null; post: PostBrief; side: "A" | "B"; starts_at: string; station: string; taken: number; waiting: number; why_not: string | null; why_not_text: string | null }
export type PaperOut = { url: string }
export type Phone = { phone: string }
export type PhoneCode = { code: string }
export type PhoneOut = { name: string; phone: string }
export type PickupIn = { pickup_code: string; station?: string | null }
export type PointsBranchIn = { branch?: string | null }
export type PointsEntryOut = { at: string; branch: string; id: string; item: string; made_at: string; points: number; quarter: string; reason: string; reverses?: string | null; rule: string; rule_version: number; source: EntrySource }
export type PointsOut = { balance: number; entries: Array<PointsEntryOut>; next_cursor?: string | null; note: string; quarter: string; quarter_points: number; scored: boolean }
export type PointsRulesIn = { base: number; branch?: string | null; course: EventRuleIn; duty: DutyRuleIn; effective_from: string; meeting: EventRuleIn; most: number; night_from?: number; night_to?: number; note: string }
export type PointsRulesOut = { body: Record<string, unknown>; branch: string | null; effective_from: string; note: string; text: Array<string>; version: number }
export type PostBrief = { id: string; kind: "vanguard" | "model" | "area" | "task_force"; name: string; standard: string | null }
export type PostIn = { kind: "vanguard" | "model" | "area" | "task_force"; name: string; open_to?: "members" | "branch"; side: "A" | "B"; standard?: string | null; station: string; task_force_id?: string | null }
export type PostOut = { id: string; kind: "vanguard" | "model" | "area" | "task_force"; name: string; open_to: string; side: "A" | "B"; standard: string | null; station: string; task_force_id: string | null }
export type Problem = { code: string; detail: string; errors?: Array<FieldError> | null; request_id: string; status: number; title: string; type: string }
export type PublishIn = { branch?: string | null; days?: number | null }
export type QuarterOut = { branch: string; hash: string | null; mine: OwnScore | null; public_until: string | null; published_at: string | null; quarter: string; ranking: Array<RankLine> | null; revision: number | null; rule_version: number; rules: Array<string>; state: "open" | "settled" | "published" | "objection" | "final"; title: string }
export type QuestionIn = { text: string }
export type QuestionMade = { asked_at: string; id: string; state: string; text: string }
export type QuestionOut = { answer: string; answered_at: string; expires_at: string | null; id: string; source: string | null; text: string }
export type QueueItem = { clocks: ClocksOut; created_at: string; desk: string; due_at: string; holder: Holder | null; id: string; kind: string; mark: string; mine: boolean; number: string; side: string | null; state: string; station: string | null; text: string | null; title: string; unread: boolean; urgency: number }
export type RankLine = { mine: boolean; name: string; points: number; rank: number }
export type Rating = { score: number; text: string | null }
export type RatingIn = { score: number; text?: string | null }
export type Reach = { people: number; reachable: number; without_credit: number }
export type ReasonIn = { reason: string }
export type ReceiptOut = { branch: string; id: string; member: string; minutes: number; name: string; served_at: string; station: string; what: string }
export type RefuseCardIn = { reason: string }
export type RepeatIn = { days?: "any" | "workdays" | "days_off"; until?: string | null; weekdays?: Array<number>; weeks?: number }
export type ReplyIn = { internal?: boolean; text: string; upload_ids?: Array<string> }
export type ReportOut = { done_at: string | null; kind: "police" | "insurer"; number: string | null; phones: Array<HotlineOut>; title: string }
export type RequestIn = { contact_phone?: string | null; details?: Record<string, unknown>; for_other_person?: boolean; kind: string; place_text?: string | null; side?: "A" | "B" | "unknown" | null; station?: string | null; text?: string; upload_ids?: Array<string>; written_at?: string | null }
export type RequestOut = { advice?: string | null; clocks: ClocksOut; created_at: string; details: Record<string, unknown>; holder: Holder | null; id: string; kind: string; merged?: boolean; merged_into: string | null; messages: Array<MessageOut>; next?: NextOut | null; number: string; phones?: Array<PhoneOut>; place_text: string | null; rating: Rating | null; side: string | null; state: string; station: string | null; text: string; timeline: Array<EventOut>; title: string; unit: string | null; uploads: Array<UploadOut>; wait_until: string | null; written_at: string | null }
export type RevealIn = { reason?: string }
export type ReviewIn = { show: boolean }
export type ReviewItem = { attached_at: string; bytes: number; height: number | null; id: string; kind: "image" | "pdf"; label: number | null; mark: string; media_type: string; purpose: string; station: string | null; subject: SubjectOut; url: string | null; verdict: "loose" | "waiting" | "checking" | "manual" | "shown" | "hidden" | "private"; width: number | null }
export type RewardIn = { branch?: string | null; member: string; text: string }
export type RewardOut = { member: string; quarter: string; text: string }
export type RoadIn = { heading?: string | null; km_from?: number | string | null; km_to?: number | string | null; measure?: string | null; road: string; vehicle?: string | null }
export type RoadOut = { heading: string | null; km_from: number | null; km_to: number | null; measure: string | null; road: string; vehicle: string | null }
export type RosterLine = { attendance?: AttendanceOut | null; member: string; name: string; state: "confirmed" | "waitlisted" }
export type ScheduleIn = { audience: Audience; expires_at?: string | null; send_at: string }
export type SelfCheckOut = { basis: string; switches: Array<SwitchOut> }
export type SettleIn = { handed_out?: number | null; note?: string | null }
export type ShiftBrief = { ends_at: string; id: string; name: string; side: "A" | "B"; starts_at: string; station: string }
export type ShiftHandOverIn = { note?: string | null; station: string; to: string }
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
export type StaffClaimOut = { clocks: Array<ClaimClockOut>; co_drivers: Array<CoDriverOut>; disclaimer: string; documents: Array<ClaimDocumentOut>; documents_wanted: Array<WantedDocumentOut>; evidence: Array<EvidenceOut>; facts: ClaimFacts; footage: StaffFootageOut | null; handling: boolean; milestones: Array<ClaimMilestoneOut>; next_step: NextStepOut | null; number: string; path: string; path_title: string; reports: Array<ReportOut>; request_id: string; role: "owner" | "co_driver" | "staff"; side: string | null; state: string; station: string | null; what: string; what_title: string }
export type StaffFootageOut = { camera: string | null; due_at: string | null; from_at: string | null; kept_where: string | null; noted_at: string | null; outcome: string | null; title: string; until_at: string | null }
export type StaffOfferOut = { closed: boolean; expired: number; id: string; left: number; name: string; picked_up: number; price_fen: number; quota: number; ready: number; reserved: number; side: "A" | "B"; slot: MealSlot; station: string; walk_ins: number }
export type StaffQuestion = { answer: string | null; answered_at: string | null; answered_by: string | null; asked_at: string; expires_at: string | null; id: string; public: boolean; shown_text: string; source: string | null; state: string; suspect: boolean; text: string }
export type StaffRequestIn = { caller?: CallerIn; contact_phone?: string | null; details?: Record<string, unknown>; for_other_person?: boolean; kind: string; place_text?: string | null; side?: "A" | "B" | "unknown" | null; station?: string | null; text?: string; upload_ids?: Array<string>; written_at?: string | null }
export type StaffRequestOut = { advice?: string | null; check: string | null; clocks: ClocksOut; contact_phone_masked: string | null; created_at: string; desk: string; details: Record<string, unknown>; driver_name: string; holder: Holder | null; id: string; kind: string; mark: string; merged?: boolean; merged_into: string | null; messages: Array<MessageOut>; mine: boolean; next?: NextOut | null; number: string; phones?: Array<PhoneOut>; place_text: string | null; rating: Rating | null; reopened: number; side: string | null; state: string; station: string | null; text: string; timeline: Array<EventOut>; title: string; unit: string | null; uploads: Array<UploadOut>; urgency: number; wait_until: string | null; written_at: string | null }
export type StandInIn = { to_member?: string | null }
export type StandInOut = { asked_at: string; id: string; name: string; own: boolean; shift: ShiftBrief; state: "open" | "accepted" | "withdrawn"; to_me: boolean }
export type StationCard = { basics: BasicsOut; code: string; example: boolean; km_post: string | null; lat: number; lon: number; name: string; phones: StationPhones; position_confidence: "high" | "medium" | "low"; prefecture: string; road: string; sides: Array<SideOut>; spoken: Array<SpokenAddress>; status: "open" | "limited" | "closed" }
export type StationClockIn = { ack?: string | null; answer?: string | null; close?: string | null }
export type StationClockList = { items: Array<StationClockOut>; next_cursor?: string | null }
export type StationClockOut = { ack: string; answer: string; at: string | null; by: string | null; close: string; fixed: boolean; kind: string; own: Array<string>; title: string }
export type StationCount = { by_hand: number; scanned: number; station: string }
export type StationList = { items: Array<StationOut>; next_cursor?: string | null }
export type StationOut = { basics: BasicsOut; code: string; example: boolean; km_post: string | null; lat: number; lon: number; name: string; position_confidence: "high" | "medium" | "low"; prefecture: string; road: string; sides: Array<SideOut>; status: "open" | "limited" | "closed" }
export type StationPhones = { duty: string | null; example: boolean; medical: string | null }
export type SubjectOut = { id: string; kind: string }
export type SubscriptionAnswers = { results: Record<string, "accept" | "reject" | "ban" | "filter" | "acceptWithAudio" | "acceptWithAlert"> }
export type SwitchOut = { can_be_changed: boolean; code: string; on: boolean; setting: string | null; title: string; why: string }
export type TaskForceEnd = { summary?: string }
export type TaskForceIn = { ends_at: string; name: string; starts_at: string; station?: string | null }
export type TaskForceJoin = { invite: string }
export type TaskForceOut = { closed_at: string | null; ends_at: string; helpers: number; id: string; invite: string | null; name: string; starts_at: string; station: string; summary: string | null }
export type TemplateItem = { id: string; purpose: string; title: string }
export type TemplateList = { items: Array<TemplateItem> }
export type TextIn = { text: string }
export type TransferIn = { reason: string; to_staff?: string | null; to_station?: string | null; to_unit?: string | null }
export type Unread = { unread: number }
export type UploadIn = { file: string; purpose?: "avatar" | "request" | "document" | "medical" }
export type UploadOut = { bytes: number; height: number | null; id: string; kind: "image" | "pdf"; mark: string; media_type: string; purpose: string; url: string | null; verdict: "loose" | "waiting" | "checking" | "manual" | "shown" | "hidden" | "private"; width: number | null }
export type User = { avatar?: Record<string, unknown> | null; card?: Record<string, unknown> | null; desk?: OwnDesk | null; home_station?: Record<string, unknown> | null; id: string; member?: Record<string, unknown> | null; nickname: string; phone_masked: string | null; roles: Array<string>; vehicle?: Record<string, string> | null }
export type Vehicle = { kind: "heavy_truck" | "light_truck" | "dangerous_goods" | "coach" | "car" | "other"; plate: string }
export type WaitIn = { reason: string; until: string }
export type WalkInIn = { quantity: number }
export type WalkInOut = { id: string; left: number; quantity: number }
export type WantedDocumentOut = { have: number; kind: string; title: string }
export type WatchChange = { cargo?: string | null; keys?: "desk" | "watcher" | "driver" | "vehicle" | null; keys_note?: string | null; place?: string | null; until_at?: string | null; watcher?: string | null }
export type WatchIn = { cargo?: string | null; keys: "desk" | "watcher" | "driver" | "vehicle"; keys_note?: string | null; place: string; plate?: string | null; until_at: string; watcher?: string | null }
export type WatchOut = { asked_at: string | null; began_at: string | null; cargo: string | null; handed_at: string | null; handed_note: string | null; handed_to: string | null; keys: string | null; keys_note: string | null; keys_title: string | null; overdue: boolean; place: string | null; plate: string | null; received_at: string | null; state: "asked" | "watching" | "handed_back" | "received"; title: string; until_at: string | null; watcher: string | null }
export type WatchWish = { cargo?: string | null; place?: string | null; plate?: string | null }
export type WithdrawIn = { reason?: string | null }
export type WomenSlot = { from: string; until: string }
export type WomenSlotOut = { from: string; until: string }
export type WorkdayIn = { kind: "workday" | "holiday"; reason: string }
export type WorkdayList = { announced_until: string; items: Array<WorkdayOut>; next_cursor?: string | null }
export type WorkdayOut = { at: string; by: string; day: string; kind: string; reason: string }
export interface Calls {
  'DELETE /bookings/{id}': { path: { id: string }; query: Record<string, never>; body: undefined; answer: undefined }
  'DELETE /claims/co-drivers/{id}': { path: { id: string }; query: Record<string, never>; body: undefined; answer: undefined }
  'DELETE /claims/documents/{id}': { path: { id: string }; query: Record<string, never>; body: undefined; answer: undefined }
  'DELETE /duty/shifts/{id}/signup': { path: { id: string }; query: Record<string, never>; body: undefined; answer: CancelOut }
  'DELETE /duty/stand-ins/{id}': { path: { id: string }; query: Record<string, never>; body: undefined; answer: undefined }
  'DELETE /me/card': { path: Record<string, never>; query: Record<string, never>; body: undefined; answer: undefined }
  'DELETE /me/membership': { path: Record<string, never>; query: Record<string, never>; body: undefined; answer: undefined }
  'DELETE /staff/macros/{id}': { path: { id: string }; query: Record<string, never>; body: undefined; answer: undefined }
  'DELETE /staff/meals/walk-ins/{id}': { path: { id: string }; query: Record<string, never>; body: undefined; answer: WalkInOut }
  'DELETE /staff/stations/{code}/clocks/{kind}': { path: { code: string; kind: string }; query: Record<string, never>; body: undefined; answer: undefined }
  'DELETE /staff/workdays/{day}': { path: { day: string }; query: Record<string, never>; body: undefined; answer: undefined }
  'GET /board': { path: Record<string, never>; query: Record<string, never>; body: undefined; answer: BoardOut }
  'GET /bookings': { path: Record<string, never>; query: { limit?: number; cursor?: string | null }; body: undefined; answer: Listed_BookingOut_ }
  'GET /branch/task-forces': { path: Record<string, never>; query: Record<string, never>; body: undefined; answer: Listed_TaskForceOut_ }
  'GET /bulletins': { path: Record<string, never>; query: { limit?: number; cursor?: string | null; road?: string | null; category?: "road" | "policy" | "benefit" | "safety" | "station" | null; station?: string | null; q?: string | null }; body: undefined; answer: Listed_BulletinOut_ }
  'GET /bulletins/{id}': { path: { id: string }; query: Record<string, never>; body: undefined; answer: BulletinOut }
  'GET /checkins': { path: Record<string, never>; query: { limit?: number; cursor?: string | null }; body: undefined; answer: Listed_CheckInOut_ }
  'GET /claims': { path: Record<string, never>; query: { limit?: number; cursor?: string | null }; body: undefined; answer: Listed_ClaimLine_ }
  'GET /claims/guides': { path: Record<string, never>; query: Record<string, never>; body: undefined; answer: GuidesOut }
  'GET /claims/hotlines': { path: Record<string, never>; query: Record<string, never>; body: undefined; answer: HotlineList }
  'GET /duty/mine': { path: Record<string, never>; query: { limit?: number; cursor?: string | null }; body: undefined; answer: Listed_OwnShift_ }
  'GET /duty/shifts': { path: Record<string, never>; query: { limit?: number; cursor?: string | null; station?: string | null; from?: string | null; to?: string | null }; body: undefined; answer: Listed_ShiftOut_ }
  'GET /duty/shifts/{id}': { path: { id: string }; query: Record<string, never>; body: undefined; answer: ShiftPage }
  'GET /duty/stand-ins': { path: Record<string, never>; query: { limit?: number; cursor?: string | null }; body: undefined; answer: Listed_StandInOut_ }
  'GET /facilities': { path: Record<string, never>; query: { station: string; side?: "A" | "B" | null; kind?: "capsule" | "washer" | "dryer" | "shower" | "accessible_bay" | "aed" | null }; body: undefined; answer: Listed_FacilityOut_ }
  'GET /inbox': { path: Record<string, never>; query: { limit?: number; cursor?: string | null; kind?: "request" | "duty" | "bulletin" | "branch" | "medical" | null }; body: undefined; answer: Listed_InboxItem_ }
  'GET /inbox/unread': { path: Record<string, never>; query: Record<string, never>; body: undefined; answer: Unread }
  'GET /me': { path: Record<string, never>; query: Record<string, never>; body: undefined; answer: User }
  'GET /me/consents': { path: Record<string, never>; query: Record<string, never>; body: undefined; answer: Listed_ConsentOut_ }
  'GET /me/export': { path: Record<string, never>; query: Record<string, never>; body: undefined; answer: Export }
  'GET /me/membership': { path: Record<string, never>; query: Record<string, never>; body: undefined; answer: MembershipPage }
  'GET /me/receipts': { path: Record<string, never>; query: { limit?: number; cursor?: string | null }; body: undefined; answer: Listed_ReceiptOut_ }
  'GET /meals': { path: Record<string, never>; query: { limit?: number; cursor?: string | null; station?: string | null; day?: string | null }; body: undefined; answer: Listed_OfferOut_ }
  'GET /message-templates': { path: Record<string, never>; query: { scene?: "bulletin" | "request" | "duty" | null }; body: undefined; answer: TemplateList }
  'GET /points': { path: Record<string, never>; query: { limit?: number; cursor?: string | null }; body: undefined; answer: PointsOut }
  'GET /points/quarters/{quarter}': { path: { quarter: string }; query: Record<string, never>; body: undefined; answer: QuarterOut }
  'GET /points/quarters/{quarter}/objections': { path: { quarter: string }; query: Record<string, never>; body: undefined; answer: Listed_ObjectionOut_ }
  'GET /questions': { path: Record<string, never>; query: { limit?: number; cursor?: string | null; q?: string | null }; body: undefined; answer: Listed_QuestionOut_ }
  'GET /request-kinds': { path: Record<string, never>; query: Record<string, never>; body: undefined; answer: KindList }
  'GET /requests': { path: Record<string, never>; query: { limit?: number; cursor?: string | null }; body: undefined; answer: Listed_RequestOut_ }
  'GET /requests/{id}': { path: { id: string }; query: Record<string, never>; body: undefined; answer: RequestOut }
  'GET /requests/{id}/insurance': { path: { id: string }; query: Record<string, never>; body: undefined; answer: ClaimOut }
  'GET /requests/{id}/statement': { path: { id: string }; query: Record<string, never>; body: undefined; answer: PaperOut }
  'GET /requests/{id}/watch': { path: { id: string }; query: Record<string, never>; body: undefined; answer: WatchOut }
  'GET /staff/bulletins': { path: Record<string, never>; query: { limit?: number; cursor?: string | null; state?: "draft" | "submitted" | "approved" | "scheduled" | "sending" | "paused" | "sent" | "withdrawn" | "expired" | null; category?: "road" | "policy" | "benefit" | "safety" | "station" | null; mine?: boolean; q?: string | null }; body: undefined; answer: Listed_StaffBulletinLine_ }
  'GET /staff/bulletins/{id}': { path: { id: string }; query: Record<string, never>; body: undefined; answer: StaffBulletin }
  'GET /staff/bulletins/{id}/deliveries': { path: { id: string }; query: Record<string, never>; body: undefined; answer: Deliveries }
  'GET /staff/campaigns': { path: Record<string, never>; query: { limit?: number; cursor?: string | null; station?: string | null; settled?: boolean | null }; body: undefined; answer: Listed_CampaignOut_ }
  'GET /staff/campaigns/{id}': { path: { id: string }; query: Record<string, never>; body: undefined; answer: CampaignOut }
  'GET /staff/cards': { path: Record<string, never>; query: { number: string }; body: undefined; answer: CardAtDesk }
  'GET /staff/checkins': { path: Record<string, never>; query: { limit?: number; cursor?: string | null; station?: string | null; day?: string | null }; body: undefined; answer: Listed_DeskLine_ }
  'GET /staff/duty/code': { path: Record<string, never>; query: { station: string; side: "A" | "B" }; body: undefined; answer: CodeOut }
  'GET /staff/facilities': { path: Record<string, never>; query: { station: string; side?: "A" | "B" | null; kind?: "capsule" | "washer" | "dryer" | "shower" | "accessible_bay" | "aed" | null }; body: undefined; answer: Listed_FacilityAtDesk_ }
  'GET /staff/facilities/{id}/reports': { path: { id: string }; query: Record<string, never>; body: undefined; answer: Listed_FacilityReportAtDesk_ }
  'GET /staff/macros': { path: Record<string, never>; query: { station?: string | null }; body: undefined; answer: MacroList }
  'GET /staff/meals/offers': { path: Record<string, never>; query: { limit?: number; cursor?: string | null; station?: string | null; day?: string | null }; body: undefined; answer: Listed_StaffOfferOut_ }
  'GET /staff/meals/orders': { path: Record<string, never>; query: { limit?: number; cursor?: string | null; station?: string | null; day?: string | null; state?: "reserved" | "ready" | "picked_up" | "cancelled" | "expired" | "all" | null }; body: undefined; answer: Listed_KitchenLine_ }
  'GET /staff/members': { path: Record<string, never>; query: { limit?: number; cursor?: string | null; branch?: string | null; state?: "pending" | "active" | "refused" | "left" | "transferred" | null; kind?: "fixed" | "mobile" | null }; body: undefined; answer: Listed_MemberLine_ }
  'GET /staff/members/receipts': { path: Record<string, never>; query: { limit?: number; cursor?: string | null; branch?: string | null }; body: undefined; answer: Listed_ReceiptOut_ }
  'GET /staff/points/objections': { path: Record<string, never>; query: { limit?: number; cursor?: string | null; branch?: string | null; state?: "open" | "decided" | null }; body: undefined; answer: Listed_OfficeObjection_ }
  'GET /staff/points/quarters/{quarter}': { path: { quarter: string }; query: { branch?: string | null }; body: undefined; answer: OfficeQuarter }
  'GET /staff/points/quarters/{quarter}/list': { path: { quarter: string }; query: { branch?: string | null; format?: "pdf" | "xlsx" }; body: undefined; answer: undefined }
  'GET /staff/points/rules': { path: Record<string, never>; query: { branch?: string | null }; body: undefined; answer: Listed_PointsRulesOut_ }
  'GET /staff/questions': { path: Record<string, never>; query: { limit?: number; cursor?: string | null; state?: "open" | "answered" }; body: undefined; answer: Listed_StaffQuestion_ }
  'GET /staff/requests': { path: Record<string, never>; query: { limit?: number; cursor?: string | null; state?: "new" | "acknowledged" | "handling" | "waiting" | "answered" | "closed" | "withdrawn" | "all" | null; station?: string | null; kind?: string | null; mine?: boolean }; body: undefined; answer: Listed_QueueItem_ }
  'GET /staff/requests/{id}': { path: { id: string }; query: Record<string, never>; body: undefined; answer: StaffRequestOut }
  'GET /staff/requests/{id}/for-120': { path: { id: string }; query: Record<string, never>; body: undefined; answer: For120Out }
  'GET /staff/requests/{id}/insurance': { path: { id: string }; query: Record<string, never>; body: undefined; answer: StaffClaimOut }
  'GET /staff/requests/{id}/statement': { path: { id: string }; query: Record<string, never>; body: undefined; answer: PaperOut }
  'GET /staff/requests/{id}/watch': { path: { id: string }; query: Record<string, never>; body: undefined; answer: WatchOut }
  'GET /staff/self-check': { path: Record<string, never>; query: Record<string, never>; body: undefined; answer: SelfCheckOut }
  'GET /staff/shifts/hand-overs': { path: Record<string, never>; query: { station?: string | null }; body: undefined; answer: Listed_HandedOver_ }
  'GET /staff/stations/{code}/clocks': { path: { code: string }; query: Record<string, never>; body: undefined; answer: StationClockList }
  'GET /staff/uploads': { path: Record<string, never>; query: { limit?: number; cursor?: string | null; state?: "manual" | "hidden" }; body: undefined; answer: Listed_ReviewItem_ }
  'GET /staff/workdays': { path: Record<string, never>; query: { from?: string | null; to?: string | null }; body: undefined; answer: WorkdayList }
  'GET /stations': { path: Record<string, never>; query: { road?: string; q?: string }; body: undefined; answer: StationList }
  'GET /stations/{code}': { path: { code: string }; query: Record<string, never>; body: undefined; answer: StationCard }
  'POST /auth/logout': { path: Record<string, never>; query: Record<string, never>; body: undefined; answer: undefined }
  'POST /auth/wechat': { path: Record<string, never>; query: Record<string, never>; body: SignInWechat; answer: SignedIn }
  'POST /bookings/{id}/start': { path: { id: string }; query: Record<string, never>; body: undefined; answer: BookingOut }
  'POST /branch/task-forces': { path: Record<string, never>; query: Record<string, never>; body: TaskForceIn; answer: TaskForceOut }
  'POST /branch/task-forces/{id}/close': { path: { id: string }; query: Record<string, never>; body: TaskForceEnd; answer: TaskForceOut }
  'POST /checkins': { path: Record<string, never>; query: Record<string, never>; body: CheckInIn; answer: CheckInOut }
  'POST /claims/join': { path: Record<string, never>; query: Record<string, never>; body: JoinIn; answer: ClaimOut }
  'POST /duty/attendance': { path: Record<string, never>; query: Record<string, never>; body: SignInIn; answer: SignInOut }
  'POST /duty/attendance/{id}/corrections': { path: { id: string }; query: Record<string, never>; body: CorrectionIn; answer: CorrectionOut }
  'POST /duty/attendance/{id}/finish': { path: { id: string }; query: Record<string, never>; body: undefined; answer: FinishOut }
  'POST /duty/shifts/{id}/signup': { path: { id: string }; query: Record<string, never>; body: SignupIn; answer: SignupOut }
  'POST /duty/shifts/{id}/stand-in': { path: { id: string }; query: Record<string, never>; body: StandInIn; answer: StandInOut }
  'POST /duty/stand-ins/{id}/accept': { path: { id: string }; query: Record<string, never>; body: undefined; answer: StandInOut }
  'POST /duty/task-forces/join': { path: Record<string, never>; query: Record<string, never>; body: TaskForceJoin; answer: JoinedOut }
  'POST /facilities/{id}/bookings': { path: { id: string }; query: Record<string, never>; body: BookingIn; answer: BookingOut }
  'POST /facilities/{id}/reports': { path: { id: string }; query: Record<string, never>; body: FacilityReportIn; answer: FacilityReportOut }
  'POST /inbox/{id}/read': { path: { id: string }; query: Record<string, never>; body: undefined; answer: undefined }
  'POST /me/card': { path: Record<string, never>; query: Record<string, never>; body: undefined; answer: CardOut }
  'POST /me/erasure': { path: Record<string, never>; query: Record<string, never>; body: ErasureWish; answer: Erased }
  'POST /me/membership': { path: Record<string, never>; query: Record<string, never>; body: DeclarationIn; answer: MembershipPage }
  'POST /me/phone': { path: Record<string, never>; query: Record<string, never>; body: PhoneCode; answer: User }
  'POST /points/quarters/{quarter}/objections': { path: { quarter: string }; query: Record<string, never>; body: ObjectionIn; answer: ObjectionOut }
  'POST /questions': { path: Record<string, never>; query: Record<string, never>; body: QuestionIn; answer: QuestionMade }
  'POST /requests': { path: Record<string, never>; query: Record<string, never>; body: RequestIn; answer: RequestOut }
  'POST /requests/{id}/co-driver-code': { path: { id: string }; query: Record<string, never>; body: undefined; answer: CoDriverCode }
  'POST /requests/{id}/confirm': { path: { id: string }; query: Record<string, never>; body: undefined; answer: RequestOut }
  'POST /requests/{id}/documents': { path: { id: string }; query: Record<string, never>; body: ClaimDocumentIn; answer: ClaimDocumentOut }
  'POST /requests/{id}/messages': { path: { id: string }; query: Record<string, never>; body: MessageIn; answer: MessageOut }
  'POST /requests/{id}/rating': { path: { id: string }; query: Record<string, never>; body: RatingIn; answer: RequestOut }
  'POST /requests/{id}/reopen': { path: { id: string }; query: Record<string, never>; body: ReasonIn; answer: RequestOut }
  'POST /requests/{id}/watch': { path: { id: string }; query: Record<string, never>; body: WatchWish; answer: WatchOut }
  'POST /requests/{id}/watch/received': { path: { id: string }; query: Record<string, never>; body: undefined; answer: WatchOut }
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
  'POST /staff/campaign-entries/{id}/reverse': { path: { id: string }; query: Record<string, never>; body: undefined; answer: EntryOut }
  'POST /staff/campaigns': { path: Record<string, never>; query: Record<string, never>; body: CampaignIn; answer: CampaignOut }
  'POST /staff/campaigns/{id}/entries': { path: { id: string }; query: Record<string, never>; body: EntryIn; answer: EntryOut }
  'POST /staff/campaigns/{id}/settle': { path: { id: string }; query: Record<string, never>; body: SettleIn; answer: CampaignOut }
  'POST /staff/cards/{id}/refuse': { path: { id: string }; query: Record<string, never>; body: RefuseCardIn; answer: CardAtDesk }
  'POST /staff/cards/{id}/verify': { path: { id: string }; query: Record<string, never>; body: undefined; answer: CardAtDesk }
  'POST /staff/desk/heartbeat': { path: Record<string, never>; query: Record<string, never>; body: BeatIn; answer: undefined }
  'POST /staff/duty/attendance/{id}/correct': { path: { id: string }; query: Record<string, never>; body: CorrectIn; answer: AttendanceOut }
  'POST /staff/duty/posts': { path: Record<string, never>; query: Record<string, never>; body: PostIn; answer: PostOut }
  'POST /staff/duty/shifts': { path: Record<string, never>; query: Record<string, never>; body: ShiftIn; answer: ShiftMade }
  'POST /staff/facilities': { path: Record<string, never>; query: Record<string, never>; body: FacilityIn; answer: FacilityAtDesk }
  'POST /staff/macros': { path: Record<string, never>; query: Record<string, never>; body: MacroIn; answer: MacroOut }
  'POST /staff/meals/offers': { path: Record<string, never>; query: Record<string, never>; body: OfferIn; answer: StaffOfferOut }
  'POST /staff/meals/offers/{id}/close': { path: { id: string }; query: Record<string, never>; body: CloseOffer; answer: StaffOfferOut }
  'POST /staff/meals/offers/{id}/walk-ins': { path: { id: string }; query: Record<string, never>; body: WalkInIn; answer: WalkInOut }
  'POST /staff/meals/orders/{id}/cancel': { path: { id: string }; query: Record<string, never>; body: CancelOrder; answer: KitchenLine }
  'POST /staff/meals/orders/{id}/ready': { path: { id: string }; query: Record<string, never>; body: undefined; answer: KitchenLine }
  'POST /staff/meals/pickup': { path: Record<string, never>; query: Record<string, never>; body: PickupIn; answer: KitchenLine }
  'POST /staff/members/{id}/leave': { path: { id: string }; query: Record<string, never>; body: MemberReasonIn; answer: MemberLine }
  'POST /staff/members/{id}/refuse': { path: { id: string }; query: Record<string, never>; body: MemberReasonIn; answer: MemberLine }
  'POST /staff/members/{id}/transfer': { path: { id: string }; query: Record<string, never>; body: MemberTransferIn; answer: MemberLine }
  'POST /staff/members/{id}/verify': { path: { id: string }; query: Record<string, never>; body: undefined; answer: MemberLine }
  'POST /staff/points/objections/{id}/decide': { path: { id: string }; query: Record<string, never>; body: DecisionIn; answer: OfficeObjection }
  'POST /staff/points/quarters/{quarter}/finalize': { path: { quarter: string }; query: Record<string, never>; body: PointsBranchIn; answer: OfficeQuarter }
  'POST /staff/points/quarters/{quarter}/publish': { path: { quarter: string }; query: Record<string, never>; body: PublishIn; answer: OfficeQuarter }
  'POST /staff/points/quarters/{quarter}/rewards': { path: { quarter: string }; query: Record<string, never>; body: RewardIn; answer: RewardOut }
  'POST /staff/points/quarters/{quarter}/settle': { path: { quarter: string }; query: Record<string, never>; body: PointsBranchIn; answer: OfficeQuarter }
  'POST /staff/points/rules': { path: Record<string, never>; query: Record<string, never>; body: PointsRulesIn; answer: PointsRulesOut }
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
  'POST /staff/requests/{id}/watch': { path: { id: string }; query: Record<string, never>; body: WatchIn; answer: WatchOut }
  'POST /staff/requests/{id}/watch/hand-back': { path: { id: string }; query: Record<string, never>; body: HandBackIn; answer: WatchOut }
  'POST /staff/shifts/hand-over': { path: Record<string, never>; query: Record<string, never>; body: ShiftHandOverIn; answer: HandedOver }
  'POST /staff/shifts/hand-overs/{id}/sign': { path: { id: string }; query: Record<string, never>; body: undefined; answer: HandedOver }
  'POST /staff/uploads/{id}/review': { path: { id: string }; query: Record<string, never>; body: ReviewIn; answer: ReviewItem }
  'POST /subscriptions': { path: Record<string, never>; query: Record<string, never>; body: SubscriptionAnswers; answer: undefined }
  'POST /uploads': { path: Record<string, never>; query: Record<string, never>; body: undefined; answer: UploadOut }
  'PUT /checkins/{id}': { path: { id: string }; query: Record<string, never>; body: CheckInChange; answer: CheckInOut }
  'PUT /me': { path: Record<string, never>; query: Record<string, never>; body: MeChange; answer: User }
  'PUT /me/consents/{purpose}': { path: { purpose: string }; query: Record<string, never>; body: ConsentWish; answer: ConsentOut }
  'PUT /me/membership': { path: Record<string, never>; query: Record<string, never>; body: MembershipChange; answer: MembershipPage }
  'PUT /requests/{id}/insurance': { path: { id: string }; query: Record<string, never>; body: ClaimChange; answer: ClaimOut }
  'PUT /requests/{id}/insurance/evidence': { path: { id: string }; query: Record<string, never>; body: EvidenceIn; answer: ClaimOut }
  'PUT /staff/bulletins/{id}': { path: { id: string }; query: Record<string, never>; body: BulletinChange; answer: StaffBulletin }
  'PUT /staff/claims/hotlines': { path: Record<string, never>; query: Record<string, never>; body: HotlineIn; answer: HotlineList }
  'PUT /staff/facilities/{id}': { path: { id: string }; query: Record<string, never>; body: FacilityChange; answer: FacilityAtDesk }
  'PUT /staff/macros/{id}': { path: { id: string }; query: Record<string, never>; body: MacroChange; answer: MacroOut }
  'PUT /staff/meals/offers/{id}': { path: { id: string }; query: Record<string, never>; body: OfferChange; answer: StaffOfferOut }
  'PUT /staff/requests/{id}/footage': { path: { id: string }; query: Record<string, never>; body: FootageIn; answer: StaffClaimOut }
  'PUT /staff/requests/{id}/insurance': { path: { id: string }; query: Record<string, never>; body: ClaimChange; answer: StaffClaimOut }
  'PUT /staff/requests/{id}/watch': { path: { id: string }; query: Record<string, never>; body: WatchChange; answer: WatchOut }
  'PUT /staff/stations/{code}/basics': { path: { code: string }; query: Record<string, never>; body: BasicsChange; answer: undefined }
  'PUT /staff/stations/{code}/clocks/{kind}': { path: { code: string; kind: string }; query: Record<string, never>; body: StationClockIn; answer: StationClockOut }
  'PUT /staff/workdays/{day}': { path: { day: string }; query: Record<string, never>; body: WorkdayIn; answer: WorkdayOut }
}
