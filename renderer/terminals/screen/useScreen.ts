// Joins a pane's screen and its terminal: output in, typing and answers out, and the size.
//
// The screen is opened once it is wanted, and gets the look from the settings; a pane without a terminal opens one in the size
// that fits. If several windows show a terminal, the one used last holds it. The others draw it in the holder's size and
// answer nothing.

import { useEffect, useRef, useState, type RefObject } from 'react'
import { toWireError } from '../../../shared/errors'
import type { TerminalSize, TerminalView } from '../../../shared/model/terminal'
import { defaultSettings, type Settings } from '../../../shared/settings'
import { usePage, usePageState } from '../../context'
import { isHeldElsewhere } from '../../store/holding'
import { beginReplay, endReplay, firstOffset } from './replaymark'
import type { Screen } from './screen'

const SKIPPED = 'Earlier output is not shown: this window did not get through it.'

/** A pane's session, as its screen needs it. */
export interface Session {
  /** The pane's key. */
  readonly key: string
  readonly terminalId: string | undefined
  readonly view: TerminalView | undefined
  /** Whether Enter opens a new session. */
  readonly isOver: boolean
  readonly isShown: boolean
}

/** Lines that a shell would run at once; `go` pastes them. */
export interface AskedPaste {
  readonly lines: readonly string[]
  readonly go: () => void
}

/** The state of the screen, as the pane shows it. */
export interface OpenedScreen {
  readonly screen: Screen | undefined
  readonly size: TerminalSize | undefined
  readonly failure: string | undefined
  readonly isTabForShell: boolean
  /** The address under the pointer. */
  readonly link: string | undefined
  readonly paste: AskedPaste | undefined
  readonly endPaste: () => void
  readonly isElsewhere: boolean
  /** Makes this window hold the terminal. */
  readonly hold: () => void
}

/** Opens a screen in `element` while `isWanted`, and joins it to the session. */
export function useScreen(element: RefObject<HTMLElement | null>, session: Session, isWanted: boolean): OpenedScreen {
  const page = usePage()
  const { key, terminalId, view, isShown } = session
  const isElsewhere = usePageState((state) => isHeldElsewhere(state, view))
  const look = usePageState((state) => state.snapshot?.settings) ?? defaultSettings
  const { terminalFont: family, terminalFontSize: fontSize, scrollbackLines } = look
  const [screen, setScreen] = useState<Screen | undefined>(undefined)
  const [size, setSize] = useState<TerminalSize | undefined>(undefined)
  const [failure, setFailure] = useState<string | undefined>(undefined)
  const [isTabForShell, setTabForShell] = useState(true)
  const [link, setLink] = useState<string | undefined>(undefined)
  const [paste, setPaste] = useState<AskedPaste | undefined>(undefined)

  const hold = (on: Screen | undefined = screen): void => {
    if (on === undefined || terminalId === undefined) return
    void page.hold(terminalId, on.fitting).then((offset) => on.answered(offset))
  }
  // Read by the screen's handlers, which outlive the render that made them.
  const latest = useRef({ session, isElsewhere, hold, look })
  useEffect(() => {
    latest.current = { session, isElsewhere, hold, look }
  })

  useEffect(() => {
    const container = element.current
    if (container === null || !isWanted) return
    let isGone = false
    let opened: Screen | undefined
    const holdHere = (): void => {
      const { isElsewhere: isAway, hold: take } = latest.current
      if (isAway) take(opened)
    }
    const open = async (): Promise<void> => {
      const { openScreen } = await import('./screen')
      const made = await openScreen(container, {
        typed: (text) => {
          const { isOver, terminalId: id } = latest.current.session
          if (isOver) {
            if (text === '\r' && opened !== undefined) page.askToRestart(key, opened.size)
          } else if (id !== undefined) {
            holdHere()
            page.write(id, text)
          }
        },
        answered: (text, offset) => {
          const { terminalId: id } = latest.current.session
          if (id !== undefined) page.answer(id, offset, text)
        },
        resized: (now) => {
          setSize(now)
          const { terminalId: id } = latest.current.session
          if (id !== undefined && !latest.current.isElsewhere) page.resize(id, now)
        },
        focused: holdHere,
        tabMoved: setTabForShell,
        link: { pointed: setLink, open: (target) => void window.open(target, '_blank', 'noopener,noreferrer') },
        askPaste: (lines, go) => setPaste({ lines, go }),
        replayed: () => {
          const { terminalId: id } = latest.current.session
          if (id !== undefined) endReplay(id)
        },
      })
      if (isGone) {
        made.dispose()
        return
      }
      opened = made
      // Before its size is read, because the font decides it.
      dress(made, latest.current.look)
      setScreen(made)
      setSize(made.size)
      // After the fit: the shell's first message must contain the right size.
      if (latest.current.session.terminalId === undefined) await page.openTerminal(key, made.size)
    }
    open().catch((error: unknown) => setFailure(toWireError(error).message))
    return () => {
      isGone = true
      opened?.dispose()
    }
  }, [element, key, page, isWanted])

  useEffect(() => {
    if (screen === undefined || terminalId === undefined) return
    // The person is using this window. Before the replay, so that late answers of an earlier page of this window are dropped.
    if (document.hasFocus()) latest.current.hold(screen)
    // The element may have changed its size while the session was being opened.
    else page.resize(terminalId, screen.size)
    const from = firstOffset(terminalId)
    if (from > 0) screen.say(SKIPPED)
    const { output } = screen
    const replay: typeof output.replay = (endOffset, answeredOffset) => {
      beginReplay(terminalId, endOffset)
      output.replay(endOffset, answeredOffset)
    }
    const detach = page.output.attach(terminalId, { ...output, replay }, from)
    const leave = (): void => endReplay(terminalId)
    window.addEventListener('pagehide', leave)
    return () => {
      window.removeEventListener('pagehide', leave)
      leave()
      detach()
    }
  }, [screen, terminalId, page])

  useEffect(() => {
    if (screen !== undefined) dress(screen, { terminalFont: family, terminalFontSize: fontSize, scrollbackLines })
  }, [screen, family, fontSize, scrollbackLines])

  const isFree = view !== undefined && view.heldBy === undefined
  useEffect(() => {
    if (isFree && isShown) latest.current.hold(screen)
  }, [isFree, isShown, screen])

  const { cols = 0, rows = 0 } = isElsewhere && view !== undefined ? view.size : {}
  useEffect(() => {
    screen?.setSize(cols > 0 ? { cols, rows } : undefined)
  }, [screen, cols, rows])

  return {
    screen,
    size,
    failure,
    isTabForShell,
    link,
    paste,
    endPaste: () => setPaste(undefined),
    isElsewhere,
    hold: () => hold(),
  }
}

/** Applies the terminal settings to a screen. */
function dress(screen: Screen, look: Pick<Settings, 'terminalFont' | 'terminalFontSize' | 'scrollbackLines'>): void {
  screen.setFont({ family: look.terminalFont, size: look.terminalFontSize })
  screen.setScrollback(look.scrollbackLines)
}
