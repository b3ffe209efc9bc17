// Reading an xterm terminal's text and handling its wheel. Part of xterm's chunk.

import type { Terminal } from '@xterm/xterm'
import { arrowKeys, WheelLines } from './wheel'

/** The whole text including the scrollback: lines as printed, without the blank ones at the end. */
export function textOf(terminal: Terminal): string {
  const { active } = terminal.buffer
  const lines: string[] = []
  for (let y = 0; y < active.length; y += 1) {
    const line = active.getLine(y)
    if (line === undefined) continue
    // A line that continues in the next row keeps its trailing blanks.
    const isContinued = active.getLine(y + 1)?.isWrapped === true
    const text = line.translateToString(!isContinued)
    if (line.isWrapped && lines.length > 0) lines.push((lines.pop() ?? '') + text)
    else lines.push(text)
  }
  const last = lines.findLastIndex((line) => line !== '')
  return lines
    .slice(0, last + 1)
    .map((line) => `${line}\n`)
    .join('')
}

/** Sends arrow keys for the wheel to a full-screen program. A program that uses the mouse gets mouse events, as before. */
export function steerWheel(terminal: Terminal): void {
  const lines = new WheelLines()
  terminal.attachCustomWheelEventHandler((event) => {
    const { buffer, modes, rows, element } = terminal
    if (buffer.active.type !== 'alternate' || modes.mouseTrackingMode !== 'none') return true
    if (event.ctrlKey || event.shiftKey || event.deltaY === 0) return true
    const rowPixels = (element?.querySelector('.xterm-screen')?.clientHeight ?? 0) / rows
    const keys = arrowKeys(lines.take(event, { rowPixels, rows }), modes.applicationCursorKeysMode)
    if (keys !== '') terminal.input(keys)
    event.preventDefault()
    return false
  })
}
