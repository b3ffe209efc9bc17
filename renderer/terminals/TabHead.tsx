// One tab of the strip: its state, environment and name, its menu, and the input that renames it.
//
// A press shows it, a double press or F2 renames it, the middle button closes it, and it can be dragged to another position.

import { Columns2, Pencil, Plus, RotateCcw, Rows2, X, ArrowLeft, ArrowRight } from 'lucide-react'
import { useEffect, useRef, useState, type DragEvent, type KeyboardEvent, type ReactNode } from 'react'
import { shownName } from '../../shared/foreigntext'
import { useShallow } from 'zustand/react/shallow'
import { usePage, usePageState } from '../context'
import { platform } from '../frame/platform'
import { useWindowWidth } from '../frame/windowsize'
import { keysOf } from '../keys'
import { EnvironmentHue, hueEntry } from '../parts/EnvironmentHue'
import { ForeignName } from '../parts/text/Foreign'
import { Glyph } from '../parts/Glyph'
import { ContextMenu, type MenuEntry } from '../parts/floats/Menu'
import { Tooltip } from '../parts/floats/Tooltip'
import { TabMark } from '../recordings/Mark'
import { recordEntry } from '../recordings/record'
import { sessionEntry, showTerminalSession } from '../sessions/links'
import { panesOf } from '../store/layout'
import { viewOf } from '../store/panes'
import type { Tab } from '../store/state'
import { paneWords, tabLabel, worstWords } from './words'

/** The type of the dragged data: only tabs of this window accept it. */
const DRAGGED = 'application/x-culvert-tab'

/** The props of a tab. */
export interface TabHeadProps {
  readonly tab: Tab
  readonly index: number
  readonly isActive: boolean
  /** Whether the name of its environment is shown beside the colour. */
  readonly isPlaceShown: boolean
  readonly onKeyDown: (event: KeyboardEvent) => void
}

interface RenameProps {
  readonly label: string
  /** Undefined: the name is unchanged. */
  readonly onDone: (name: string | undefined) => void
}

function Rename({ label, onDone }: RenameProps): ReactNode {
  const input = useRef<HTMLInputElement>(null)
  const isDone = useRef(false)
  useEffect(() => {
    input.current?.focus()
    input.current?.select()
  }, [])
  const finish = (name: string | undefined): void => {
    if (isDone.current) return
    isDone.current = true
    onDone(name)
  }
  return (
    <input
      ref={input}
      className="rename"
      aria-label="Name of the tab"
      defaultValue={label}
      maxLength={100}
      autoComplete="off"
      spellCheck={false}
      onBlur={(event) => finish(event.target.value)}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.nativeEvent.isComposing) return
        if (event.key === 'Enter') finish(event.currentTarget.value)
        if (event.key === 'Escape') finish(undefined)
      }}
    />
  )
}

