// One xterm.js screen in an element: fitted to it, coloured by the tokens, told to the element as data-cols/data-rows.
//
// A chunk of its own: xterm is most of the page's weight and is loaded with the first terminal. Owns the xterm instance
// and its observers until `dispose`.

import '@xterm/xterm/css/xterm.css'
import { FitAddon } from '@xterm/addon-fit'
import { Terminal, type ITheme } from '@xterm/xterm'
import { Feed } from './feed'
import type { Size } from '../store/tabs'

/** What is kept above the screen. */
const SCROLLBACK_LINES = 5_000

const FONT = '"JetBrains Mono Variable"'
const FONT_SIZE = 13

/** What a screen tells. */
export interface ScreenHandlers {
  typed(text: string): void
  resized(size: Size): void
  /** Ctrl+Shift+M was pressed: whether Tab goes to the shell, or moves the focus. */
  tabMoved(isForShell: boolean): void
}

/** A screen that bytes can be written to. */
export interface Screen {
  readonly size: Size
  write(bytes: Uint8Array): void
  focus(): void
  /** Takes the size of the element again, after it was hidden. */
  fit(): void
  dispose(): void
}

/** The theme as the tokens say now; they differ between light and dark. */
function readTheme(): ITheme {
  const style = getComputedStyle(document.documentElement)
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  return {
    black: token('ansi-black'),
    red: token('ansi-red'),
    green: token('ansi-green'),
    yellow: token('ansi-yellow'),
    blue: token('ansi-blue'),
    magenta: token('ansi-magenta'),
    cyan: token('ansi-cyan'),
    white: token('ansi-white'),
    brightBlack: token('ansi-bright-black'),
    brightRed: token('ansi-bright-red'),
    brightGreen: token('ansi-bright-green'),
    brightYellow: token('ansi-bright-yellow'),
    brightBlue: token('ansi-bright-blue'),
    brightMagenta: token('ansi-bright-magenta'),
    brightCyan: token('ansi-bright-cyan'),
    brightWhite: token('ansi-bright-white'),
    background: token('term-background'),
    foreground: token('term-foreground'),
    cursor: token('term-cursor'),
    cursorAccent: token('term-background'),
    selectionBackground: token('term-selection'),
  }
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
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--font-mono').trim(),
    fontSize: FONT_SIZE,
    lineHeight: 1.35,
    scrollback: SCROLLBACK_LINES,
    minimumContrastRatio: 4.5,
    cursorBlink: false,
    theme: readTheme(),
  })
  const fitting = new FitAddon()
  terminal.loadAddon(fitting)
  terminal.open(element)

  const tell = (): void => {
    element.dataset['cols'] = String(terminal.cols)
    element.dataset['rows'] = String(terminal.rows)
  }
  const fit = (): void => {
    // A hidden element has no size; fitting to it would shrink the shell to a few columns.
    if (element.clientWidth > 0 && element.clientHeight > 0) fitting.fit()
  }
  fit()
  tell()
  terminal.onResize(({ cols, rows }) => {
    tell()
    handlers.resized({ cols, rows })
  })
  // Not onBinary: mouse reports in the oldest encoding are bytes above 127, and the contract carries text.
  terminal.onData((text) => handlers.typed(text))
  const copy = (): void => {
    // Refused where the page may not write to the clipboard: then the menu of the browser still can.
    navigator.clipboard.writeText(terminal.getSelection()).catch(() => undefined)
  }
  // The shell wants Tab; somebody without a pointer must get out nonetheless. Ctrl+Shift+M gives Tab to the page and back.
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
    // The browser pastes by itself, and xterm takes what is pasted.
    if (event.ctrlKey && event.shiftKey && event.code === 'KeyV') return false
    return isTabOurs || event.key !== 'Tab'
  })
  const feed = new Feed((bytes, done) => terminal.write(bytes, done))
  const observer = new ResizeObserver(fit)
  observer.observe(element)
  const scheme = matchMedia('(prefers-color-scheme: dark)')
  const recolour = (): void => {
    terminal.options.theme = readTheme()
  }
  scheme.addEventListener('change', recolour)
  // A person may also choose the theme.
  const chosen = new MutationObserver(recolour)
  chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] })

  return {
    get size() {
      return { cols: terminal.cols, rows: terminal.rows }
    },
    write: (bytes) => feed.push(bytes),
    focus: () => terminal.focus(),
    fit,
    dispose: () => {
      observer.disconnect()
      scheme.removeEventListener('change', recolour)
      chosen.disconnect()
      terminal.dispose()
    },
  }
}
