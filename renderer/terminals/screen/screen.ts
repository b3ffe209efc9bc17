// One xterm.js screen in an element: fitted to it, coloured by the tokens, told to the element as data-cols/data-rows.
//
// A chunk of its own: xterm is most of the page's weight and is loaded with the first terminal. Owns the xterm instance
// and its observers until `dispose`. What output may do is in guard.ts, what it asks in answers.ts.

import '@xterm/xterm/css/xterm.css'
import { FitAddon } from '@xterm/addon-fit'
import { UnicodeGraphemesAddon } from '@xterm/addon-unicode-graphemes'
import { Terminal } from '@xterm/xterm'
import { fontFamily } from '../../fonts'
import type { OutputSink } from '../output'
import type { TerminalSize } from '../../../shared/model/terminal'
import { Answers } from './answers'
import { steerWheel, textOf } from './bufferparts'
import { Feed } from './feed'
import { createFinder, type Finder } from './find'
import { OutputGuard } from './guard'
import { addLinks, type LinkHandlers } from './links'
import { catchPaste, pasteInto, type AskPaste } from './paste'
import { readTheme, watchTheme } from './theme'

/** What is kept above the screen. */
const SCROLLBACK_LINES = 10_000

const FONT = '"JetBrains Mono Variable"'
const FONT_SIZE = 13

/** The widths of Unicode 15, one character at a time: as shells and their line editors count them. */
const WIDTHS = '15'

/** What a screen tells. */
export interface ScreenHandlers {
  typed(text: string): void
  /** What the screen answers to the output that ends at `offset`. */
  answered(text: string, offset: number): void
  resized(size: TerminalSize): void
  /** The keyboard came to the screen. */
  focused(): void
  /** Ctrl+Shift+M was pressed: whether Tab goes to the shell, or moves the focus. */
  tabMoved(isForShell: boolean): void
  readonly link: LinkHandlers
  readonly askPaste: AskPaste
  /** All output that a replay has brought is drawn. */
  replayed(): void
}

/** A screen that output can be written to. */
export interface Screen {
  readonly size: TerminalSize
  /** What fits into the element now. */
  readonly fitting: TerminalSize
  readonly output: OutputSink
  /** Queries in the output up to byte `offset` have their answer. */
  answered(offset: number): void
  /** Says something that is no output. */
  say(text: string): void
  /** Types a text as if it was pasted: cleaned, and asked about where it would run at once. */
  paste(text: string): void
  focus(): void
  /** Takes the size of the element again, after it was hidden; no effect on a size that was set. */
  fit(): void
  /** Keeps this size whatever the element's is; undefined: fits again. */
  setSize(size: TerminalSize | undefined): void
  /** The selected text; "" without a selection. */
  readonly selection: string
  readonly find: Finder
  /** Forgets what has scrolled out and all of the screen but the line of the cursor. */
  clear(): void
  /** All of its text, with what has scrolled out. */
  text(): string
  /** Takes another font and fits again. `family` "": the one that comes with Culvert. */
  setFont(font: { readonly family: string; readonly size: number }): void
  setScrollback(lines: number): void
  dispose(): void
}

/**
 * Opens a screen in `element`, already fitted. Resolves once the font is there, because the font decides the size;
 * without the font the next best one is taken.
 */
