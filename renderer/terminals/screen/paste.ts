// Pasted text on its way to a shell: harmless characters only, and no line is run unseen.
//
// A text can hold the end of bracketed paste (`ESC[201~`) and other keys, which a shell would obey. So all controls but tab and
// the ends of lines are taken out before xterm.js sees the text. A shell without bracketed paste runs each line as it comes:
// then several lines are shown first. Pure, but for the listener.

import type { Terminal } from '@xterm/xterm'

// C0 but tab, LF and CR; DEL; C1.
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/g

/** The text without controls; tabs and the ends of lines stay. */
export function cleanPaste(text: string): string {
  return text.replaceAll(CONTROLS, '')
}

/** The lines that a shell would run, if there are several; the end of the last one may be missing. */
export function linesOf(text: string): readonly string[] {
  return text.replace(/[\r\n]+$/, '').split(/\r\n|\r|\n/)
}

/** Asks a person about lines that a shell would run at once, and calls `go` if they are wanted. */
export type AskPaste = (lines: readonly string[], go: () => void) => void

/** Gives text to the terminal as a paste. */
export function pasteInto(terminal: Terminal, text: string, ask: AskPaste): void {
  const clean = cleanPaste(text)
  if (clean === '') return
  const lines = linesOf(clean)
  const paste = (): void => terminal.paste(clean)
  if (lines.length === 1 || terminal.modes.bracketedPasteMode) paste()
  else ask(lines, paste)
}

/** Takes text that is pasted into `element` before xterm.js gets it; returns the function that stops this. */
export function catchPaste(element: HTMLElement, pasted: (text: string) => void): () => void {
  const take = (event: ClipboardEvent): void => {
    event.preventDefault()
    event.stopImmediatePropagation()
    pasted(event.clipboardData?.getData('text/plain') ?? '')
  }
  element.addEventListener('paste', take, { capture: true })
  return () => element.removeEventListener('paste', take, { capture: true })
}
