// Types of the data in the page, for the checker alone: nothing of this file is in the page.
// docs/formats has the schemas rungs.analysis/1, rungs.ladder/1 and rungs.check/1 in full.

interface Party { uri: string | null; display_name: string | null; address: string | null }

interface Call {
  id: number; kind: string; outcome: string; caller: Party; callee: Party; start: string; end: string;
  pdd_ms: number | null; ring_ms: number | null; setup_ms: number | null; duration_s: number | null;
  ended_by: string | null; final_status: number | null; reason: string | null; challenged: boolean;
  legs: number[]; streams: number[]; findings: number[];
}

interface Format {
  format: string; payload_type: number | null; encoding: string | null; clock_rate_hz: number | null; fmtp: string | null;
}

interface Media {
  type: string | null; address: string | null; protocol: string | null; direction: string; formats: Format[];
}

interface Issue { code: string; severity: string; offset: number; needed: string | null; found: string | null }

interface Message {
  id: number; frames: number[]; time: string; source: string; destination: string; transport: string;
  protocol: string; summary: string; method?: string | null; status?: number;
  cseq: { number: number | null; method: string | null } | null;
  call: number | null; dialog: number | null; transaction: number | null;
  retransmission_of: number | null; hop_of: number | null; duplicate_of: number | null;
  sdp: { session_name: string | null; media: Media[] } | null; issues: Issue[]; raw?: string | null; raw_b64?: string;
}

interface Second {
  second: number; packets: number; octets: number; skipped: number; jitter_ms_max: number | null; delta_ms_max: number | null;
  sequence: number;
}

interface Stream {
  id: number; call: number | null; ssrc: string; source: string; destination: string;
  payload_types: { number: number; encoding: string | null }[]; packets: number; lost: number; loss_percent: number;
  duplicates: number; out_of_order: number; jitter_ms: { mean: number; max: number } | null;
  delta_ms: { mean: number; max: number } | null; duration_s: number; mos: number | null; r_factor: number | null;
  dtmf: { key: string }[]; seconds: Second[];
}

interface Finding {
  code: string; severity: string; text: string; frames: number[]; call: number | null; reference: string | null;
}

interface Capture { path: string; packets: number; first: string | null; last: string | null; truncated: boolean }

interface Analysis {
  complete: boolean; captures: Capture[]; calls: Call[]; messages: Message[]; streams: Stream[]; findings: Finding[];
}

/**
 * Words in English and Chinese, full names of compact headers (RFC 3261 section 7.3.3), and where RFCs define methods and statuses; outcomes by
 * their colour. */
interface Tables {
  words: Record<string, [string, string]>; compact: Record<string, string>; methods: Record<string, string>; statuses: number[][];
  good: string[]; even: string[];
}

interface Bilingual { en: string | null; zh_CN: string | null }

interface Task {
  title: Bilingual; score: number; max: number; verdict: string; reasons: Bilingual[]; source: number | null; check: number | null;
}

interface Graded { title: Bilingual; student: string | null; score: number; max: number; tasks: Task[] }

/** Some of the calls of a very large report, read together. */
interface Part { first_call: number; last_call: number; messages: number; all_messages: number; first_frame: number; last_frame: number; start: string }

/** What can be looked at, a capture or a part of one; `meanings` of the findings by their codes, in Chinese. */
interface Settings {
  redacted: boolean; live: boolean; sources: { files: string[]; sha256: string[]; part: Part | null }[]; graded: Graded | null;
  meanings: Record<string, string>;
}

interface Participant { id: number; name: string | null; role: string; address: string; ports: number[] }

interface Rung {
  message: number; frame: string; time: string; since_start_s: number; delta_s: number; from: number; to: number;
  label: string; session: string | null; relation: string; relates_to: number | null; transmission: number;
  failure: boolean; key: string | null;
}

interface BandStream {
  stream: number | null; from: number; to: number; codec: string | null; packets: number; lost: number;
  loss_percent: number; start: string; since_start_s: number; duration_s: number;
}

interface Band { before: number; left: number; right: number; streams: BandStream[] }

interface Key { before: number; from: number; to: number; since_start_s: number; key: string; frame: number }

interface Ladder {
  call: number; kind: string; outcome: string; participants: Participant[]; rungs: Rung[]; bands: Band[]; keys: Key[];
}

interface CheckRow {
  kind: string; expected: string | null; status: string; text: string | null; text_zh_CN: string | null; points: number; max_points: number;
  event: { message: number; text: string; from: string; to: string; frames: number[] } | null;
}

interface Check {
  flow: string; title: Bilingual; roles: { name: string; address: string | null }[]; reference: string | null; call: number;
  verdict: string; points: number; max_points: number; rows: CheckRow[];
}

/** A line of the ladder. */
type Line = { type: 'rung'; rung: Rung } | { type: 'gap'; seconds: number } | { type: 'band'; band: Band } | { type: 'key'; key: Key };

type Places = { lead: number; column: number; width: number; x: (i: number) => number };

interface Filter {
  kind: string; outcome: string; method: string; status: string; host: string; session: boolean; findings: boolean;
  failed: boolean; again: boolean; noise: boolean;
}

interface State {
  page: string; source: number; call: Call | null; rung: Rung | null; view: string; tab: string; pane: string; query: string; hits: Set<number> | null;
  filter: Filter; filtersOpen: boolean; order: string; clock: boolean; byKind: boolean; zoom: number; legOnly: boolean;
  leg: number | null; marks: Set<number>;
}
