// One terminal: its screen, what has become of its session, and its line of facts. It stays alive behind other tabs.

import { useEffect, useRef, useState, type ReactNode } from 'react'
import { instanceLabel } from '../../shared/status'
import { usePage, usePageState } from '../context'
import { platform } from '../frame/platform'
import { Banner } from '../parts/Banner'
import { Button } from '../parts/Button'
import { CommandOf } from '../parts/Command'
import { ForeignName, ForeignSentence } from '../parts/Foreign'
import { State } from '../parts/State'
import { Keys } from '../parts/Tooltip'
import type { Tab } from '../store/state'
import { PasteQuestion } from './PasteQuestion'
import { useScreen } from './useScreen'
import { endOf, errorOf, retryWords, tabWords } from './words'

const LEAVE_KEYS = platform === 'mac' ? ['⌃', '⇧', 'M'] : ['Ctrl', 'Shift', 'M']

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
  const items = usePageState((state) => state.snapshot?.instances.items)
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
  const session = { key: tab.key, terminalId, view, isOver: end !== undefined, isShown }
  const { screen, size, failure, isTabForShell, link, paste, endPaste, isElsewhere, hold } = useScreen(
    element,
    session,
    isWanted,
  )

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
      className={`pane ${end === undefined ? '' : 'over'} ${isElsewhere ? 'elsewhere' : ''}`}
      role="tabpanel"
      id={`${tab.key}-pane`}
      aria-labelledby={`${tab.key}-head`}
      hidden={!isShown}
    >
      <div className="screen-box">
        <div className="screen" ref={element} data-terminal-id={terminalId} />
        {link !== undefined && (
          <p className="link-target">
            <Keys keys={[platform === 'mac' ? '⌘' : 'Ctrl']} /> click opens <ForeignName text={link} />
          </p>
        )}
        <div className="over-screen">
          {failure !== undefined && (
            <Banner tone="failed" title="The terminal did not load." isFlush>
              <ForeignSentence text={failure} /> Reload the page.
            </Banner>
          )}
          {view?.state.kind === 'reconnecting' && (
            <Banner
              tone={words.tone}
              title={`${words.word}.`}
              isFlush
              action={
                <>
                  <CommandOf error={view.state.cause} />
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
        </div>
      </div>
      {isElsewhere && end === undefined && (
        <Banner
          tone="idle"
          title="Another window uses this terminal."
          isFlush
          action={
            <Button
              size="small"
              onClick={() => {
                hold()
                screen?.focus()
              }}
            >
              Use here
            </Button>
          }
        >
          It has that window’s size.
        </Banner>
      )}
      {end !== undefined && (
        <Banner
          tone={words.tone}
          title={`${words.word}.`}
          isFlush
          action={
            <>
              <CommandOf error={errorOf(tab, view)} />
              <Button size="small" onClick={restart}>
                Reconnect <Keys keys={['⏎']} />
              </Button>
            </>
          }
        >
          {end}
        </Banner>
      )}
      {paste !== undefined && (
        <PasteQuestion paste={paste} label={instanceLabel(items ?? [], tab.instance)} onClose={endPaste} />
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
