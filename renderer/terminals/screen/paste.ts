// Pastes text into a shell: harmless characters only, and no lines are run without confirmation.
//
// A text can contain the end of a bracketed paste (`ESC[201~`) and other keys, which a shell would obey. So all control
// characters except tabs and line ends are removed before xterm.js gets the text. A shell without bracketed paste runs each
// line as it arrives: then several lines are shown for confirmation first. Pure, except for the listener.

import type { Terminal } from '@xterm/xterm'

// C0 except tab, LF and CR; DEL; C1.
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/g

/** The text without control characters; tabs and line ends stay. */
export function cleanPaste(text: string): string {
  return text.replaceAll(CONTROLS, '')
}

/** The lines that a shell would run, if there are several; the last one may lack its line end. */
export function linesOf(text: string): readonly string[] {
  return text.replace(/[\r\n]+$/, '').split(/\r\n|\r|\n/)
}

/** Asks the person about lines that a shell would run at once, and calls `go` if they confirm. */
export type AskPaste = (lines: readonly string[], go: () => void) => void

/** Sends text to the terminal as a paste. */
export function pasteInto(terminal: Terminal, text: string, ask: AskPaste): void {
  const clean = cleanPaste(text)
  if (clean === '') return
  const lines = linesOf(clean)
  const paste = (): void => terminal.paste(clean)
  if (lines.length === 1 || terminal.modes.bracketedPasteMode) paste()
  else ask(lines, paste)
}

/** Handles pastes into `element` before xterm.js does; returns the stop. */
export function catchPaste(element: HTMLElement, pasted: (text: string) => void): () => void {
  const take = (event: ClipboardEvent): void => {
    event.preventDefault()
    event.stopImmediatePropagation()
    pasted(event.clipboardData?.getData('text/plain') ?? '')
  }
  element.addEventListener('paste', take, { capture: true })
  return () => element.removeEventListener('paste', take, { capture: true })
}
