// The state of a window that survives a reload: its view, filters, order, selection, dock and focus.
//
// Stored in this window's own sessionStorage, as one JSON entry. It holds ids, tag names and the typed filters; no terminal
// output and no secret. Invalid fields are left out one by one.

import type { StoreApi } from 'zustand/vanilla'
import { isSortColumn, type Sort } from '../instances/listing'
import { isSessionColumn, type SessionSort } from '../sessions/words/listing'
import { paneOf } from './panes'
import { keptTabs, readTabs, type KeptTab } from './arrangement'
import type { Dock, FocusPlace, PageState, View } from './state'

const KEY = 'culvert.window'

/** Longer than any filter that a person types and any id that the core makes. */
const MAX_CHARACTERS = 500
const MAX_FOLDS = 200

const VIEWS: readonly View[] = ['instances', 'forwards', 'sessions', 'recordings', 'activity', 'settings']
const DOCKS: readonly Dock[] = ['hidden', 'right', 'bottom']
const SEGMENTS = ['all', 'problems', 'forwards', 'terminals', 'app'] as const
const TONES = ['idle', 'working', 'up', 'waiting', 'failed'] as const
const PLACES: readonly FocusPlace['kind'][] = ['terminal', 'row', 'filter', 'current', 'other']

/** The part of a browser's storage that is used here. Reading it throws if the browser blocks storage. */
export interface MemoryStorage {
  readonly sessionStorage: Pick<Storage, 'getItem' | 'setItem'>
}

/** The part of a page's state that survives a reload. */
export type Remembered = Pick<
  PageState,
  | 'view'
  | 'instanceFilter'
  | 'instanceFolds'
  | 'instanceSort'
  | 'listPart'
  | 'containerFilter'
  | 'forwardText'
  | 'forwardFilter'
  | 'sessionSegment'
  | 'sessionText'
  | 'sessionSort'
  | 'activityForward'
  | 'activitySegment'
  | 'activityText'
  | 'selectedInstance'
  | 'selectedForward'
  | 'dock'
  | 'dockPlace'
  | 'dockWidth'
  | 'dockHeight'
  | 'focusPlace'
  | 'isDemoHintDismissed'
> & {
  /** The terminal of the current tab. */
  readonly terminalInFront: string | undefined
  readonly keptTabs: readonly KeptTab[]
}

/** The terminal of the current tab; undefined if there is no tab, or its terminal is still being opened. */
export function terminalInFront({ tabs, activeTab }: Pick<PageState, 'tabs' | 'activeTab'>): string | undefined {
  const tab = tabs.find(({ key }) => key === activeTab)
  const terminal = tab === undefined ? undefined : paneOf([tab], tab.activePane)?.terminal
  return terminal?.kind === 'bound' ? terminal.terminalId : undefined
}

function rememberedOf(state: PageState): Remembered {
  return {
    view: state.view,
    instanceFilter: state.instanceFilter,
    instanceFolds: state.instanceFolds,
    instanceSort: state.instanceSort,
    listPart: state.listPart,
    containerFilter: state.containerFilter,
    forwardText: state.forwardText,
    forwardFilter: state.forwardFilter,
    sessionSegment: state.sessionSegment,
    sessionText: state.sessionText,
    sessionSort: state.sessionSort,
    activityForward: state.activityForward,
    activitySegment: state.activitySegment,
    activityText: state.activityText,
    selectedInstance: state.selectedInstance,
    selectedForward: state.selectedForward,
    dock: state.dock,
    dockPlace: state.dockPlace,
    dockWidth: state.dockWidth,
    dockHeight: state.dockHeight,
    focusPlace: state.focusPlace,
    isDemoHintDismissed: state.isDemoHintDismissed,
    terminalInFront: terminalInFront(state),
    keptTabs: keptTabs(state.tabs),
  }
}

type Json = Readonly<Record<string, unknown>>

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= MAX_CHARACTERS ? value : undefined
}

function oneOf<V extends string>(value: unknown, known: readonly V[]): V | undefined {
  return known.find((each) => each === value)
}

