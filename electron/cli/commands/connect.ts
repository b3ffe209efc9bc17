// culvert connect: redeems an authorization token. Its session lives as long as this command attends to it.
//
// Runs with an empty environment: the token names the socket of its holder. Stable output with --json, one object a line:
//   {"type":"listening","address":"127.0.0.1","connectionLimit":1,"expiration":"…","port":N,"protocol":"tcp","sessionId":"…"}
//   {"type":"told","text":"…"}      what a person should know of
//   {"type":"ended","text":"…"}     an ordinary end
// A shell has no such output: the terminal is the instance's.

import { Readable } from 'node:stream'
import { ReadStream, WriteStream } from 'node:tty'
import { deferred } from '../../../shared/deferred'
import { printableJson, shownName } from '../../../shared/foreigntext'
import { Attendance } from '../../core/authorizations/attendance'
import { isPortable, parsePortable } from '../../core/authorizations/tokens/portable'
import { redeem } from '../../core/authorizations/redeeming'
import { parseToken } from '../../core/authorizations/tokens/token'
import type { HolderWord } from '../../core/authorizations/line/words'
import { attach, escapesFrom, screenSize } from '../attach'
import type { LocalCommand, LocalContext } from '../context'
import { informationBlock, localTime } from '../information'
import { Keyboard } from '../keyboard'
import { Interruption, interrupted } from '../life'
import { wordLine } from '../text'
import { readToken, readTokenFile, type TokenRead } from '../tokeninput'

type Listening = Extract<HolderWord, { kind: 'listening' }>

/** Prints what happens to a session with a port. */
export class ConnectReporter {
  readonly #context: Pick<LocalContext, 'args' | 'stdout' | 'stderr'>

  constructor(context: Pick<LocalContext, 'args' | 'stdout' | 'stderr'>) {
    this.#context = context
  }

  /** Prints where to connect to. */
  async listening({ host, port, protocol, connectionLimit, expiresAt, sessionId }: Listening): Promise<void> {
    const expiration = localTime(expiresAt)
    if (this.#isJson) {
      await this.#print({ type: 'listening', address: host, connectionLimit, expiration, port, protocol, sessionId })
      return
    }
    const block = informationBlock('Proxy listening information', [
      ['Address', shownName(host)],
      ['Connection Limit', connectionLimit === null ? 'none' : String(connectionLimit)],
      ['Expiration', expiration],
      ['Port', String(port)],
      ['Protocol', protocol],
      ['Session ID', shownName(sessionId)],
    ])
    await this.#context.stdout.write(block)
  }

  async told(text: string): Promise<void> {
    if (this.#isJson) await this.#print({ type: 'told', text })
    else await this.#context.stderr.write(wordLine(text))
  }

  async ended(text: string): Promise<void> {
    if (this.#isJson) await this.#print({ type: 'ended', text })
    else if (text !== '') await this.#context.stderr.write(wordLine(text))
  }

  get #isJson(): boolean {
    return this.#context.args.flag('json')
  }

  #print(line: object): Promise<void> {
    return this.#context.stdout.write(`${printableJson(line)}\n`)
  }
}

/** Reads the token from where the options say. Rejects with `usage` and `authorization-refused`. */
async function tokenFrom({ args, stdin, stderr }: LocalContext): Promise<TokenRead> {
  const from = args.value('authz')
  const file = args.value('authz-file')
  if ((from === undefined) === (file === undefined)) throw args.usage('connect needs one of --authz - and --authz-file')
  if (file !== undefined) return readTokenFile(file, (text) => void stderr.write(wordLine(text)))
  if (from !== '-') {
    throw args.usage('--authz takes - only, and reads the token from stdin: other users see what is on a command line')
  }
  return readToken(stdin)
}

/** Redeems the token and attends to its session until that is over. Being told to end is its ordinary end: status 0. */
export const connect: LocalCommand = async (context) => {
  const { args, signal } = context
  const hasEscapes = escapesFrom(args.value('escape'))
  const localPort = args.portOption('local-port')
  try {
    const { token, isAlone } = await Promise.race([tokenFrom(context), interrupted(signal)])
    return await attendTo(context, { token, isAlone, hasEscapes, localPort })
  } catch (error) {
    if (error instanceof Interruption) return 0
    throw error
  }
}

interface Wish extends TokenRead {
  readonly hasEscapes: boolean
  readonly localPort: number | undefined
}

async function attendTo(context: LocalContext, { token, isAlone, hasEscapes, localPort }: Wish): Promise<number> {
  const { stdin, stdout, stderr, signal } = context
  const screen = process.stdout instanceof WriteStream && process.stdout.isTTY ? process.stdout : undefined
  const keyboard = stdin instanceof ReadStream && stdin.isTTY ? new Keyboard(stdin) : undefined
  // Behind the token's line of printed information comes more of it, which is nothing to type.
  const typed = isAlone ? stdin : Readable.from([])
  const terminal = { stdin: typed, stdout, stderr, keyboard, screen, signal, hasEscapes }
  const reporter = new ConnectReporter(context)
  if (isPortable(token)) {
    const { connectPortable } = await import('./connectportable')
    return connectPortable(parsePortable(token), context, { reporter, localPort, terminal })
  }
  const line = await Promise.race([redeem(parseToken(token), localPort), interrupted(signal)])
  const opened = deferred<Extract<HolderWord, { kind: 'listening' | 'shell' }>>()
  let lines = Promise.resolve()
  const attendance = new Attendance({
    line,
    opened: (word) => opened.resolve(word),
    told: (text) => {
      lines = lines.then(() => reporter.told(text))
    },
  })
  try {
    attendance.resize(screenSize(screen))
    const first = await Promise.race([opened.promise, attendance.ended, interrupted(signal)])
    if (!('kind' in first)) {
      await reporter.ended(first.text)
      return 0
    }
    if (first.kind === 'shell') {
      const text = await attach(attendance, { ...terminal, platform: first.platform })
      if (text !== '') await stderr.write(wordLine(text))
      return 0
    }
    lines = lines.then(() => reporter.listening(first))
    const { text } = await Promise.race([attendance.ended, interrupted(signal)])
    lines = lines.then(() => reporter.ended(text))
    return 0
  } finally {
    attendance.leave()
    await lines
  }
}
