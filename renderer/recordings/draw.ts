// Draws a recording: asciinema-player without its controls, from memory. Loaded as a chunk of its own when a recording is first played.
//
// Owns the player and its element. The player gets plain events (cast.ts) and no address, so it fetches nothing. It draws text as text nodes:
// nothing in a recording becomes markup or a link.

import 'asciinema-player/dist/bundle/asciinema-player.css'
import './player.css'
import { create, type Recording as Played } from 'asciinema-player'
import type { Cast } from './cast'

/** A recording at its place. Times are ms from its start. */
export interface Drawing {
  play(): void
  pause(): void
  seek(at: number): void
  /** Where it is now. */
  at(): number
  dispose(): void
}

/** Where a drawing begins, and what it tells. */
export interface DrawingOptions {
  readonly startAt: number
  /** 2 is twice as fast. */
  readonly speed: number
  /** Whether it plays at once. */
  readonly isPlaying: boolean
  readonly onPlaying: (isPlaying: boolean) => void
  readonly onFailure: (error: unknown) => void
}

function playedOf({ cols, rows, events, durationMs }: Cast): Played {
  // A recording without output is played as an empty screen.
  const shown = events.length > 0 ? events : [[durationMs, 'o', ''] as const]
  return { cols, rows, events: shown.map(([at, kind, text]) => [at, kind, text]) }
}

/** The function that draws; loaded with its chunk. */
export type Draw = typeof draw

/** Draws into `element`. */
export function draw(cast: Cast, element: HTMLElement, options: DrawingOptions): Drawing {
  const { startAt, speed, isPlaying, onPlaying, onFailure } = options
  const player = create({ data: {}, parser: () => playedOf(cast) }, element, {
    autoPlay: isPlaying,
    preload: true,
    ...(isPlaying ? {} : { poster: `npt:${startAt / 1_000}` }),
    controls: false,
    fit: 'both',
    cursorMode: 'steady',
    keystrokeOverlay: false,
    startAt: startAt / 1_000,
    speed,
    theme: 'culvert',
    terminalFontFamily: 'var(--font-mono)',
    terminalLineHeight: 1.35,
  })
  let isDisposed = false
  const tell = (now: boolean) => (): void => {
    if (!isDisposed) onPlaying(now)
  }
  player.addEventListener('playing', tell(true))
  player.addEventListener('pause', tell(false))
  player.addEventListener('ended', tell(false))
  const watch = (done: Promise<unknown>): void => {
    done.catch((error: unknown) => {
      if (!isDisposed) onFailure(error)
    })
  }
  return {
    play: () => watch(player.play()),
    pause: () => watch(player.pause()),
    seek: (at) => watch(player.seek(at / 1_000)),
    at: () => player.getCurrentTime() * 1_000,
    dispose: () => {
      isDisposed = true
      player.dispose()
    },
  }
}
