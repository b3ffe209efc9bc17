import type { Duplex } from 'node:stream'
import { beforeEach, describe, expect, test } from 'vitest'
import { createPipe } from './pipe'
import { serveRedis } from './redis'

let handler: ReturnType<typeof serveRedis>
beforeEach(() => {
  handler = serveRedis()
})

function connect(): Duplex {
  const [near, far] = createPipe()
  far.on('error', () => undefined)
  near.on('error', () => undefined)
  handler(far)
  return near
}

/** Sends lines and QUIT on a connection of their own; resolves with all that is answered before the end. */
async function say(...lines: readonly string[]): Promise<string> {
  const near = connect()
  near.write(`${[...lines, 'QUIT'].join('\r\n')}\r\n`)
  let text = ''
  for await (const chunk of near) text += String(chunk)
  return text.replace(/\+OK\r\n$/, '')
}

describe("the Demo's stand-in for Redis", () => {
  test('answers each command as Redis does, on one connection and on the next', async () => {
    expect(await say('PING', 'ping hi', 'ECHO "a b"')).toBe('+PONG\r\n$2\r\nhi\r\n$3\r\na b\r\n')
    expect(await say('SET a 1', 'SET a 2 NX', 'SET b 2 XX', 'SET b 3', 'GET a', 'GET none')).toBe(
      '+OK\r\n$-1\r\n$-1\r\n+OK\r\n$1\r\n1\r\n$-1\r\n',
    )
    expect(await say('INCR a', 'INCRBY a 40', 'DECR a', 'INCR greeting', 'INCR new')).toBe(
      ':2\r\n:42\r\n:41\r\n-ERR value is not an integer or out of range\r\n:1\r\n',
    )
    expect(await say('EXISTS a b none', 'DEL a new none', 'STRLEN b', 'TYPE b', 'TTL none')).toBe(
      ':2\r\n:2\r\n:1\r\n+string\r\n:-2\r\n',
    )
    expect(await say('KEYS *', 'KEYS v?s*', 'KEYS x*', 'DBSIZE')).toBe(
      '*3\r\n$8\r\ngreeting\r\n$6\r\nvisits\r\n$1\r\nb\r\n*1\r\n$6\r\nvisits\r\n*0\r\n:3\r\n',
    )
    expect(await say('FLUSHDB', 'DBSIZE')).toBe('+OK\r\n:0\r\n')
  })

  test('answers what clients ask before anything else', async () => {
    expect(await say('COMMAND DOCS', 'CLIENT SETINFO LIB-NAME x', 'CLIENT SETNAME me', 'CLIENT GETNAME')).toBe(
      '*0\r\n+OK\r\n+OK\r\n$2\r\nme\r\n',
    )
    expect(await say('CONFIG GET save', 'SELECT 0', 'SELECT 3', 'HELLO 3')).toBe(
      '*0\r\n+OK\r\n-ERR DB index is out of range\r\n-NOPROTO unsupported protocol version\r\n',
    )
    expect(await say('HELLO 2')).toContain('$5\r\nproto\r\n:2\r\n')
    expect(await say('INFO')).toContain('redis_version:')
  })

  test('refuses what it does not know, and goes on', async () => {
    expect(await say('LPUSH a 1', 'GET', 'SET a 1 EX 5', 'INCRBY a 99999999999999999999', 'PING')).toMatch(
      /^-ERR unknown command 'LPUSH'.*\r\n-ERR wrong number of arguments for 'get' command\r\n-ERR syntax error\r\n-ERR value .*\r\n\+PONG\r\n$/,
    )
    expect(await say('SET n 9223372036854775807', 'INCR n')).toMatch(/-ERR increment or decrement would overflow\r\n$/)
  })

  test('closes a connection that breaks the protocol behind an error', async () => {
    const near = connect()
    near.write('*1\r\n:1\r\nPING\r\n')
    let text = ''
    for await (const chunk of near) text += String(chunk)
    expect(text).toBe("-ERR Protocol error: expected '$'\r\n")
  })

  test('keeps no more than it may: keys and bytes are bounded, and a deleted key makes room', async () => {
    const value = 'x'.repeat(60_000)
    const lines = Array.from({ length: 20 }, (_, index) => `SET big-${index} ${value}`)
    const stored = await say(...lines)
    expect(stored).toContain('-OOM ')
    expect(stored.match(/\+OK/g)).toHaveLength(17)
    expect(await say('DEL big-0', `SET again ${value}`)).toBe(':1\r\n+OK\r\n')
    handler = serveRedis()
    const keys = Array.from({ length: 1_001 }, (_, index) => `SET k${index} v`)
    expect((await say(...keys)).match(/\+OK/g)).toHaveLength(998)
  })

  test('answers no faster than it is read: what waits is one reply, not all', async () => {
    await say(`SET big ${'x'.repeat(60_000)}`)
    const [near, far] = createPipe()
    handler(far)
    near.write('GET big\r\n'.repeat(1_000))
    near.write('QUIT\r\n')
    await expect.poll(() => near.readableLength).toBeGreaterThan(0)
    expect(near.readableLength + far.writableLength).toBeLessThan(300_000)
    let bytes = 0
    for await (const chunk of near) bytes += (chunk as Buffer).length
    expect(bytes).toBe(1_000 * 60_010 + 5)
  })
})
