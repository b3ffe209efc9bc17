// Remembers across reloads of this window the offset up to which a terminal's output could not be drawn.
//
// Some output keeps a page busy for very long. A page that is closed or reloaded by force while it draws leaves its mark, and
// from then on this window starts after that output. A page that closes normally removes its marks.

const DRAWING = 'culvert.drawing.'
const SKIPPED = 'culvert.skipped.'

function read(key: string): number | undefined {
  try {
    const text = sessionStorage.getItem(key)
    const offset = Number(text)
    return text === null || !Number.isSafeInteger(offset) || offset < 0 ? undefined : offset
  } catch {
    // Storage is blocked: nothing is remembered.
    return undefined
  }
}

function write(key: string, offset: number | undefined): void {
  try {
    if (offset === undefined) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, String(offset))
  } catch {
    // Storage is blocked: nothing is remembered.
  }
}

/** The offset at which this window starts to draw a terminal: 0, or after the output that an earlier page could not finish. */
export function firstOffset(terminalId: string): number {
  const left = read(DRAWING + terminalId)
  if (left === undefined) return read(SKIPPED + terminalId) ?? 0
  write(DRAWING + terminalId, undefined)
  write(SKIPPED + terminalId, left)
  return left
}

/** Marks the output up to `endOffset` as being drawn. */
export function beginReplay(terminalId: string, endOffset: number): void {
  write(DRAWING + terminalId, endOffset)
}

/** Removes the mark: the output is drawn, or the page closes normally. */
export function endReplay(terminalId: string): void {
  write(DRAWING + terminalId, undefined)
}
