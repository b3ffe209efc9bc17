// A stand-in for a Redis server, for the Demo's forward to a cache: enough for redis-cli and for a first look by other clients.
//
// Keeps strings in memory, for all connections together, within a bound; nothing is written down. An unknown command
// is refused in Redis's words. Source: Redis command reference, 7.x.

import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import type { PortHandler } from '../ports/destinations'
import { RespError, RespReader, array, bulk, failure, integer, simple } from './resp'

const MAX_KEYS = 1_000
/** The bound of all names and values together. */
const MAX_STORED_BYTES = 1_048_576
const VERSION = '7.0.0'
const WRONG_ARGUMENTS = 'ERR wrong number of arguments for'
const NOT_A_NUMBER = 'ERR value is not an integer or out of range'
const SYNTAX = 'ERR syntax error'
const OUT_OF_MEMORY = 'OOM command not allowed: the Demo keeps 1 MB and 1,000 keys at most'
const MAX_INTEGER = 2n ** 63n - 1n

type Words = readonly Buffer[]

/** The keys that all connections share, by their latin1 text, because a key may be any bytes. */
class Store {
  readonly #values = new Map<string, Buffer>()
  #bytes = 0

  constructor() {
    this.set(Buffer.from('greeting'), Buffer.from('Hello from the Culvert demo'))
    this.set(Buffer.from('visits'), Buffer.from('41'))
  }

  get size(): number {
    return this.#values.size
  }

  get keys(): readonly string[] {
    return [...this.#values.keys()]
  }

  get(key: Buffer): Buffer | undefined {
    return this.#values.get(key.toString('latin1'))
  }

  /** Returns false if there is no room. */
  set(key: Buffer, value: Buffer): boolean {
    const name = key.toString('latin1')
    const before = this.#values.get(name)
    const grown = value.length - (before === undefined ? -name.length : before.length)
    const isFull = before === undefined && this.#values.size >= MAX_KEYS
    if (isFull || this.#bytes + grown > MAX_STORED_BYTES) return false
    // Copied, because the value is a slice of a larger buffer.
    this.#values.set(name, Buffer.from(value))
    this.#bytes += grown
    return true
  }

  delete(key: Buffer): boolean {
    const name = key.toString('latin1')
    const value = this.#values.get(name)
    if (value === undefined) return false
    this.#bytes -= name.length + value.length
    return this.#values.delete(name)
  }

  clear(): void {
    this.#values.clear()
    this.#bytes = 0
  }
}

/** The settings of one connection. */
interface Client {
  readonly id: number
  name: string
}

/** One command: how many words it takes, its own name included, and what it answers. */
interface Command {
  readonly least: number
  readonly most: number
  readonly run: (words: Words, store: Store, client: Client) => Buffer
}

const OK = simple('OK')

function at(words: Words, index: number): Buffer {
  return words[index] ?? Buffer.alloc(0)
}

function sub(words: Words): string {
  return at(words, 1).toString('latin1').toUpperCase()
}

/** `*`, `?` and `[…]` as in a shell. Without a regular expression, whose time a client's pattern could make endless. */
function matches(pattern: string, text: string): boolean {
  let [p, t, star, mark] = [0, 0, -1, 0]
  while (t < text.length) {
    const one = pattern.charAt(p)
    if (one === '*') [star, mark, p] = [p, t, p + 1]
    else if (one === '?' || (one !== '' && one === text.charAt(t))) [p, t] = [p + 1, t + 1]
    else if (star !== -1) [p, mark, t] = [star + 1, mark + 1, mark + 1]
    else return false
  }
  while (pattern.charAt(p) === '*') p += 1
  return p === pattern.length
}

function set(words: Words, store: Store): Buffer {
  const options = words.slice(3).map((word) => word.toString('latin1').toUpperCase())
  if (options.some((option) => option !== 'NX' && option !== 'XX') || options.length > 1) return failure(SYNTAX)
  const isThere = store.get(at(words, 1)) !== undefined
  if (options.includes('NX') ? isThere : options.includes('XX') && !isThere) return bulk(undefined)
  return store.set(at(words, 1), at(words, 2)) ? OK : failure(OUT_OF_MEMORY)
}

function increase(key: Buffer, by: Buffer | string, store: Store): Buffer {
  const whole = /^-?(0|[1-9]\d{0,18})$/
  const [value, step] = [store.get(key)?.toString('latin1') ?? '0', by.toString('latin1')]
  if (!whole.test(value) || !whole.test(step)) return failure(NOT_A_NUMBER)
  const sum = BigInt(value) + BigInt(step)
  if (sum > MAX_INTEGER || sum < -MAX_INTEGER) return failure('ERR increment or decrement would overflow')
  return store.set(key, Buffer.from(String(sum))) ? integer(sum) : failure(OUT_OF_MEMORY)
}

function info({ size }: Store): Buffer {
  return bulk(
    [
      '# Server',
      `redis_version:${VERSION}`,
      'redis_mode:standalone',
      'culvert_demo:a stand-in inside the Culvert demo, not Redis itself',
      '',
      '# Keyspace',
      ...(size === 0 ? [] : [`db0:keys=${size},expires=0,avg_ttl=0`]),
      '',
    ].join('\r\n'),
  )
}

function client(words: Words, _store: Store, own: Client): Buffer {
  switch (sub(words)) {
    case 'SETNAME':
      own.name = at(words, 2).toString('utf8').slice(0, 100)
      return OK
    case 'GETNAME':
      return bulk(own.name)
    case 'ID':
      return integer(own.id)
    case 'SETINFO':
    case 'NO-EVICT':
    case 'NO-TOUCH':
      return OK
    case 'LIST':
    case 'INFO':
      return bulk(`id=${own.id} name=${own.name} db=0 cmd=client\n`)
    default:
      return failure(`ERR unknown subcommand '${at(words, 1).toString('utf8').slice(0, 60)}'. Try CLIENT LIST.`)
  }
}

function hello(words: Words, _store: Store, { id }: Client): Buffer {
  if (words.length > 1 && at(words, 1).toString() !== '2') return failure('NOPROTO unsupported protocol version')
  const facts = { server: 'redis', version: VERSION, mode: 'standalone', role: 'master' }
  const pairs = Object.entries(facts).flatMap(([name, value]) => [bulk(name), bulk(value)])
  return array([...pairs, bulk('proto'), integer(2), bulk('id'), integer(id), bulk('modules'), array([])])
}

const many = Number.POSITIVE_INFINITY

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['PING', { least: 1, most: 2, run: (words) => (words.length === 1 ? simple('PONG') : bulk(at(words, 1))) }],
  ['ECHO', { least: 2, most: 2, run: (words) => bulk(at(words, 1)) }],
  ['GET', { least: 2, most: 2, run: (words, store) => bulk(store.get(at(words, 1))) }],
  ['SET', { least: 3, most: many, run: set }],
  ['DEL', { least: 2, most: many, run: (words, store) => tally(words, (key) => store.delete(key)) }],
  ['UNLINK', { least: 2, most: many, run: (words, store) => tally(words, (key) => store.delete(key)) }],
  ['EXISTS', { least: 2, most: many, run: (words, store) => tally(words, (key) => store.get(key) !== undefined) }],
  ['INCR', { least: 2, most: 2, run: (words, store) => increase(at(words, 1), '1', store) }],
  ['DECR', { least: 2, most: 2, run: (words, store) => increase(at(words, 1), '-1', store) }],
  ['INCRBY', { least: 3, most: 3, run: (words, store) => increase(at(words, 1), at(words, 2), store) }],
  ['STRLEN', { least: 2, most: 2, run: (words, store) => integer(store.get(at(words, 1))?.length ?? 0) }],
  ['TYPE', { least: 2, most: 2, run: (words, store) => simple(store.get(at(words, 1)) ? 'string' : 'none') }],
  ['TTL', { least: 2, most: 2, run: (words, store) => integer(store.get(at(words, 1)) ? -1 : -2) }],
  ['DBSIZE', { least: 1, most: 1, run: (_, store) => integer(store.size) }],
  [
    'FLUSHDB',
    {
      least: 1,
      most: 2,
      run: (_, store) => {
        store.clear()
        return OK
      },
    },
  ],
  [
    'KEYS',
    {
      least: 2,
      most: 2,
      run: (words, store) => {
        const pattern = at(words, 1).toString('latin1')
        const found = store.keys.filter((key) => matches(pattern, key))
        return array(found.map((key) => bulk(Buffer.from(key, 'latin1'))))
      },
    },
  ],
  ['INFO', { least: 1, most: many, run: (_, store) => info(store) }],
  // Without the help that redis-cli would show while one types.
  ['COMMAND', { least: 1, most: many, run: (words) => (sub(words) === 'COUNT' ? integer(COMMANDS.size) : array([])) }],
  ['CLIENT', { least: 2, most: many, run: client }],
  ['CONFIG', { least: 2, most: many, run: (words) => (sub(words) === 'GET' ? array([]) : failure(SYNTAX)) }],
  [
    'SELECT',
    { least: 2, most: 2, run: (words) => (at(words, 1).equals(ZERO) ? OK : failure('ERR DB index is out of range')) },
  ],
  ['HELLO', { least: 1, most: many, run: hello }],
  ['QUIT', { least: 1, most: many, run: () => OK }],
])