function size(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 && value < 20_000 ? value : undefined
}

function sort(value: unknown): Sort | undefined {
  if (!isJson(value) || !isSortColumn(value['column'])) return undefined
  const direction = oneOf(value['direction'], ['ascending', 'descending'] as const)
  return direction === undefined ? undefined : { column: value['column'], direction }
}

function sessionSort(value: unknown): SessionSort | undefined {
  if (!isJson(value) || !isSessionColumn(value['column'])) return undefined
  const direction = oneOf(value['direction'], ['ascending', 'descending'] as const)
  return direction === undefined ? undefined : { column: value['column'], direction }
}

function folds(value: unknown): PageState['instanceFolds'] | undefined {
  if (!isJson(value)) return undefined
  const tag = text(value['tag'])
  const { values } = value
  if (tag === undefined || !Array.isArray(values) || values.length > MAX_FOLDS) return undefined
  return { tag, values: values.flatMap((each: unknown) => text(each) ?? []) }
}

function focusPlace(value: unknown): FocusPlace | undefined {
  if (!isJson(value)) return undefined
  const region = text(value['region'])
  const kind = oneOf(value['kind'], PLACES)
  return region === undefined || kind === undefined ? undefined : { region, kind }
}

/** The state in a JSON value; invalid fields get the initial values. */
function read(json: Json, start: PageState): Remembered {
  return {
    view: oneOf(json['view'], VIEWS) ?? start.view,
    instanceFilter: text(json['instanceFilter']) ?? start.instanceFilter,
    instanceFolds: folds(json['instanceFolds']) ?? start.instanceFolds,
    instanceSort: sort(json['instanceSort']) ?? start.instanceSort,
    listPart: oneOf(json['listPart'], ['instances', 'containers'] as const) ?? start.listPart,
    containerFilter: text(json['containerFilter']) ?? start.containerFilter,
    forwardText: text(json['forwardText']) ?? start.forwardText,
    forwardFilter: oneOf(json['forwardFilter'], TONES),
    sessionSegment: oneOf(json['sessionSegment'], ['open', 'ended'] as const) ?? start.sessionSegment,
    sessionText: text(json['sessionText']) ?? start.sessionText,
    sessionSort: sessionSort(json['sessionSort']) ?? start.sessionSort,
    activityForward: text(json['activityForward']),
    activitySegment: oneOf(json['activitySegment'], SEGMENTS) ?? start.activitySegment,
    activityText: text(json['activityText']) ?? start.activityText,
    selectedInstance: text(json['selectedInstance']),
    selectedForward: text(json['selectedForward']),
    dock: oneOf(json['dock'], DOCKS) ?? start.dock,
    dockPlace: oneOf(json['dockPlace'], ['right', 'bottom'] as const) ?? start.dockPlace,
    dockWidth: size(json['dockWidth']),
    dockHeight: size(json['dockHeight']),
    focusPlace: focusPlace(json['focusPlace']),
    isDemoHintDismissed: json['isDemoHintDismissed'] === true,
    terminalInFront: text(json['terminalInFront']),
    keptTabs: readTabs(json['keptTabs']),
  }
}

/** Reads this window's saved state; undefined for a new window or blocked storage. `start` is a new page. Never throws. */
export function recall(window: MemoryStorage, start: PageState): Remembered | undefined {
  try {
    const json: unknown = JSON.parse(window.sessionStorage.getItem(KEY) ?? 'null')
    return isJson(json) ? read(json, start) : undefined
  } catch {
    return undefined
  }
}

/** Saves each change from now on; returns the stop. If storage is blocked, the page works until it is reloaded. */
export function remember(store: StoreApi<PageState>, window: MemoryStorage): () => void {
  let written = ''
  return store.subscribe((state) => {
    // Before the first state the tabs are not known: the state saved by the earlier page stays valid.
    if (state.snapshot === undefined) return
    const json = JSON.stringify(rememberedOf(state))
    if (json === written) return
    written = json
    try {
      window.sessionStorage.setItem(KEY, json)
    } catch {
      // The storage is full or blocked.
    }
  })
}
