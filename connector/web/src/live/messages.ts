// The live socket's messages, as docs/protocol.md §1 defines them. Change them there first.

export type Role = 'customer' | 'agent' | 'supervisor' | 'system';
export type Right = 'view' | 'point' | 'scroll' | 'click' | 'type' | 'navigate' | 'tabs' | 'sound' | 'clipboard';
export type State =
  | 'requested' | 'provisioning' | 'waiting' | 'live' | 'paused' | 'ending' | 'ended' | 'failed';

export interface Viewport { width: number; height: number; scale: number; mobile: boolean; touch?: boolean }

export interface Participant { id: string; role: Role; name: string; rights?: Right[]; here: boolean }

export interface Tab {
  id: string; title: string; url: string; loading: boolean; canBack: boolean; canForward: boolean;
  /** A data: address of the host's icon. */
  icon?: string;
  /** It makes sound. */
  audible?: boolean;
  /** Title and address are redacted for agents. */
  private?: boolean;
}

export interface Company {
  slug: string; name: string; color: string; logoUrl: string; languages: string[];
  consentText: Record<string, string>; recording: 'off' | 'on' | 'ask'; startUrl: string;
  /** The customer may show a hidden picture to both. */
  mayReveal?: boolean;
}

export interface RecordingState { possible: boolean; on: boolean }

export interface InputEvent {
  /** compose: what an input method is composing so far; '' when it was given up, a text when it is done. */
  kind: 'move' | 'down' | 'up' | 'wheel' | 'keydown' | 'keyup' | 'text' | 'compose';
  x?: number; y?: number;
  /** 0 left, 1 middle, 2 right. */
  button?: number;
  buttons?: number; clicks?: number;
  dx?: number; dy?: number;
  key?: string; code?: string; text?: string;
  /** 1 Alt, 2 Ctrl, 4 Meta, 8 Shift. */
  mods?: number;
  /** Of a finger: when, in milliseconds of any clock of this device. */
  time?: number;
}

export interface Rect { x: number; y: number; w: number; h: number }

/** One masked thing as only the customer may see it. */
export interface LayerItem {
  id: string; rect: Rect; clip: Rect; text: string; font: string; color: string; align: string; padding: string;
  kind: 'text' | 'field' | 'image' | 'canvas' | 'video' | 'plugin' | 'frame'; reason: string;
  image?: string;
  /** The page's picture could not be read. */
  unread?: boolean;
  /** The customer shows it to both. */
  shown?: boolean;
  focused?: boolean;
  /** Not there at the beginning of the text. */
  caret?: number;
  /** So many units before the caret are selected. */
  selected?: number;
  lines?: { rect: Rect; text: string }[];
}

export interface AskChoice { label: string; group?: string; disabled?: boolean; selected?: boolean }

/** Something that the page asks outside of its picture. */
export interface Ask {
  id: string; tab: string; host: string;
  kind: 'alert' | 'confirm' | 'prompt' | 'leave' | 'login' | 'choose' | 'suggest' | 'date' | 'time' | 'datetime-local' | 'month' | 'week' | 'color' | 'external' | 'stuck';
  message?: string; default?: string; choices?: AskChoice[]; multiple?: boolean; min?: string; max?: string; step?: string;
  /** The field's place in the page. */
  rect: Rect;
  /** What this person may answer. */
  may: 'all' | 'no' | '';
  /** Who made the page ask. */
  by: Role | '';
}

export type Outcome = 'solved' | 'followup' | 'notsolved';

export type ClientMessage =
  | { type: 'consent'; granted: boolean; recording: boolean }
  | { type: 'input'; tab: string; ev: InputEvent }
  | { type: 'point'; tab: string; x: number; y: number }
  | { type: 'navigate'; tab: string; url: string }
  | { type: 'history'; tab: string; delta: -1 | 0 | 1 }
  | { type: 'tab'; op: 'open' | 'show' | 'close'; tab?: string; url?: string }
  | { type: 'tab'; op: 'move'; tab: string; to: number }
  | { type: 'pause' } | { type: 'resume' }
  | { type: 'reveal'; tab: string; item: string; on: boolean }
  | { type: 'suggest'; tab: string; x: number; y: number }
  | { type: 'upload'; id: string; give: boolean }
  | { type: 'cancel_download'; id: string }
  | { type: 'end'; outcome?: Outcome; note?: string }
  | { type: 'viewport'; viewport: Viewport }
  | { type: 'answer'; id: string; ok: boolean; values: string[] }
  | { type: 'sound'; on: boolean }
  | { type: 'keyframe' };

interface Welcome {
  type: 'welcome'; v: 1; session: string; you: Participant; state: State; participants: Participant[];
  company: Company; agentName: string; recording: RecordingState; channel: string; rights: Right[]; viewport: Viewport;
}
export interface Picture {
  type: 'picture'; generation: number; codec: string; width: number; height: number; tab: string;
}
export interface Cursor {
  type: 'cursor'; who: string; role: Role; name: string; tab: string; x: number; y: number; down: boolean;
}
export interface Focus {
  type: 'focus'; tab: string; editable: boolean; inputMode: string; masked: boolean;
  /** What Enter does there, as enterkeyhint has it. */
  enterKey?: string;
}
export interface Quality {
  level: 'good' | 'slow' | 'reconnecting';
  /** Whose trouble it is; '' while good. `host` is the shared browser's machine. */
  reason: '' | 'you' | 'other' | 'host';
  /** Milliseconds of this person's round trip; 0 = not measured yet. */
  rtt: number;
}
interface Refused { type: 'refused'; by: Role; how: string; name: string; tab: string }
interface Layer { type: 'layer'; tab: string; items: LayerItem[] }
interface Hidden { type: 'hidden'; tab: string; areas: Rect[] }
export interface Ended { type: 'ended'; by: Role; reason: string; outcome: string; seconds: number }
/** For the clipboard of the person who gets it. */
export interface Copied { type: 'copied'; text: string }
/** A file that a page gives; the customer's. */
export interface Download {
  type: 'download'; id: string; name: string; bytes: number; total: number;
  state: 'running' | 'ready' | 'refused' | 'cancelled' | 'failed'; reason?: 'type' | 'size' | 'many';
}
/** A page asks the customer for files. Without an id the last one does not ask any more. */
export interface UploadWanted { type: 'upload_wanted'; id: string; multiple: boolean; accept: string; largest: number; tab: string; by: Role }
interface Notice { type: 'notice'; code: string; params: Record<string, unknown> }

export type ServerMessage =
  | Welcome
  | { type: 'state'; state: State; by: Role; reason: string; recording: RecordingState; agentName?: string }
  | { type: 'participants'; participants: Participant[] }
  | { type: 'tabs'; shown: string; tabs: Tab[] }
  | Picture
  | { type: 'gate'; open: boolean; reason: string }
  | { type: 'stuck'; reason: string }
  | { type: 'quality' } & Quality
  | Cursor
  | Refused
  | { type: 'blocked'; tab: string; x: number; y: number; name: string }
  | Layer
  | Hidden
  | Focus
  | Copied
  | ({ type: 'ask' } & Ask)
  | { type: 'askGone'; id: string }
  | Download
  | UploadWanted
  | Notice
  | { type: 'viewport'; viewport: Viewport }
  | Ended
  | { type: 'error'; code: string; reason: string; message: string }
  | { type: 'pong'; t: number; now: string };