const ZERO = Buffer.from('0')

function tally(words: Words, isCounted: (key: Buffer) => boolean): Buffer {
  return integer(words.slice(1).filter((key) => isCounted(key)).length)
}

function answer(words: Words, store: Store, own: Client): Buffer {
  const name = at(words, 0).toString('utf8').slice(0, 60)
  const command = COMMANDS.get(name.toUpperCase())
  if (command === undefined) return failure(`ERR unknown command '${name}', the Demo's stand-in does not have it`)
  if (words.length < command.least || words.length > command.most) {
    return failure(`${WRONG_ARGUMENTS} '${name.toLowerCase()}' command`)
  }
  return command.run(words, store, own)
}

/** Resolves when what was written has room again, or when the connection is gone. */
async function written(connection: Duplex, reply: Buffer): Promise<void> {
  if (connection.write(reply) || connection.destroyed) return
  const over = new AbortController()
  const { signal } = over
  await Promise.race([once(connection, 'drain', { signal }), once(connection, 'close', { signal })])
    .catch(() => undefined)
    .finally(() => over.abort())
}

async function serve(connection: Duplex, store: Store, own: Client): Promise<void> {
  const reader = new RespReader()
  try {
    // Not destroyed here, because the last answer may still be on its way.
    for await (const chunk of connection.iterator({ destroyOnReturn: false })) {
      reader.add(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)))
      for (let words = reader.next(); words !== undefined; words = reader.next()) {
        if (words.length === 0) continue
        await written(connection, answer(words, store, own))
        if (connection.destroyed || sub([ZERO, at(words, 0)]) === 'QUIT') return
      }
    }
  } catch (error) {
    if (error instanceof RespError) connection.write(failure(`ERR ${error.message}`))
  } finally {
    connection.end()
    connection.resume()
  }
}

/** Makes the handler of a port on which the stand-in answers. Its keys live as long as it does, for all connections. */
export function serveRedis(): PortHandler {
  const store = new Store()
  let lastId = 0
  return (connection) => {
    lastId += 1
    // Ends with the connection. An error of the connection needs no answer.
    void serve(connection, store, { id: lastId, name: '' })
  }
}
