// One terminal: its screen, what has become of its session, and its line of facts. It stays alive behind other tabs.

import { useEffect, useRef, useState, type ReactNode, type RefObject } from 'react'
import { toWireError } from '../../shared/errors'
import { usePage, usePageState } from '../context'
import { platform } from '../frame/platform'
import { Banner } from '../parts/Banner'
import { Button } from '../parts/Button'
import { ForeignSentence } from '../parts/Foreign'
import { State } from '../parts/State'
import { Keys } from '../parts/Tooltip'
import type { Tab } from '../store/state'
import type { Size } from '../store/tabs'
import type { Screen } from './screen'
import { endOf, retryWords, tabWords } from './words'

const LEAVE_KEYS = platform === 'mac' ? ['⌃', '⇧', 'M'] : ['Ctrl', 'Shift', 'M']

interface Session {
  readonly terminalId: string | undefined
  /** Whether Enter opens a new session. */
  readonly isOver: boolean
}

interface Opened {
  readonly screen: Screen | undefined
  readonly size: Size | undefined
  readonly failure: string | undefined
  readonly isTabForShell: boolean
}

/** Opens a screen in the element once it is wanted, and a terminal behind it where the tab has none yet. */
function useScreen(element: RefObject<HTMLDivElement | null>, tab: Tab, session: Session, isWanted: boolean): Opened {
  const page = usePage()
  const [screen, setScreen] = useState<Screen | undefined>(undefined)
  const [size, setSize] = useState<Size | undefined>(undefined)
  const [failure, setFailure] = useState<string | undefined>(undefined)
  const [isTabForShell, setTabForShell] = useState(true)
  // Read by the screen's handlers, which outlive the render that made them.
  const latest = useRef(session)
  const { key } = tab

  useEffect(() => {
    latest.current = session
  })

  useEffect(() => {
    const container = element.current
    if (container === null || !isWanted) return
    let isGone = false
    let opened: Screen | undefined
    const open = async (): Promise<void> => {
      const { openScreen } = await import('./screen')
      const made = await openScreen(container, {
        typed: (text) => {
          const { terminalId, isOver } = latest.current
          if (isOver) {
            if (text === '\r' && opened !== undefined) void page.restartTab(key, opened.size)
          } else if (terminalId !== undefined) page.write(terminalId, text)
        },
        resized: (now) => {
          setSize(now)
          const { terminalId } = latest.current
          if (terminalId !== undefined) page.resize(terminalId, now)
        },
        tabMoved: setTabForShell,
      })
      if (isGone) {
        made.dispose()
        return
      }
      opened = made
      setScreen(made)
      setSize(made.size)
      // After the fit: the right size is the first thing that the shell hears.
      if (latest.current.terminalId === undefined) await page.openTerminal(key, made.size)
    }
    open().catch((error: unknown) => setFailure(toWireError(error).message))
    return () => {
      isGone = true
      opened?.dispose()
    }
  }, [element, key, page, isWanted])

  const { terminalId } = session
  useEffect(() => {
    if (screen === undefined || terminalId === undefined) return
    // The element may have changed its size while the session was opened.
    page.resize(terminalId, screen.size)
    return page.output.attach(terminalId, (bytes) => screen.write(bytes))
  }, [screen, terminalId, page])

  return { screen, size, failure, isTabForShell }
}

/** What is in the way of taking the focus: a dialog, or somebody who walks through the tabs by keys. */
function isFocusBusy(): boolean {
  const { activeElement } = document
  return (
    activeElement?.matches('[role=tab]:focus-visible') === true ||
    activeElement?.closest('[role=dialog], [role=alertdialog], .splitter') !== null
  )
}

interface PaneProps {
  readonly tab: Tab
  /** Whether it is the tab in front, and the dock is there. */
  readonly isShown: boolean
}

/** A tab's panel. The screen's element carries `data-terminal-id`, `data-cols` and `data-rows`. */
export function Pane({ tab, isShown }: PaneProps): ReactNode {
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const terminals = usePageState((state) => state.snapshot?.terminals)
  const element = useRef<HTMLDivElement>(null)
  const terminalId = tab.terminal.kind === 'bound' ? tab.terminal.terminalId : undefined
  const view = terminals?.find(({ id }) => id === terminalId)
  const words = tabWords(tab, view)
  const end = endOf(tab, view)
  // Found terminals get a screen when they are looked at first; one that was asked for here needs it for its size.
  const [isWanted, setWanted] = useState(isShown || tab.terminal.kind === 'opening')
  if (isShown && !isWanted) setWanted(true)
  // A terminal that was found takes the focus only when a person comes to it.
  const isFocusDue = useRef(tab.terminal.kind === 'opening')
  const session = { terminalId, isOver: end !== undefined }
  const { screen, size, failure, isTabForShell } = useScreen(element, tab, session, isWanted)

  useEffect(() => {
    if (!isShown || screen === undefined) return
    screen.fit()
    if (isFocusDue.current && !isFocusBusy()) screen.focus()
    isFocusDue.current = true
  }, [isShown, screen])

  const retry = (id: string): void => {
    // The button goes with the banner.
    screen?.focus()
    void page.ask('terminal.retry', { terminalId: id })
  }
  const restart = (): void => {
    if (screen === undefined) return
    screen.focus()
    void page.restartTab(tab.key, screen.size)
  }

  return (
    <div
      className={end === undefined ? 'pane' : 'pane over'}
      role="tabpanel"
      id={`${tab.key}-pane`}
      aria-labelledby={`${tab.key}-head`}
      hidden={!isShown}
    >
      <div className="screen-box">
        <div className="screen" ref={element} data-terminal-id={terminalId} />
      </div>
      {failure !== undefined && (
        <Banner tone="failed" title="The terminal did not load." isFlush>
          <ForeignSentence text={failure} /> Reload the page.
        </Banner>
      )}
      {view?.state.kind === 'reconnecting' && (
        <Banner
          tone="working"
          title="Reconnecting."
          isFlush
          action={
            <>
              <span className="number">{retryWords(view.state, nowAt)}</span>
              <Button size="small" onClick={() => retry(view.id)}>
                Retry now
              </Button>
            </>
          }
        >
          <ForeignSentence text={view.state.cause.message} /> The session and its output are kept.
        </Banner>
      )}
      {end !== undefined && (
        <Banner
          tone={words.tone}
          title={`${words.word}.`}
          isFlush
          action={
            <Button size="small" onClick={restart}>
              Reconnect <Keys keys={['⏎']} />
            </Button>
          }
        >
          {end}
        </Banner>
      )}
      <div className="statusline">
        <State words={words} detail="none" />
        {size !== undefined && (
          <span className="number">
            {size.cols} × {size.rows}
          </span>
        )}
        <span className="hint" role="status">
          {isTabForShell ? 'Leave the terminal' : 'Tab moves the focus. Back to the shell'}
          <Keys keys={LEAVE_KEYS} />
        </span>
      </div>
    </div>
  )
}
