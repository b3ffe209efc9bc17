import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { readFile, readdir } from 'node:fs/promises'
import { SEPARATE_OUTPUT_DOCUMENT } from '../api/stockdocuments'
import { NaiveClient, callSsm, getTicket } from '../../../e2e/kit/wire/naiveclient'
import { startSimulator, type Simulator } from '../simulator'

const STOCK = 'AWS-StartNonInteractiveCommand'

let simulator: Simulator

beforeAll(async () => {
  simulator = await startSimulator({ isPaced: false })
})
afterAll(async () => {
  await simulator[Symbol.asyncDispose]()
})

async function start(document: string, line: string) {
  const client = new NaiveClient()
  const ticket = await getTicket(simulator, 'StartSession', {
    Target: simulator.world.instances[0]!.id,
    DocumentName: document,
    Parameters: { command: [line] },
  })
  await client.open(ticket)
  const request = await client.shakeHands()
  return { client, request, sessionId: ticket.sessionId }
}

async function run(document: string, line: string) {
  const { client, request, sessionId } = await start(document, line)
  const output = await client.closedOutput()
  client.close()
  const status = simulator.sessions().find(({ id }) => id === sessionId)?.status
  return { output, request, status, client, types: client.stream.slice(2).map(({ payloadType }) => payloadType) }
}

describe('the stock document', () => {
  test('sends both streams merged, after the end, and no exit code', async () => {
    const { client, request, types, output, status } = await run(STOCK, 'sh -c "echo out; echo err >&2; exit 3"')
    expect(request).toMatchObject({
      RequestedClientActions: [
        { ActionType: 'SessionType', ActionParameters: { SessionType: 'NonInteractiveCommands', Properties: null } },
      ],
    })
    expect(client.bytes().toString()).toBe('out\nerr\n')
    expect({ types, output, status }).toEqual({ types: [1], output: '', status: 'Terminated' })
  })

  test('runs words, not a shell', async () => {
    const { client } = await run(STOCK, "printf '%s|' $HOME '|' \"a b\"")
    expect(client.bytes().toString()).toBe('$HOME|||a b|')
  })

  test('has no input and its folder is empty', async () => {
    const { client } = await run(STOCK, "sh -c 'cat; ls -A; echo end'")
    expect(client.bytes().toString()).toBe('end\n')
  })

  test('carries a megabyte byte-exactly', async () => {
    const { client } = await run(STOCK, "sh -c 'head -c 1000000 /dev/zero | tr \\\\0 z'")
    expect(client.bytes().equals(Buffer.alloc(1_000_000, 'z'))).toBe(true)
  })

  test('a program that does not exist fails the session and says so', async () => {
    const { client, output, status } = await run(STOCK, 'no-such-program x')
    const words = 'exec: "no-such-program": executable file not found in $PATH'
    expect({ output, status, stderr: client.bytes(11).toString() }).toEqual({
      output: words,
      status: 'Failed',
      stderr: words,
    })
  })
})

describe('the document with separate output', () => {
  test('streams stdout and stderr apart and ends with the exit code', async () => {
    const { client, types } = await run(SEPARATE_OUTPUT_DOCUMENT, 'sh -c "echo out; echo err >&2; exit 3"')
    expect([1, 11, 12].map((type) => client.bytes(type).toString())).toEqual(['out\n', 'err\n', 'EXIT_CODE: 3'])
    expect(types.at(-1)).toBe(12)
    expect(client.stream.filter(({ payloadType }) => payloadType === 12)).toHaveLength(1)
  })

  test('a program that a signal ended has exit code -1', async () => {
    const { client } = await run(SEPARATE_OUTPUT_DOCUMENT, "sh -c 'kill -9 $$'")
    expect(client.bytes(12).toString()).toBe('EXIT_CODE: -1')
  })

  test('a program that cannot start has exit code 1 and its reason as stderr', async () => {
    const { client, types } = await run(SEPARATE_OUTPUT_DOCUMENT, 'no-such-program')
    expect(types).toEqual([12, 11])
    expect(client.bytes(12).toString()).toBe('EXIT_CODE: 1')
  })

  test('streams while the program runs, and takes Ctrl-C as a signal', async () => {
    const line = 'sh -c \'trap "echo caught; exit 7" INT; echo ready; while :; do sleep 1 & wait; done\''
    const { client } = await start(SEPARATE_OUTPUT_DOCUMENT, line)
    await client.until(() => client.bytes().includes('ready'))
    client.send(1, 'ignored')
    client.send(1, '\u0003')
    await client.closedOutput()
    expect([client.bytes().toString(), client.bytes(12).toString()]).toEqual(['ready\ncaught\n', 'EXIT_CODE: 7'])
    client.close()
  })
})

test('a command that is terminated leaves no process behind', async () => {
  const mark = `33${Date.now() % 100_000}`
  const { client, sessionId } = await start(STOCK, `sh -c 'sleep ${mark} & setsid sleep ${mark}'`)
  const alive = async () => {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')))
    return lines.filter((line) => line.includes(mark)).length
  }
  await vi.waitFor(async () => expect(await alive()).toBeGreaterThanOrEqual(2))
  await callSsm(simulator, 'TerminateSession', { SessionId: sessionId })
  await client.closedOutput()
  await vi.waitFor(async () => expect(await alive()).toBe(0))
  client.close()
})
