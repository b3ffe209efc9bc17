// What local programs do through a tunnel while it suffers: each byte is checked, and each end is either whole or a reset.
//
//   up     files to port 9000, which answers with their SHA-256        echo    numbered messages, one after the other
//   down   files from port 9001, compared byte by byte                 burst   a hundred short connections at once
//   idle   nothing: the service ends such sessions
//
// An agent that does not multiplex does not tell when the destination hangs up. There a program reads what it is owed and closes.

import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { sourceBytes } from '../../electron/simulator/world/bytesource'

/** What a tunnel carries, and the remote port that takes it. */
export const WORKLOADS = { up: 9_000, down: 9_001, echo: 7, burst: 7, idle: 7 } as const

/** One of them. */
export type Workload = keyof typeof WORKLOADS

const MIN_FILE_BYTES = 50_000
const MAX_FILE_BYTES = 600_000
const BURST = 100
const MAX_MESSAGE_BYTES = 3_000
/** Messages of the longest conversation; short ones where what happens between two connections matters most. */
const CONVERSATION = 150
const BASIC_CONVERSATION = 40
/** What a program that leaves early has sent, and reads the beginning of. */
const UNREAD_BYTES = 60_000

/** What one tunnel's programs have seen. */
export interface Outcome {
  /** Connections that ended whole, and bytes that they carried. */
  whole: number
  bytes: number
  resets: number
  readonly violations: string[]
  /** Told of each reset and each violation. */
  readonly note: (line: string) => void
}

class Reset extends Error {}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

