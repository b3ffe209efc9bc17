// The page's copy of the core's state, and the actions of the person on it.
//
// The core owns the state of instances, forwards and terminals; the page shows them as last received. State that belongs to
// this page alone (view, tabs, editor, toasts) is in store/state.ts. Owns neither the Link nor any DOM.

import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Link } from '../shared/api'
import type { RequestName, RequestParameters } from '../shared/api/requests'
import { toWireError } from '../shared/errors'
import type { ForwardTarget } from '../shared/model/forward'
import { changedSnapshot } from '../shared/model/change'
import type { Snapshot } from '../shared/model/snapshot'
import type { Tone } from '../shared/status'
import { changeSentences } from './announce'
import type { Connection, PageLink } from './link/socket'
import { OutputRouter } from './terminals/output'
import { SessionMirror } from './sessions/mirror'
import { createHolding, type HoldActions } from './store/holding'
import { createJournal, type JournalActions } from './store/journal'
import { terminalInFront, type Remembered } from './store/memory'
import {
  initialState,
  type Dock,
  type DoctorSubject,
  type PageState,
  type TargetDialog,
  type SessionPick,
  type Toast,
  type View,
} from './store/state'
import { createTabs, type TabActions } from './store/tabs'

const MAX_TOASTS = 3

/** Durations in the views count seconds. */
const WORDS_MS = 1_000

/** A Link that is back within this time is not reported as lost. */
const GONE_AFTER_MS = 2_000

/** The state and the actions of one page. */
export interface Page extends TabActions, HoldActions, Pick<JournalActions, 'loadJournal'> {
  readonly store: StoreApi<PageState>
  readonly output: OutputRouter
  readonly sessions: SessionMirror
  /** Sends a request to the core. Rejects with an `AppError`, for views that show the failure in place. */
  readonly request: Link['request']
  /** Sends a request; a failure becomes a toast with the error's sentence. Resolves to whether it succeeded, never rejects. */
  ask<N extends RequestName>(name: N, parameters: RequestParameters<N>): Promise<boolean>
  /** Announces a sentence to screen readers; assertive ones interrupt. */
  announce(sentence: string, urgency?: 'polite' | 'assertive'): void
  /** Shows a toast; a fourth one replaces the oldest. */
  toast(toast: Omit<Toast, 'id'>): void
  dismissToast(id: number): void
  show(view: View): void
  setDock(dock: Dock): void
  selectInstance(instanceId: string | undefined): void
  /** Opens the detail of a forward; undefined: closes it. Does not switch the view. */
  selectForward(forwardId: string | undefined): void
  /** Shows the detail of a session; undefined: closes it. Does not switch the view. */
  selectSession(session: SessionPick | undefined): void
  /** Shows only the journal entries of one forward; undefined: all. Also switches to the view. */
  filterActivity(forwardId: string | undefined): void
  /** Shows only the forwards of one tone; undefined: all. Also switches to the view. */
  filterForwards(tone: Tone | undefined): void
  /** Opens the forward editor for a new forward, through `target` if given. */
  editForward(target?: ForwardTarget): void
  /** Opens the forward editor for a saved forward. */
  changeForward(forwardId: string): void
  closeEditor(): void
  /** Opens a dialog about saved targets, in place of the one that is open. */
  askTargets(dialog: TargetDialog): void
  /** Asks whether to turn off these forwards and end their connections; an empty list closes the question. */
  askTurnOff(forwardIds: readonly string[]): void
  /** Opens the doctor's dialog about `subject`; undefined: closes it. Nothing is run yet. */
  askDoctor(subject: DoctorSubject | undefined): void
  setPalette(isOpen: boolean): void
  dismissDemoHint(): void
  /** Sets state that belongs to this page alone: filters, folds, orders and sizes. */
  arrange(change: Arrangement): void
}

/** The person's arrangement of a page, and the dialog about containers that is open. */
type Arrangement = Partial<
  Pick<
    PageState,
    | 'instanceFilter'
    | 'instanceFolds'
    | 'instanceSort'
    | 'listPart'
    | 'containerFilter'
    | 'containerFolds'
    | 'selectedContainer'
    | 'containerDialog'
    | 'forwardText'
    | 'sessionSegment'
    | 'sessionText'
    | 'sessionSort'
    | 'sessionEnvironments'
    | 'recordingText'
    | 'settingsSection'
    | 'activitySegment'
    | 'activityText'
    | 'dockWidth'
    | 'dockHeight'
  >
>

/**
 * Creates the page's state and keeps it in step with the Link. Lives as long as the Link. `remembered` is the page's state
 * before a reload.
 */
