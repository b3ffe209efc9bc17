// The wheel over a full-screen program (less, man, vim): it gets as many arrow keys per notch as other terminals send.

/** Lines per notch. xterm.js sends one. Source: VTE, Konsole and Windows Terminal send three. */
const LINES_PER_NOTCH = 3

/** Larger movements count as notches of a wheel, smaller ones as a trackpad's; browsers report 53 to 120 for one notch. */
const NOTCH_PIXELS = 50
const PIXELS_PER_NOTCH = 120

/** A wheel movement; a browser's event fits. `deltaMode`: 0 in pixels, 1 in lines, 2 in pages. */
export interface WheelMove {
  readonly deltaY: number
  readonly deltaMode: number
}

/** Converts wheel movements to lines. Keeps the fraction of a line that a slow trackpad has moved so far. */
export class WheelLines {
  #rest = 0

  /**
   * The lines of one movement, negative for up. `rowPixels` is the height of a line, `rows` the height of the screen in lines.
   */
  take({ deltaY, deltaMode }: WheelMove, { rowPixels, rows }: { rowPixels: number; rows: number }): number {
    if (deltaMode === 1) return Math.round(deltaY)
    if (deltaMode === 2) return Math.round(deltaY) * rows
    if (Math.abs(deltaY) >= NOTCH_PIXELS) {
      this.#rest = 0
      return Math.sign(deltaY) * Math.max(1, Math.round(Math.abs(deltaY) / PIXELS_PER_NOTCH)) * LINES_PER_NOTCH
    }
    // When the direction changes, the remaining fraction of the other direction is dropped.
    if (this.#rest * deltaY < 0) this.#rest = 0
    this.#rest += deltaY / Math.max(1, rowPixels)
    const lines = Math.trunc(this.#rest) + 0
    this.#rest -= lines
    return lines
  }
}

/** The arrow keys for a number of lines. */
export function arrowKeys(lines: number, isApplicationMode: boolean): string {
  const key = `\u001B${isApplicationMode ? 'O' : '['}${lines < 0 ? 'A' : 'B'}`
  return key.repeat(Math.abs(lines))
}