/** A local program's end of a connection: reads with a promise, and tells resets from everything else. */
class Program {
  readonly #socket: Socket
  readonly #chunks: Buffer[] = []
  #isEnded = false
  #failure: Error | undefined
  #wake: () => void = () => undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk)
      this.#wake()
    })
    socket.on('end', () => {
      this.#isEnded = true
      this.#wake()
    })
    socket.on('error', (error) => {
      const isReset = ['ECONNRESET', 'EPIPE'].includes(codeOf(error))
      this.#failure = isReset ? new Reset() : error
      this.#wake()
    })
    socket.on('close', () => {
      this.#failure ??= this.#isEnded ? undefined : new Reset()
      this.#wake()
    })
  }

  static async open(port: number): Promise<Program> {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
    const program = new Program(socket)
    await once(socket, 'connect')
    return program
  }

  /**
   * An end came before everything was there: throws `Reset` where the connection is reset, `wrong` where it truly ended. libuv
   * takes a reset behind unread bytes for an end when it finds both at once; only a write tells them apart.
   */
  async tooEarly(wrong: string): Promise<never> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.write('?', (error) => {
        if (error === null || error === undefined) resolve()
        else reject(new Reset())
      })
    })
    throw new Error(wrong)
  }

  /** The local port that it comes from. */
  get port(): number {
    return this.#socket.localPort ?? 0
  }

  async write(bytes: Buffer): Promise<void> {
    this.#check()
    if (this.#socket.write(bytes)) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#socket.off('drain', done)
        this.#socket.off('close', done)
        resolve()
      }
      this.#socket.on('drain', done)
      this.#socket.on('close', done)
    })
    this.#check()
  }

  /** The next bytes; undefined at the end. Throws `Reset`. */
  async read(): Promise<Buffer | undefined> {
    for (;;) {
      const chunk = this.#chunks.shift()
      if (chunk !== undefined) return chunk
      if (this.#isEnded) return undefined
      this.#check()
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  async readAll(): Promise<Buffer> {
    const all: Buffer[] = []
    for (let chunk = await this.read(); chunk !== undefined; chunk = await this.read()) all.push(chunk)
    return Buffer.concat(all)
  }

  /** At least the next `count` bytes, with what came together with the last of them; fewer where it ends before. */
  async readBytes(count: number): Promise<Buffer> {
    const all: Buffer[] = []
    for (let left = count; left > 0;) {
      const chunk = await this.read()
      if (chunk === undefined) break
      all.push(chunk)
      left -= chunk.length
    }
    return Buffer.concat(all)
  }

  close(): void {
    this.#socket.destroy()
  }

  /** Leaves like a program that is killed. */
  reset(): void {
    this.#socket.resetAndDestroy()
  }

  #check(): void {
    const failure = this.#failure
    if (failure instanceof Error) throw failure
  }
}

function lengthOf(bytes: number): Buffer {
  const head = Buffer.alloc(8)
  head.writeBigUInt64BE(BigInt(bytes))
  return head
}

function sizeOf(random: () => number): number {
  return Math.round(MIN_FILE_BYTES + random() * (MAX_FILE_BYTES - MIN_FILE_BYTES))
}

/** Runs `act` over one connection. A wrong byte throws, a reset is counted. */
async function connection(port: number, outcome: Outcome, act: (program: Program) => Promise<number>): Promise<void> {
  let program: Program | undefined
  try {
    program = await Program.open(port)
    outcome.bytes += await act(program)
    outcome.whole += 1
  } catch (error) {
    // One that is reset as soon as it is accepted fails while it connects.
    const isReset = error instanceof Reset || codeOf(error) === 'ECONNRESET'
    if (isReset) outcome.resets += 1
    else outcome.violations.push(codeOf(error))
    outcome.note(`connection from ${program?.port ?? 0}: ${isReset ? 'reset' : codeOf(error)}`)
  } finally {
    program?.close()
  }
}

/** Reads an answer of `size` bytes: to its end, or where the agent tells no end only as many. */
function readAnswer(program: Program, size: number, isBasic: boolean): Promise<Buffer> {
  return isBasic ? program.readBytes(size) : program.readAll()
}

async function upload(program: Program, size: number, isBasic: boolean): Promise<number> {
  const data = randomBytes(size)
  const hash = createHash('sha256').update(data).digest('hex')
  await program.write(lengthOf(size))
  for (let at = 0; at < size; at += 16_384) await program.write(data.subarray(at, at + 16_384))
  const answer = (await readAnswer(program, hash.length + 1, isBasic)).toString()
  if (answer === `${hash}\n`) return size
  const what = `an upload of ${size} bytes was answered with "${answer.trim()}"`
  if (!hash.startsWith(answer)) throw new Error(what)
  return program.tooEarly(what)
}

async function download(program: Program, size: number, isBasic: boolean): Promise<number> {
  await program.write(lengthOf(size))
  const bytes = await readAnswer(program, size, isBasic)
  const wanted = Buffer.concat([...sourceBytes(size)])
  if (bytes.equals(wanted)) return size
  const what = `a download of ${size} bytes came as ${bytes.length} bytes`
  if (!bytes.equals(wanted.subarray(0, bytes.length))) throw new Error(`${what}, not the same`)
  return program.tooEarly(what)
}

async function exchange(program: Program, message: Buffer): Promise<number> {
  await program.write(message)
  const got = await program.readBytes(message.length)
  if (got.length < message.length) return program.tooEarly('an echo ended before its message was whole')
  if (!got.equals(message)) throw new Error('an echo came back as something else')
  return message.length
}

/** Converses for a while; each message waits for the one before. Half of the programs leave within an answer. */
async function converse(
  program: Program,
  at: { readonly random: () => number; readonly isBasic: boolean },
  { stop, outcome }: { readonly stop: AbortSignal; readonly outcome: Outcome },
): Promise<number> {
  const length = 1 + Math.floor(at.random() * (at.isBasic ? BASIC_CONVERSATION : CONVERSATION))
  for (let number = 1; !stop.aborted && number <= length; number += 1) {
    const filling = randomBytes(1 + ((number * 97) % MAX_MESSAGE_BYTES))
    outcome.bytes += await exchange(program, Buffer.concat([Buffer.from(`#${number}:`), filling]))
  }
  // The rest of its answer is on the way. An end would wait for it, a reset does not. Through an old agent, whose connections share one
  // stream of bytes, none of it may reach the next connection, also where it was lost and is sent again.
  if (at.random() < 0.5) {
    await program.write(randomBytes(UNREAD_BYTES))
    await program.readBytes(1)
    program.reset()
  }
  return 0
}

/** Uses the tunnel at `port` until `stop` is aborted; then finishes what is under way. Never rejects. */
export async function use(
  workload: Workload,
  at: { readonly port: number; readonly random: () => number; readonly isBasic: boolean },
  outcome: Outcome,
  stop: AbortSignal,
): Promise<void> {
  const { port, random, isBasic } = at
  while (!stop.aborted) {
    switch (workload) {
      case 'up':
        await connection(port, outcome, (program) => upload(program, sizeOf(random), isBasic))
        break
      case 'down':
        await connection(port, outcome, (program) => download(program, sizeOf(random), isBasic))
        break
      case 'echo':
        // Through an old agent the second one waits in line.
        await Promise.all(
          Array.from({ length: isBasic ? 2 : 1 }, () =>
            connection(port, outcome, (program) => converse(program, at, { stop, outcome })),
          ),
        )
        break
      case 'burst':
        await Promise.all(
          Array.from({ length: BURST }, (_, index) =>
            connection(port, outcome, (program) => exchange(program, Buffer.from(`short ${index}`))),
          ),
        )
        break
      case 'idle':
        await once(stop, 'abort')
        break
    }
  }
}
