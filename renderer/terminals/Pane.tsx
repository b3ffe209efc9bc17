// One terminal: its screen, the state of its session, and its status line. It stays alive behind other tabs.

import { useEffect, useRef, useState, type ReactNode } from 'react'
import { createPortal } from 'react-dom'
import { shownName } from '../../shared/foreigntext'
import { instanceLabel } from '../../shared/status'
import { ContainerPlace } from '../containers/Place'
import { usePage, usePageState } from '../context'
import { EphemeralBanners, EphemeralNote } from '../ephemeral/PaneParts'
import { areStepsShown, Steps } from '../ephemeral/Steps'
import { platform } from '../frame/platform'
import { EnvironmentHue } from '../parts/EnvironmentHue'
import { ForeignName } from '../parts/text/Foreign'
import { State } from '../parts/State'
import { Keys } from '../parts/floats/Tooltip'
import type { Box } from '../store/layout'
import { viewOf } from '../store/panes'
import type { Pane as PaneState } from '../store/state'
import { AskBanner } from '../recordings/AskBanner'
import { CaptureNote } from '../recordings/Mark'
import { FindBar } from './Find'
import { ForecastNote } from './ForecastNote'
import { ElsewhereBanner, EndBanner, LostBanners } from './PaneBanners'
import { PaneHead } from './PaneHead'
import { PasteQuestion } from './PasteQuestion'
import { ScreenMenu } from './ScreenMenu'
import { useScreen } from './screen/useScreen'
import { endOf, errorOf, paneWords } from './words'

const LEAVE_KEYS = platform === 'mac' ? ['⌃', '⇧', 'M'] : ['Ctrl', 'Shift', 'M']

/** Whether the focus must not move: it is in a dialog, on a splitter, or on a tab that was reached by keys. */
function isFocusBusy(): boolean {
  const { activeElement } = document
  return (
    activeElement?.matches('[role=tab]:focus-visible') === true ||
    activeElement?.closest('[role=dialog], [role=alertdialog], .splitter') !== null
  )
}

function percent(fraction: number): string {
  return `${fraction * 100}%`
}

interface PaneProps {
  readonly tabKey: string
  readonly pane: PaneState
  /** Its rectangle in the tab. */
  readonly box: Box
  /** Whether its tab is the current one and the dock is visible. */
  readonly isShown: boolean
  /** Whether it has, or last had, the focus in its tab. */
  readonly isActive: boolean
  /** Whether its tab has several panes: then it has a header. */
  readonly isSplit: boolean
  /** The status line of its tab, which shows the active pane. */
  readonly statusLine: HTMLElement | null
}

