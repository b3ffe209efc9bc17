// The state of a page: the core's last state, and the state that belongs to this page alone.
//
// Plain data. Changed by store.ts and the other files of this folder.

import type { WireError } from '../../shared/errors'
import type { EnvironmentRef } from '../../shared/model/environment'
import type { EphemeralFields } from '../../shared/model/ephemeral'
import type { ForwardTarget } from '../../shared/model/forward'
import type { JournalEntry } from '../../shared/model/journal'
import type { Snapshot } from '../../shared/model/snapshot'
import type { Tone } from '../../shared/status'
import type { TargetSet } from '../../shared/targetset'
import type { Segment } from '../activity/journal'
import { BY_NAME, type Sort } from '../instances/listing'
import type { Connection } from '../link/socket'
import { NEWEST_FIRST, type SessionSegment, type SessionSort } from '../sessions/words/listing'
import type { ContainerDialog } from './containerdialog'

/** The views of the rail. */
export type View = 'instances' | 'forwards' | 'sessions' | 'recordings' | 'activity' | 'settings'

/** The sections of the settings that are shown from elsewhere. */
export type SettingsSection = 'output' | 'drains' | 'ephemeral'

/** The position of the terminals. */
export type Dock = 'hidden' | 'right' | 'bottom'

/** The session whose detail is shown: one of AWS, or the one that carries a forward or a terminal now. */
export type SessionPick =
  | { readonly kind: 'session'; readonly id: string; readonly environment: EnvironmentRef }
  | {
      readonly kind: 'carried'
      readonly by: 'forward' | 'terminal'
      readonly id: string
      readonly environment: EnvironmentRef
    }

/** Whether the forward editor is open, and for which forward. */
type Editor =
  | { readonly kind: 'closed' }
  | { readonly kind: 'new'; readonly target?: ForwardTarget }
  | { readonly kind: 'edit'; readonly forwardId: string }

/** Which dialog about saved targets is open. */
export type TargetDialog =
  | { readonly kind: 'closed' }
  | { readonly kind: 'list' }
  /** A new target, on `set` if given. */
  | { readonly kind: 'new'; readonly set?: TargetSet }
  | { readonly kind: 'edit'; readonly targetId: string }
  /** The question before it is deleted. */
  | { readonly kind: 'delete'; readonly targetId: string }

/** Which of its two lists the Instances view shows. */
type ListPart = 'instances' | 'containers'

/** The place of one terminal of the core, or of one that is about to be opened. */
export interface Pane {
  readonly key: string
  /** Of a set: "" and its label until a host is chosen. */
  readonly instance: { readonly id: string; readonly name: string }
  /** The set that the host is chosen from, at each new session. Absent: the instance is the one that the person has chosen. */
  readonly target?: ForwardTarget
  /** Present on an ephemeral session: what it was started with. `instance` and `target` are not used then. */
  readonly ephemeral?: EphemeralFields
  /** Where its sessions are opened, and the name of that environment. */
  readonly environment: EnvironmentRef
  readonly environmentName: string
  readonly terminal:
    /** Waits for its size or for the core's answer. */
    | { readonly kind: 'opening' }
    /** `isListed`: a snapshot has listed the terminal. */
    | { readonly kind: 'bound'; readonly terminalId: string; readonly isListed: boolean }
    | { readonly kind: 'failed'; readonly error: WireError }
}

/** The location of the focus: the name of a region, and the kind of element in it. */
export interface FocusPlace {
  readonly region: string
  readonly kind: 'terminal' | 'row' | 'filter' | 'current' | 'other'
}

/** The layout of the panes of a tab; see layout.ts. `share` is the first half's part of the whole. */
export type Layout =
  | { readonly kind: 'pane'; readonly pane: Pane }
  | {
      readonly kind: 'split'
      readonly id: string
      readonly direction: 'right' | 'down'
      readonly share: number
      readonly first: Layout
      readonly second: Layout
    }

/** A tab of the dock: one pane, or several side by side. */
export interface Tab {
  readonly key: string
  /** The name that the person gave it; "": the name of its instance is shown. */
  readonly name: string
  readonly layout: Layout
  /** The key of the pane that has, or last had, the focus. */
  readonly activePane: string
}

/** A tab or pane with a running session that the person wants to close, until they have confirmed or declined. */
interface ClosingQuestion {
  readonly tabKey: string
  readonly paneKey: string | undefined
}

/** What the doctor is asked about, while its dialog is open. */
export interface DoctorSubject {
  /** How the dialog names it: an instance, a forward, or an environment. */
  readonly name: string
  /** Absent: the shown one. */
  readonly environment?: EnvironmentRef
  /** An instance, by its id or Name. Absent: no session is opened. */
  readonly target?: string
  readonly port?: number
  readonly host?: string
}

/** A message in the corner of the page. */
export interface Toast {
  readonly id: number
  readonly tone: Tone
  readonly title: string
  readonly text?: string
  /** If given, the toast stays until it is dismissed. */
  readonly action?: { readonly label: string; readonly run: () => void }
}

/** The loaded part of the journal, newest first. */
export interface Journal {
  readonly entries: readonly JournalEntry[]
  /** Whether there are older entries. */
  readonly hasMore: boolean
  readonly state:
    /** Not requested yet. */
    | { readonly kind: 'idle' }
    | { readonly kind: 'loading' }
    | { readonly kind: 'ready' }
    | { readonly kind: 'failed'; readonly error: WireError }
}