export function createPage(link: PageLink, remembered?: Remembered): Page {
  const request: Link['request'] = (name, parameters) => link.request(name, parameters)
  const output = new OutputRouter((terminalId, fromOffset) => request('terminal.replay', { terminalId, fromOffset }))
  const { terminalInFront: terminalId, keptTabs, ...kept } = remembered ?? {}
  const store = createStore<PageState>(() => ({ ...initialState(Date.now()), ...kept }))
  let lastToast = 0

  const announce: Page['announce'] = (text, urgency = 'polite') =>
    store.setState(({ announcement, alarm }) =>
      urgency === 'polite'
        ? { announcement: { text, count: announcement.count + 1 } }
        : { alarm: { text, count: alarm.count + 1 } },
    )
  const journal = createJournal(store, request)
  const tabs = createTabs(store, request, (sentence) => announce(sentence, 'assertive'), keptTabs)

  const page: Page = {
    ...tabs,
    ...createHolding(request),
    store,
    output,
    sessions: new SessionMirror(request),
    request,
    loadJournal: () => journal.loadJournal(),
    ask: async (name, parameters) => {
      try {
        await request(name, parameters)
        return true
      } catch (error) {
        // Toasts are read out when they appear, failures at once.
        page.toast({ tone: 'failed', title: toWireError(error).message })
        return false
      }
    },
    announce,
    toast: (toast) => {
      lastToast += 1
      const id = lastToast
      store.setState(({ toasts }) => ({ toasts: [...toasts, { ...toast, id }].slice(-MAX_TOASTS) }))
    },
    dismissToast: (id) => store.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) })),
    show: (view) => store.setState({ view }),
    setDock: (dock) => store.setState({ dock, ...(dock === 'hidden' ? {} : { dockPlace: dock }) }),
    selectInstance: (selectedInstance) => store.setState({ selectedInstance }),
    selectForward: (selectedForward) => store.setState({ selectedForward }),
    selectSession: (selectedSession) => store.setState({ selectedSession }),
    filterActivity: (activityForward) => store.setState({ activityForward, view: 'activity' }),
    filterForwards: (forwardFilter) => store.setState({ forwardFilter, view: 'forwards' }),
    editForward: (target) => store.setState({ editor: { kind: 'new', ...(target === undefined ? {} : { target }) } }),
    changeForward: (forwardId) => store.setState({ editor: { kind: 'edit', forwardId } }),
    closeEditor: () => store.setState({ editor: { kind: 'closed' } }),
    askTargets: (targetDialog) => store.setState({ targetDialog }),
    askTurnOff: (turningOff) => store.setState({ turningOff }),
    askDoctor: (doctor) => store.setState({ doctor }),
    setPalette: (isPaletteOpen) => store.setState({ isPaletteOpen }),
    dismissDemoHint: () => store.setState({ isDemoHintDismissed: true }),
    arrange: (change) => store.setState(change),
  }

  /** Takes a new state and the current time; `isFirst`: it is the first state of this connection. */
  const mirror = (snapshot: Snapshot, isFirst: boolean): void => {
    const { snapshot: before, nowAt: shownAt, selectedInstance, selectedForward } = store.getState()
    const nowAt = Date.now()
    const { items, total } = snapshot.instances
    // The selected instance may be among those still on their way.
    const isInstanceListed = total !== undefined || items.some(({ id }) => id === selectedInstance)
    const isForwardListed = snapshot.forwards.some(({ forward }) => forward.id === selectedForward)
    store.setState({
      snapshot,
      // A new `nowAt` renders every visible age and countdown again, so it changes no more often than their texts can.
      nowAt: Math.abs(nowAt - shownAt) < WORDS_MS ? shownAt : nowAt,
      selectedInstance: isInstanceListed ? selectedInstance : undefined,
      selectedForward: isForwardListed ? selectedForward : undefined,
    })
    tabs.mirrorTerminals()
    if (before === undefined) {
      showTerminals(snapshot)
      return
    }
    const { polite, assertive } = changeSentences(before, snapshot, nowAt)
    if (polite.length > 0) announce(polite.join(' '))
    if (assertive.length > 0) announce(assertive.join(' '), 'assertive')
    if (isFirst) journal.journalMissed()
  }

  let goneTimer: ReturnType<typeof setTimeout> | undefined
  /** Hides the dock if there are no terminals, and shows it on a new page. After a reload restores the current tab. */
  const showTerminals = ({ terminals }: Snapshot): void => {
    const { dockPlace, tabs: shown } = store.getState()
    if (terminals.length === 0) store.setState({ dock: 'hidden' })
    else if (remembered === undefined) store.setState({ dock: dockPlace })
    const inFront = shown.find((tab) => terminalInFront({ tabs: [tab], activeTab: tab.key }) === terminalId)
    if (terminalId !== undefined && inFront !== undefined) store.setState({ activeTab: inFront.key })
  }

  const connectionChanged = (connection: Connection): void => {
    store.setState({ connection })
    if (connection === 'open') output.reconnected()
    clearTimeout(goneTimer)
    if (connection !== 'lost') store.setState({ goneSinceAt: undefined })
    else {
      const lostAt = Date.now()
      goneTimer = setTimeout(() => {
        store.setState({ goneSinceAt: lostAt, isPaletteOpen: false })
        announce('Culvert is not running.', 'assertive')
      }, GONE_AFTER_MS)
    }
  }

  link.on('snapshot', (snapshot) => {
    // A new connection starts with a snapshot, also if the Link never closed: a page that fell behind has missed output.
    output.reconnected()
    store.setState({ windowId: snapshot.windowId })
    mirror(snapshot, true)
  })
  link.on('snapshot.patch', (patch) => {
    const { snapshot } = store.getState()
    // A patch applies to the snapshot before it, which comes first on every connection.
    if (snapshot !== undefined) mirror(changedSnapshot(snapshot, patch), false)
  })
  link.on('terminal.output', (event) => output.push(event))
  link.on('journal.entry', (entry) => journal.entryWritten(entry))
  link.onConnection(connectionChanged)
  connectionChanged(link.connection)
  return page
}