/** A tab. */
export function TabHead({ tab, index, isActive, isPlaceShown, onKeyDown }: TabHeadProps): ReactNode {
  const page = usePage()
  const items = usePageState((state) => state.snapshot?.instances.items)
  const settings = usePageState((state) => state.snapshot?.settings)
  const closed = usePageState((state) => state.closedTabs.at(-1))
  const tabCount = usePageState((state) => state.tabs.length)
  const [isRenaming, setRenaming] = useState(false)
  const [dropSide, setDropSide] = useState<'before' | 'after' | undefined>(undefined)
  const head = useRef<HTMLDivElement>(null)
  const windowWidth = useWindowWidth()
  const isFocusGiven = useRef(false)
  const panes = panesOf(tab.layout)
  const views = usePageState(useShallow(({ snapshot }) => panes.map((each) => viewOf(each, snapshot?.terminals ?? []))))
  const pane = panes.find(({ key }) => key === tab.activePane) ?? panes[0]
  const activeView = views[panes.findIndex((each) => each === pane)]
  const words = worstWords(panes.map((each, at) => paneWords(each, views[at])))
  const label = tabLabel(tab, items ?? [])
  const isRecorded = views.some((view) => view?.recording !== undefined)
  const count = `${panes.length === 1 ? '' : `, ${panes.length} terminals`}${isRecorded ? ', recorded' : ''}`
  const environment = pane?.environmentName ?? ''
  const place = [pane?.instance.id ?? '', environment].map(shownName).join(', ')

  useEffect(() => {
    if (isActive) head.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    // A window that became narrower may have cut it off.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [isActive, index, windowWidth])

  const rename = (name: string | undefined): void => {
    setRenaming(false)
    // The default name is not saved as a chosen one.
    if (name !== undefined && name !== label) page.renameTab(tab.key, name)
    page.selectTab(tab.key)
  }
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'F2') {
      event.preventDefault()
      setRenaming(true)
    } else onKeyDown(event)
  }
  /** The half of the tab under the pointer during a drag. */
  const sideOf = (event: DragEvent<HTMLElement>): 'before' | 'after' | undefined => {
    if (!event.dataTransfer.types.includes(DRAGGED)) return undefined
    const { left, width } = event.currentTarget.getBoundingClientRect()
    return event.clientX < left + width / 2 ? 'before' : 'after'
  }
  const drop = (event: DragEvent<HTMLElement>): void => {
    const side = sideOf(event)
    setDropSide(undefined)
    if (side === undefined) return
    event.preventDefault()
    const key = event.dataTransfer.getData(DRAGGED)
    const from = page.store.getState().tabs.findIndex((each) => each.key === key)
    const to = index + (side === 'after' ? 1 : 0)
    page.moveTab(key, from < to ? to - 1 : to)
  }
  const split = (direction: 'right' | 'down') => (): void => {
    page.selectTab(tab.key)
    page.splitPane(tab.key, tab.activePane, direction)
  }
  const entries: readonly MenuEntry[] = [
    {
      label: 'New terminal like this',
      icon: Plus,
      ...(isActive ? { keys: keysOf('new-terminal', platform) } : {}),
      onSelect: () => {
        page.selectTab(tab.key)
        page.openLike()
      },
    },
    {
      label: 'Split right',
      icon: Columns2,
      ...(isActive ? { keys: keysOf('split-right', platform) } : {}),
      onSelect: split('right'),
    },
    {
      label: 'Split down',
      icon: Rows2,
      ...(isActive ? { keys: keysOf('split-down', platform) } : {}),
      onSelect: split('down'),
    },
    recordEntry(page, activeView),
    {
      ...sessionEntry(activeView),
      onSelect: () => {
        isFocusGiven.current = true
        showTerminalSession(page, activeView)
      },
    },
    { line: true },
    {
      label: 'Rename',
      icon: Pencil,
      keys: ['F2'],
      onSelect: () => {
        isFocusGiven.current = true
        setRenaming(true)
      },
    },
    ...(settings === undefined || environment === '' ? [] : [hueEntry(page, environment, settings)]),
    {
      label: 'Move left',
      icon: ArrowLeft,
      keys: keysOf('tab-left', platform),
      reason: index === 0 ? 'it is first' : undefined,
      onSelect: () => page.moveTab(tab.key, index - 1),
    },
    {
      label: 'Move right',
      icon: ArrowRight,
      keys: keysOf('tab-right', platform),
      reason: index === tabCount - 1 ? 'it is last' : undefined,
      onSelect: () => page.moveTab(tab.key, index + 1),
    },
    { line: true },
    {
      label: 'Reopen closed terminal',
      icon: RotateCcw,
      keys: keysOf('reopen-terminal', platform),
      reason: closed === undefined ? 'none closed yet' : undefined,
      onSelect: () => void page.reopenTab(),
    },
    { line: true },
    {
      label: 'Close',
      icon: X,
      isDanger: true,
      ...(isActive ? { keys: keysOf('close-terminal', platform) } : {}),
      onSelect: () => page.askToCloseTab(tab.key),
    },
  ]

  return (
    <ContextMenu
      label={`Menu of the tab ${shownName(label)}`}
      items={entries}
      onOpen={() => {
        isFocusGiven.current = false
      }}
      onClosed={() => {
        // A question before closing takes the focus itself, and so does a new pane.
        if (!isFocusGiven.current && page.store.getState().closingQuestion === undefined) page.selectFront()
      }}
    >
      <div
        className={`tab ${isActive ? 'on' : ''} ${dropSide ?? ''}`}
        ref={head}
        draggable={!isRenaming}
        onDragStart={(event) => {
          event.dataTransfer.setData(DRAGGED, tab.key)
          event.dataTransfer.effectAllowed = 'move'
        }}
        onDragOver={(event) => {
          const side = sideOf(event)
          setDropSide(side)
          if (side !== undefined) event.preventDefault()
        }}
        onDragLeave={() => setDropSide(undefined)}
        onDragEnd={() => setDropSide(undefined)}
        onDrop={drop}
      >
        <Tooltip text={isRenaming ? '' : `${words.word}${count}: ${place}`}>
          <button
            type="button"
            role="tab"
            id={`${tab.key}-head`}
            aria-selected={isActive}
            aria-controls={`${tab.key}-pane`}
            aria-label={`${shownName(label)}, ${words.word}${count}, ${shownName(environment)}`}
            tabIndex={isActive ? 0 : -1}
            onClick={(event) => {
              // Pressed by the keyboard: the tab gives up the focus, because the terminal does not take it from a tab.
              if (event.detail === 0) event.currentTarget.blur()
              page.selectTab(tab.key)
            }}
            onDoubleClick={() => setRenaming(true)}
            onKeyDown={press}
            onAuxClick={(event) => {
              if (event.button === 1) page.askToCloseTab(tab.key)
            }}
          >
            <Glyph tone={words.tone} />
            <TabMark views={views} />
            {pane !== undefined && <EnvironmentHue name={environment} kind={pane.environment.kind} />}
            <span className="cut-off">
              <ForeignName text={label} />
            </span>
            {panes.length > 1 && <span className="count">{panes.length}</span>}
            {isPlaceShown && (
              <span className="environment-name cut-off">
                <ForeignName text={environment} />
              </span>
            )}
          </button>
        </Tooltip>
        {isRenaming && <Rename label={label} onDone={rename} />}
        <Tooltip text="Close and end the session" keys={keysOf('close-terminal', platform)}>
          <button
            type="button"
            className="close"
            aria-label={`Close terminal ${shownName(label)}`}
            tabIndex={isActive ? 0 : -1}
            onClick={() => page.askToCloseTab(tab.key)}
          >
            <X size={12} strokeWidth={2} aria-hidden="true" />
          </button>
        </Tooltip>
      </div>
    </ContextMenu>
  )
}