/** A sentence for a live region; `count` distinguishes two equal sentences. */
interface Spoken {
  readonly text: string
  readonly count: number
}

/** What the views show. */
export interface PageState {
  readonly connection: Connection
  /** Epoch ms of when the host was lost, if it was not back shortly after; undefined: the host is there. */
  readonly goneSinceAt: number | undefined
  /** Undefined until the core has sent its first state. */
  readonly snapshot: Snapshot | undefined
  /** This window's name in `TerminalView.heldBy`. */
  readonly windowId: string
  readonly view: View
  /** Epoch ms for texts like "for 34 min"; updated every second while a countdown runs, else every 30 s. */
  readonly nowAt: number
  readonly tabs: readonly Tab[]
  /** The key of the current tab. */
  readonly activeTab: string | undefined
  /** The tabs and panes closed in this page, the last closed one last; at most ten. */
  readonly closedTabs: readonly Tab[]
  readonly closingQuestion: ClosingQuestion | undefined
  /** A request to the current terminal; `count` distinguishes two equal requests. */
  readonly terminalWish: { readonly kind: 'focus' | 'find'; readonly count: number }
  readonly dock: Dock
  /** The dock's last position, to show it there again. */
  readonly dockPlace: 'right' | 'bottom'
  /** The width or height of the view beside the dock, in px; undefined: follows the window's size. */
  readonly dockWidth: number | undefined
  readonly dockHeight: number | undefined
  /** The last location of the focus; undefined: none yet. */
  readonly focusPlace: FocusPlace | undefined
  /** The text of the instance filter. */
  readonly instanceFilter: string
  /** The tag values of the folded groups, and the tag that they belong to. */
  readonly instanceFolds: { readonly tag: string; readonly values: readonly string[] }
  readonly instanceSort: Sort
  readonly listPart: ListPart
  /** The text of the container filter, the keys of the folded rows, and the row whose detail is shown; see containers/listing.ts. */
  readonly containerFilter: string
  readonly containerFolds: readonly string[]
  readonly selectedContainer: string | undefined
  readonly containerDialog: ContainerDialog
  /** The text of the forward filter. */
  readonly forwardText: string
  /** The sessions shown: open or ended, those that match the filter, in this order. */
  readonly sessionSegment: SessionSegment
  readonly sessionText: string
  readonly sessionSort: SessionSort
  /** The environments whose sessions are shown; empty: the shown one. */
  readonly sessionEnvironments: readonly EnvironmentRef[]
  readonly selectedSession: SessionPick | undefined
  /** The search text of the recordings. */
  readonly recordingText: string
  /** The section that the settings scroll to when they are shown next; undefined: their top. */
  readonly settingsSection: SettingsSection | undefined
  /** The kind of entries shown in the Activity view, and its search text. */
  readonly activitySegment: Segment
  readonly activityText: string
  /** The instance whose detail is shown. */
  readonly selectedInstance: string | undefined
  /** The forward whose detail is shown. */
  readonly selectedForward: string | undefined
  /** Only the entries of this forward are shown in the Activity view; undefined: all. */
  readonly activityForward: string | undefined
  readonly editor: Editor
  readonly targetDialog: TargetDialog
  /** The forwards that the person wants to turn off and that have open connections. Empty: no question is open. */
  readonly turningOff: readonly string[]
  /** Undefined: its dialog is closed. */
  readonly doctor: DoctorSubject | undefined
  readonly isPaletteOpen: boolean
  /** Whether the person has dismissed the Demo's explanation. */
  readonly isDemoHintDismissed: boolean
  /** Only forwards of this tone are shown; undefined: all. */
  readonly forwardFilter: Tone | undefined
  readonly journal: Journal
  /** Oldest first, at most three. */
  readonly toasts: readonly Toast[]
  /** The content of the polite live region. */
  readonly announcement: Spoken
  /** The content of the assertive live region. */
  readonly alarm: Spoken
}

const silence: Spoken = { text: '', count: 0 }

/** The state of a page that has received nothing yet. */
export function initialState(nowAt: number): PageState {
  return {
    connection: 'connecting',
    goneSinceAt: undefined,
    snapshot: undefined,
    windowId: '',
    view: 'instances',
    nowAt,
    tabs: [],
    activeTab: undefined,
    closedTabs: [],
    closingQuestion: undefined,
    terminalWish: { kind: 'focus', count: 0 },
    dock: 'hidden',
    dockPlace: 'right',
    dockWidth: undefined,
    dockHeight: undefined,
    focusPlace: undefined,
    instanceFilter: '',
    instanceFolds: { tag: '', values: [] },
    instanceSort: BY_NAME,
    listPart: 'instances',
    containerFilter: '',
    containerFolds: [],
    selectedContainer: undefined,
    containerDialog: { kind: 'closed' },
    forwardText: '',
    sessionSegment: 'open',
    sessionText: '',
    sessionSort: NEWEST_FIRST,
    sessionEnvironments: [],
    selectedSession: undefined,
    recordingText: '',
    settingsSection: undefined,
    activitySegment: 'all',
    activityText: '',
    selectedInstance: undefined,
    selectedForward: undefined,
    activityForward: undefined,
    editor: { kind: 'closed' },
    targetDialog: { kind: 'closed' },
    turningOff: [],
    doctor: undefined,
    isPaletteOpen: false,
    isDemoHintDismissed: false,
    forwardFilter: undefined,
    journal: { entries: [], hasMore: false, state: { kind: 'idle' } },
    toasts: [],
    announcement: silence,
    alarm: silence,
  }
}
