// What a page knows: the core's state as it was told last, and what belongs to this page alone.
//
// Plain data. Changed by store.ts and its neighbours in this folder.

import type { WireError } from '../../shared/errors'
import type { EnvironmentRef } from '../../shared/model/environment'
import type { ForwardTarget } from '../../shared/model/forward'
import type { JournalEntry } from '../../shared/model/journal'
import type { Snapshot } from '../../shared/model/snapshot'
import type { Tone } from '../../shared/status'
import type { Segment } from '../activity/journal'
import { BY_NAME, type Sort } from '../instances/listing'
import type { Connection } from '../link/socket'

/** The views of the rail. */
export type View = 'instances' | 'forwards' | 'activity' | 'settings'

/** Where the terminals are. */
export type Dock = 'hidden' | 'right' | 'bottom'

/** Whether the forward editor is open, and on what. */
type Editor =
  | { readonly kind: 'closed' }
  | { readonly kind: 'new'; readonly target?: ForwardTarget }
  | { readonly kind: 'edit'; readonly forwardId: string }

/** The place of one terminal of the core, or of one that is only about to be. */
export interface Pane {
  readonly key: string
  readonly instance: { readonly id: string; readonly name: string }
  /** Where its sessions are opened, and what that is called. */
  readonly environment: EnvironmentRef
  readonly environmentName: string
  readonly terminal:
    /** Waits for its size, or for the core's answer. */
    | { readonly kind: 'opening' }
    /** `isListed`: a snapshot has named it. */
    | { readonly kind: 'bound'; readonly terminalId: string; readonly isListed: boolean }
    | { readonly kind: 'failed'; readonly error: WireError }
}

/** Where the focus is: the name of a region, and what has it there. */
export interface FocusPlace {
  readonly region: string
  readonly kind: 'terminal' | 'row' | 'filter' | 'current' | 'other'
}

/** How the panes of a tab lie; see layout.ts. `share` is what the first half has of the whole. */
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
  /** What a person called it; "": the name of its instance. */
  readonly name: string
  readonly layout: Layout
  /** The key of the pane that has the focus, or had it last. */
  readonly activePane: string
}

/** What a person wants to close while its session runs, until they have answered: a tab, or one pane of it. */
interface ClosingQuestion {
  readonly tabKey: string
  readonly paneKey: string | undefined
}

/** A message in the corner. */
export interface Toast {
  readonly id: number
  readonly tone: Tone
  readonly title: string
  readonly text?: string
  /** Given: the toast stays until it is dismissed. */
  readonly action?: { readonly label: string; readonly run: () => void }
}

/** The journal as far as it was asked for, newest first. */
export interface Journal {
  readonly entries: readonly JournalEntry[]
  /** Whether there are older ones. */
  readonly hasMore: boolean
  readonly state:
    /** Not asked for yet. */
    | { readonly kind: 'idle' }
    | { readonly kind: 'loading' }
    | { readonly kind: 'ready' }
    | { readonly kind: 'failed'; readonly error: WireError }
}

/** A sentence for a live region; `count` tells two of the same words apart. */
interface Spoken {
  readonly text: string
  readonly count: number
}

/** What the views show. */
export interface PageState {
  readonly connection: Connection
  /** Epoch ms of when the host was lost that has not come back in a moment; undefined: it is there. */
  readonly goneSinceAt: number | undefined
  /** Undefined until the core has spoken. */
  readonly snapshot: Snapshot | undefined
  /** What `TerminalView.heldBy` calls this window. */
  readonly windowId: string
  readonly view: View
  /** Epoch ms for words like "for 34 min"; each second while a countdown runs, else each 30 s. */
  readonly nowAt: number
  readonly tabs: readonly Tab[]
  /** The key of the tab in front. */
  readonly activeTab: string | undefined
  /** The tabs and panes that were closed here, the last one last; ten at most. */
  readonly closedTabs: readonly Tab[]
  readonly closingQuestion: ClosingQuestion | undefined
  /** A wish for the terminal in front; `count` tells two equal wishes apart. */
  readonly terminalWish: { readonly kind: 'focus' | 'find'; readonly count: number }
  readonly dock: Dock
  /** Where the dock was last, to show it there again. */
  readonly dockPlace: 'right' | 'bottom'
  /** How wide, or high, the view beside the dock is, px; undefined: as the window's size has it. */
  readonly dockWidth: number | undefined
  readonly dockHeight: number | undefined
  /** Where the focus was last; undefined: nowhere yet. */
  readonly focusPlace: FocusPlace | undefined
  /** The words that the instances are filtered by. */
  readonly instanceFilter: string
  /** The values whose groups are folded, and the tag that they belong to. */
  readonly instanceFolds: { readonly tag: string; readonly values: readonly string[] }
  readonly instanceSort: Sort
  /** The words that the forwards are filtered by. */
  readonly forwardText: string
  /** Which lines the Activity view shows, and the words that they are searched for. */
  readonly activitySegment: Segment
  readonly activityText: string
  /** The instance whose detail is shown. */
  readonly selectedInstance: string | undefined
  /** The forward whose detail is shown. */
  readonly selectedForward: string | undefined
  /** Only the lines of this forward are shown in the Activity view; undefined: all. */
  readonly activityForward: string | undefined
  readonly editor: Editor
  /** The forwards that a person wants off and that have open connections: asked about first. Empty: no question is open. */
  readonly turningOff: readonly string[]
  readonly isPaletteOpen: boolean
  /** Whether the person has put the Demo's explanation away. */
  readonly isDemoHintDismissed: boolean
  /** Only forwards of this tone are shown; undefined: all. */
  readonly forwardFilter: Tone | undefined
  readonly journal: Journal
  /** Oldest first, three at most. */
  readonly toasts: readonly Toast[]
  /** For the polite live region. */
  readonly announcement: Spoken
  /** For the assertive live region. */
  readonly alarm: Spoken
}

const silence: Spoken = { text: '', count: 0 }

/** A page that has heard nothing yet. */
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
    forwardText: '',
    activitySegment: 'all',
    activityText: '',
    selectedInstance: undefined,
    selectedForward: undefined,
    activityForward: undefined,
    editor: { kind: 'closed' },
    turningOff: [],
    isPaletteOpen: false,
    isDemoHintDismissed: false,
    forwardFilter: undefined,
    journal: { entries: [], hasMore: false, state: { kind: 'idle' } },
    toasts: [],
    announcement: silence,
    alarm: silence,
  }
}
