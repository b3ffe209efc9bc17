// Remembers over reloads of this window up to where a terminal's output cannot be drawn.
//
// Output can be made to keep a page busy for very long. A page that is closed or reloaded by force while it draws leaves its
// mark, and from then on this window begins behind that output. A page that can still say goodbye takes its marks with it.

const DRAWING = 'culvert.drawing.'
const SKIPPED = 'culvert.skipped.'

function read(key: string): number | undefined {
  try {
    const text = sessionStorage.getItem(key)
    const offset = Number(text)
    return text === null || !Number.isSafeInteger(offset) || offset < 0 ? undefined : offset
  } catch {
    // No storage: nothing is remembered.
    return undefined
  }
}

function write(key: string, offset: number | undefined): void {
  try {
    if (offset === undefined) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, String(offset))
  } catch {
    // No storage: nothing is remembered.
  }
}

/** The offset at which this window begins to draw a terminal: 0, or behind what an earlier page did not get through. */
export function firstOffset(terminalId: string): number {
  const left = read(DRAWING + terminalId)
  if (left === undefined) return read(SKIPPED + terminalId) ?? 0
  write(DRAWING + terminalId, undefined)
  write(SKIPPED + terminalId, left)
  return left
}

/** The earlier output up to `endOffset` is being drawn. */
export function beginReplay(terminalId: string, endOffset: number): void {
  write(DRAWING + terminalId, endOffset)
}

/** It is drawn, or the page leaves while it can. */
export function endReplay(terminalId: string): void {
  write(DRAWING + terminalId, undefined)
}