/** A pane of a tab. The screen's element carries `data-terminal-id`, `data-cols` and `data-rows`. */
export function Pane({ tabKey, pane, box, isShown, isActive, isSplit, statusLine }: PaneProps): ReactNode {
  const page = usePage()
  const view = usePageState(({ snapshot }) => viewOf(pane, snapshot?.terminals ?? []))
  const items = usePageState((state) => state.snapshot?.instances.items)
  const wish = usePageState((state) => state.terminalWish)
  const element = useRef<HTMLDivElement>(null)
  const terminalId = pane.terminal.kind === 'bound' ? pane.terminal.terminalId : undefined
  const words = paneWords(pane, view)
  const end = endOf(pane, view)
  const label = instanceLabel(items ?? [], pane.instance)
  // A terminal that already existed gets a screen when it is first shown; one opened here needs it at once for its size.
  const [isWanted, setWanted] = useState(isShown || pane.terminal.kind === 'opening')
  if (isShown && !isWanted) setWanted(true)
  // A terminal opened by an earlier page or another window takes the focus only when the person goes to it.
  const isFocusDue = useRef(pane.terminal.kind === 'opening')
  const session = { key: pane.key, terminalId, view, isOver: end !== undefined, isShown }
  const { screen, size, failure, isTabForShell, link, paste, endPaste, isElsewhere, hold } = useScreen(
    element,
    session,
    isWanted,
  )
  /** The request that opened the find bar, or focused it last. */
  const [finding, setFinding] = useState<{ readonly wish: number; readonly selection: string } | undefined>(undefined)
  const seenWish = useRef(wish)

  useEffect(() => {
    if (!isShown || screen === undefined) return
    screen.fit()
    if (isFocusDue.current && isActive && !isFocusBusy()) screen.focus()
    isFocusDue.current = true
    // The active pane changes by moving the focus, or by a request.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [isShown, screen])

  useEffect(() => {
    if (seenWish.current === wish) return
    seenWish.current = wish
    if (!isShown || !isActive || screen === undefined || isFocusBusy()) return
    if (wish.kind === 'focus') screen.focus()
    else setFinding({ wish: wish.count, selection: screen.selection })
  }, [wish, isShown, isActive, screen])

  const retry = (id: string): void => {
    // The button disappears with the banner.
    screen?.focus()
    void page.ask('terminal.retry', { terminalId: id })
  }
  const restart = (): void => {
    if (screen === undefined) return
    screen.focus()
    void page.restartTerminal(pane.key, screen.size)
  }
  const find = (): void => {
    page.selectPane(tabKey, pane.key)
    page.findInTerminal()
  }

  return (
    <div
      className={`pane ${end === undefined ? '' : 'over'} ${isElsewhere ? 'elsewhere' : ''} ${isActive ? 'front' : ''} ${isSplit && isActive ? 'on' : ''}`}
      role={isSplit ? 'group' : undefined}
      aria-label={isSplit ? shownName(label) : undefined}
      style={{
        left: percent(box.left),
        top: percent(box.top),
        width: percent(box.width),
        height: percent(box.height),
      }}
      onFocus={() => page.selectPane(tabKey, pane.key)}
    >
      {isSplit && (
        <PaneHead tabKey={tabKey} pane={pane} label={label} tone={words.tone} screen={screen} onFind={find} />
      )}
      <ScreenMenu label={label} screen={screen} view={view} isOver={session.isOver} onFind={find}>
        <div className="screen-box">
          <div className="screen" ref={element} data-terminal-id={terminalId} />
          {link !== undefined && (
            <p className="link-target">
              <Keys keys={[platform === 'mac' ? '⌘' : 'Ctrl']} /> click opens <ForeignName text={link} />
            </p>
          )}
          <Steps view={view} />
          <div className="over-screen">
            <LostBanners failure={failure} view={view} words={words} onRetry={retry} />
          </div>
        </div>
      </ScreenMenu>
      {finding !== undefined && screen !== undefined && (
        <FindBar
          finder={screen.find}
          wish={finding.wish}
          selection={finding.selection}
          onClose={() => {
            setFinding(undefined)
            screen.focus()
          }}
        />
      )}
      {isElsewhere && end === undefined && (
        <ElsewhereBanner
          onUse={() => {
            hold()
            screen?.focus()
          }}
        />
      )}
      <EphemeralBanners view={view} />
      {view !== undefined && !isElsewhere && <AskBanner view={view} onAnswered={() => screen?.focus()} />}
      {end !== undefined && (
        <EndBanner end={end} error={errorOf(pane, view)} words={words} view={view} onRestart={restart} />
      )}
      {paste !== undefined && <PasteQuestion paste={paste} label={label} onClose={endPaste} />}
      {isActive &&
        statusLine !== null &&
        createPortal(
          <>
            {/* The banner reports the end of the session. */}
            {end === undefined && <State words={words} detail="none" />}
            <span className="place">
              <EnvironmentHue name={pane.environmentName} kind={pane.environment.kind} />
              <ForeignName text={pane.environmentName} />
            </span>
            <ContainerPlace view={view} />
            <EphemeralNote view={view} />
            {size !== undefined && !areStepsShown(view) && (
              <span className="number">
                {size.cols} × {size.rows}
              </span>
            )}
            {view !== undefined && end === undefined && <CaptureNote view={view} />}
            {view?.state.kind === 'open' && <ForecastNote forecast={view.state} />}
            <span className="hint" role="status">
              {isTabForShell ? 'Leave the terminal' : 'Tab moves the focus. Back to the shell'}
              <Keys keys={LEAVE_KEYS} />
            </span>
          </>,
          statusLine,
        )}
    </div>
  )
}