export async function openScreen(element: HTMLElement, handlers: ScreenHandlers): Promise<Screen> {
  await Promise.allSettled([
    document.fonts.load(`${FONT_SIZE}px ${FONT}`),
    document.fonts.load(`bold ${FONT_SIZE}px ${FONT}`),
  ])
  const terminal = new Terminal({
    // The widths of Unicode and the marks of matches are of the proposed interface.
    allowProposedApi: true,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--font-mono').trim(),
    fontSize: FONT_SIZE,
    // The font's own height: frames of tmux and vim are whole.
    lineHeight: 1,
    scrollback: SCROLLBACK_LINES,
    minimumContrastRatio: 4.5,
    cursorBlink: false,
    theme: readTheme(),
  })
  const fitting = new FitAddon()
  terminal.loadAddon(fitting)
  terminal.loadAddon(new UnicodeGraphemesAddon())
  terminal.unicode.activeVersion = WIDTHS
  addLinks(terminal, handlers.link)
  terminal.open(element)
  const sizeNow = (): TerminalSize => ({ cols: terminal.cols, rows: terminal.rows })
  const style = getComputedStyle(document.documentElement)
  const find = createFinder(terminal, (token) => style.getPropertyValue(`--${token}`).trim())
  steerWheel(terminal)

  const tell = (): void => {
    element.dataset['cols'] = String(terminal.cols)
    element.dataset['rows'] = String(terminal.rows)
  }
  let fixed: TerminalSize | undefined
  const fit = (): void => {
    if (fixed !== undefined) terminal.resize(fixed.cols, fixed.rows)
    // A hidden element has no size; fitting to it would shrink the shell to a few columns.
    else if (element.clientWidth > 0 && element.clientHeight > 0) fitting.fit()
  }
  fit()
  tell()
  terminal.onResize(() => {
    tell()
    handlers.resized(sizeNow())
  })
  const answers = new Answers(terminal, (text, offset) => handlers.answered(text, offset))
  // Not onBinary: mouse reports in the oldest encoding are bytes above 127, and the contract carries text.
  terminal.onData((text) => {
    if (!answers.takes(text)) handlers.typed(text)
  })
  const guard = new OutputGuard(sizeNow)
  const feed = new Feed((piece, done) => {
    if (piece.isNote) guard.reset()
    answers.begin(piece)
    terminal.write(guard.push(piece.bytes), () => {
      const wasReplaying = answers.isReplaying
      answers.end()
      if (wasReplaying && !answers.isReplaying) handlers.replayed()
      done()
    })
  })
  takeKeys(terminal, handlers)
  const paste = (text: string): void => pasteInto(terminal, text, handlers.askPaste)
  const endPaste = catchPaste(element, paste)
  const observer = new ResizeObserver(fit)
  observer.observe(element)
  const endTheme = watchTheme(() => {
    terminal.options.theme = readTheme()
  })
  const focused = (): void => handlers.focused()
  element.addEventListener('focusin', focused)

  return {
    get size() {
      return sizeNow()
    },
    get fitting() {
      return fitting.proposeDimensions() ?? sizeNow()
    },
    output: {
      replay: (endOffset, answeredOffset) => {
        answers.replay(endOffset, answeredOffset)
        // With nothing to draw there is no end of drawing.
        if (!answers.isReplaying) handlers.replayed()
      },
      take: (bytes, endOffset) => feed.push(bytes, endOffset, answers.answeredOffset),
      missed: (count, endOffset) => feed.note(`${count} bytes of earlier output are no longer kept`, endOffset),
    },
    answered: (offset) => answers.answered(offset),
    say: (text) => feed.note(text, 0),
    paste,
    focus: () => terminal.focus(),
    fit,
    get selection() {
      return terminal.getSelection()
    },
    find,
    clear: () => terminal.clear(),
    text: () => textOf(terminal),
    setFont: ({ family, size }) => {
      terminal.options.fontFamily = fontFamily(family, style.getPropertyValue('--font-mono').trim())
      terminal.options.fontSize = size
      fit()
    },
    setScrollback: (lines) => {
      terminal.options.scrollback = lines
    },
    setSize: (size) => {
      fixed = size
      fit()
    },
    dispose: () => {
      observer.disconnect()
      endTheme()
      endPaste()
      element.removeEventListener('focusin', focused)
      answers.dispose()
      terminal.dispose()
    },
  }
}

/** Keys that are ours, not the shell's. */
function takeKeys(terminal: Terminal, handlers: ScreenHandlers): void {
  const copy = (): void => {
    // Refused where the page may not write to the clipboard: then the menu of the browser still can.
    navigator.clipboard.writeText(terminal.getSelection()).catch(() => undefined)
  }
  // The shell gets Tab, but a person without a pointer must be able to leave: Ctrl+Shift+M gives Tab to the page and back.
  let isTabOurs = true
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.ctrlKey && event.shiftKey && event.code === 'KeyM') {
      event.preventDefault()
      if (event.type === 'keydown') {
        isTabOurs = !isTabOurs
        handlers.tabMoved(isTabOurs)
      }
      return false
    }
    const isCopyKey = event.ctrlKey && event.shiftKey && event.code === 'KeyC'
    if (isCopyKey && terminal.hasSelection()) {
      event.preventDefault()
      if (event.type === 'keydown') copy()
      return false
    }
    // The browser pastes by itself; the pasted text is caught before xterm.js gets it.
    if (event.ctrlKey && event.shiftKey && event.code === 'KeyV') return false
    return isTabOurs || event.key !== 'Tab'
  })
}
