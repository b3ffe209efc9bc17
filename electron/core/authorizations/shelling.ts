// A shell that a holder opens for an attending command: its output goes out in frames, typed bytes and sizes come in.
//
// The session begins with the size that the command tells first. Typed bytes that the session does not take are bounded: then reading
// from the command pauses.

import type { Readable } from 'node:stream'
import { deferred } from '../../../shared/deferred'
import type { TerminalSize } from '../../../shared/model/terminal'
import { unlessAborted } from '../async/aborting'
import type { Shell } from '../sessions/shell'
import { aboutOf } from './about'
import type { Opened, OpenOptions } from './attended'
import { encodeFrames, FrameKind, type Frame } from './line/frames'
import type { Line } from './line/line'
import { readAttendantWord } from './line/words'

/** More than a person types or pastes during an outage. */
const MAX_PENDING_BYTES = 1_048_576

/** Reads what the attending command sends: sizes, and bytes to type. */
class Typing {
  readonly #line: Line
  readonly #size = deferred<TerminalSize>()
  #shell: Shell | undefined
  #pendingBytes = 0

  constructor(line: Line) {
    this.#line = line
    line.listen((frame) => this.#take(frame))
  }

  /** Resolves with the size that is told first. */
  get firstSize(): Promise<TerminalSize> {
    return this.#size.promise
  }

  /** Types into `shell` from now on. */
  into(shell: Shell): void {
    this.#shell = shell
  }

  #take({ kind, bytes }: Frame): void {
    if (kind === FrameKind.word) {
      const { cols, rows } = readAttendantWord(bytes)
      this.#size.resolve({ cols, rows })
      this.#shell?.resize({ cols, rows })
    }
    if (kind === FrameKind.input && this.#shell !== undefined) this.#type(this.#shell, bytes)
  }

  #type(shell: Shell, bytes: Buffer): void {
    this.#pendingBytes += bytes.length
    if (this.#pendingBytes > MAX_PENDING_BYTES) this.#line.pause()
    // A shell that has ended takes no more bytes; how it ended is told by `ended`.
    const taken = (): void => {
      this.#pendingBytes -= bytes.length
      if (this.#pendingBytes <= MAX_PENDING_BYTES) this.#line.resume()
    }
    shell.write(bytes).then(taken, taken)
  }
}

async function pour(from: Readable, kind: FrameKind, line: Line): Promise<void> {
  for await (const chunk of from) {
    if (chunk instanceof Uint8Array) await line.send(encodeFrames(kind, chunk))
  }
}

/** Opens the shell once the command has told its size. Rejects as `openShell` does. */
export async function attendShell({ authorization, environment, line, tell, signal }: OpenOptions): Promise<Opened> {
  const { target, document, reason, expiresAt, connectionLimit = null } = authorization
  const typing = new Typing(line)
  const first = Promise.race([typing.firstSize, line.closed.then(() => undefined)])
  const size = await unlessAborted(first, signal)
  signal.throwIfAborted()
  const shell = await environment.openShell({
    target: target.id,
    platform: target.platform,
    about: aboutOf(authorization),
    ...(document === undefined ? {} : { document }),
    ...(reason === undefined ? {} : { reason }),
    ...(size === undefined ? {} : { size }),
    onResuming: (progress) => {
      if (progress?.attempt === 1) tell(`The connection is lost (${progress.cause.message}); reconnecting.`)
    },
    signal,
  })
  typing.into(shell)
  const printed = Promise.allSettled([
    pour(shell.output, FrameKind.output, line),
    pour(shell.stderr, FrameKind.errors, line),
  ])
  // The last output leaves before the last word.
  const ended = async (): Promise<string> => {
    await printed
    return (await shell.ended).text
  }
  return {
    word: {
      kind: 'shell',
      platform: target.platform,
      connectionLimit,
      expiresAt,
      sessionId: shell.sessionId,
    },
    ended: ended(),
    [Symbol.asyncDispose]: () => shell[Symbol.asyncDispose](),
  }
}
