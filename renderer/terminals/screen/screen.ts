// One xterm.js screen in an element: sized to fit it and coloured by the tokens; its size is in data-cols and data-rows.
//
// A separate chunk: xterm is most of the page's size and is loaded with the first terminal. Owns the xterm instance and its
// observers until `dispose`. guard.ts limits the output, answers.ts handles its queries.

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

/** The number of lines above the screen. */
const SCROLLBACK_LINES = 10_000

const FONT = '"JetBrains Mono Variable"'
const FONT_SIZE = 13

/** Character widths of Unicode 15, one character at a time, as shells and their line editors count them. */
const WIDTHS = '15'

/** The callbacks of a screen. */
export interface ScreenHandlers {
  typed(text: string): void
  /** The screen's answers to the output that ends at `offset`. */
  answered(text: string, offset: number): void
  resized(size: TerminalSize): void
  /** The screen received the keyboard focus. */
  focused(): void
  /** Ctrl+Shift+M was pressed: tells whether Tab now goes to the shell, or moves the focus. */
  tabMoved(isForShell: boolean): void
  readonly link: LinkHandlers
  readonly askPaste: AskPaste
  /** All replayed output is drawn. */
  replayed(): void
}

/** A screen that output can be written to. */
export interface Screen {
  readonly size: TerminalSize
  /** The size that fits into the element now. */
  readonly fitting: TerminalSize
  readonly output: OutputSink
  /** Queries in the output up to byte `offset` are answered. */
  answered(offset: number): void
  /** Prints a text that is not output of the shell. */
  say(text: string): void
  /** Types a text as if pasted: without control characters, and after confirmation if a shell would run it at once. */
  paste(text: string): void
  focus(): void
  /** Fits the screen to the element after it was hidden; no effect while a size is set. */
  fit(): void
  /** Keeps this size whatever the element's size is; undefined: fits it again. */
  setSize(size: TerminalSize | undefined): void
  /** The selected text; "" for none. */
  readonly selection: string
  readonly find: Finder
  /** Clears the scrollback and all of the screen except the cursor's line. */
  clear(): void
  /** All of its text, including the scrollback. */
  text(): string
  /** Changes the font and fits again. `family` "": the built-in font. */
  setFont(font: { readonly family: string; readonly size: number }): void
  setScrollback(lines: number): void
  dispose(): void
}

/**
 * Opens a screen in `element`, already fitted. Resolves once the font is loaded, because the font decides the size; without
 * the font a fallback is used.
 */
export async function openScreen(element: HTMLElement, handlers: ScreenHandlers): Promise<Screen> {
  await Promise.allSettled([
    document.fonts.load(`${FONT_SIZE}px ${FONT}`),
    document.fonts.load(`bold ${FONT_SIZE}px ${FONT}`),
  ])
  const terminal = new Terminal({
    // Unicode widths and the marks of matches need xterm's proposed API.
    allowProposedApi: true,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--font-mono').trim(),
    fontSize: FONT_SIZE,
    // No extra line spacing: the frames that tmux and vim draw have no gaps.
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
  // onBinary is not used: mouse reports in the oldest encoding contain bytes above 127, and the contract carries text.
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
        // Without anything to draw, the end of drawing is never reported.
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

/** Keys that the page handles instead of the shell. */
function takeKeys(terminal: Terminal, handlers: ScreenHandlers): void {
  const copy = (): void => {
    // If the page may not write to the clipboard, the browser's menu still can.
    navigator.clipboard.writeText(terminal.getSelection()).catch(() => undefined)
  }
  // The shell gets Tab, but a person without a pointer must be able to leave: Ctrl+Shift+M gives Tab to the page, and back.
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
    // The browser pastes by itself; the paste event is handled in paste.ts.
    if (event.ctrlKey && event.shiftKey && event.code === 'KeyV') return false
    return isTabOurs || event.key !== 'Tab'
  })
}
