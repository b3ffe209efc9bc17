// Shells of the simulator on real terminals, by a naive client.

import { readFile, readdir, stat } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { callSsm, getTicket } from '../../../e2e/kit/wire/naiveclient'
import { startSimulator } from '../simulator'
import { command, open, simulator, SIZE, stageShells } from './terminal.kit'

stageShells()

const CTRL_C = '\u0003'

const openShell = async (one = simulator) => {
  const shell = await open(one)
  await shell.printed('sh-5.1$ ')
  return shell
}

// Every process of this computer whose environment or command line contains `text`.
async function processesWith(text: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')))
  return lines.filter((line) => line.includes(text))
}

describe('a shell on a real terminal', () => {
  test('reads with nothing but ws and offsets: it says where it is, runs what is typed, and ends with exit', async () => {
    const { url, token } = await getTicket(simulator, 'StartSession', { Target: simulator.world.instances[0]!.id })
    const webSocket = new WebSocket(url)
    webSocket.once('open', () =>
      webSocket.send(
        JSON.stringify({
          MessageSchemaVersion: '1.0',
          RequestId: 'r',
          TokenValue: token,
          ClientVersion: '1.2.896.0',
        }),
      ),
    )
    let text = ''
    let next = 0
    let isTyped = false
    const send = (type: string, payloadType: number, sequenceNumber: number, payload: string) => {
      const frame = Buffer.concat([Buffer.alloc(120), Buffer.from(payload)])
      frame.writeUInt32BE(116)
      frame.write(type.padEnd(32), 4)
      frame.writeBigUInt64BE(1n, 40)
      frame.writeBigInt64BE(BigInt(sequenceNumber), 48)
      frame.writeUInt32BE(payloadType, 112)
      webSocket.send(frame)
    }
    await new Promise<void>((resolve) => {
      webSocket.on('message', (data: Buffer) => {
        const type = data.toString('latin1', 4, 36).trim()
        if (type === 'channel_closed') resolve()
        if (type !== 'output_stream_data') return
        const digest = createHash('sha256').update(data.subarray(120)).digest()
        expect(data.subarray(80, 112)).toEqual(digest)
        const number = Number(data.readBigInt64BE(48))
        send(
          'acknowledge',
          0,
          0,
          `{"AcknowledgedMessageType":"output_stream_data","AcknowledgedMessageId":"x","AcknowledgedMessageSequenceNumber":${number},"IsSequentialMessage":true}`,
        )
        if (number !== next) return
        next += 1
        text += data.toString('utf8', 120)
        if (isTyped || !text.includes('sh-5.1$ ')) return
        isTyped = true
        send('input_stream_data', 3, 0, SIZE)
        send('input_stream_data', 1, 1, 'echo hello-$((40+2)); stty size; exit\r')
      })
    })
    webSocket.close()
    const [first] = text.split('\r\n')
    expect(first).toBe('Culvert demo: this shell runs on this computer, in place of web-1. Nothing here is remote.')
    expect(text).toContain('\r\nhello-42\r\n30 100\r\n')
  })

  test('has a clean environment and a folder of its own, which is gone afterwards', async () => {
    const { client, text, printed } = await openShell()
    client.send(1, 'env; echo in=$(pwd)=; echo do""ne\r')
    await printed('\ndone')
    expect(text()).not.toContain('a real secret')
    expect(text()).toMatch(/^TERM=xterm-256color\r$/m)
    const folder = /in=(.+)=\r/.exec(text().replace('in=$(pwd)=', ''))![1]!
    expect((await stat(folder)).isDirectory()).toBe(true)
    expect(text()).toContain(`HOME=${folder}\r\n`)
    client.send(1, 'exit\r')
    await client.closedOutput()
    await vi.waitFor(async () => expect(await stat(folder).catch(() => 'gone')).toBe('gone'))
    client.close()
  })

  test('follows a change of size, and ignores an impossible one', async () => {
    const { client, printed } = await openShell()
    client.send(3, '{"cols":0,"rows":0}')
    client.send(3, '{"cols":132,"rows":43}')
    client.send(1, 'stty size\r')
    await printed('\r\n43 132\r\n')
    client.close()
  })

  test('takes a signal as a byte', async () => {
    const { client, printed, text } = await openShell()
    client.send(1, `sh -c 'echo be""gin; exec sleep 1000'\r`)
    await printed('\nbegin')
    client.send(1, CTRL_C)
    await client.until(() => /\^C[^]*sh-5\.1\$ /.test(text()))
    client.send(1, 'echo af""ter=$?\r')
    await printed('after=130')
    expect(text()).toContain('^C')
    client.close()
  })

  test('prints a megabyte whole and in order, though it ends at once', async () => {
    const { client, text } = await open(simulator, command('seq 1 150000'))
    expect(await client.closedOutput()).toBe('')
    const lines = text().split('\r\n')
    expect(lines).toHaveLength(150_001)
    expect(lines.slice(0, -1).every((line, index) => line === String(index + 1))).toBe(true)
    expect(client.stream.every(({ payload }) => payload.length <= 1_027)).toBe(true)
    client.close()
  })

  test('a program whose output nobody takes is held back, and loses nothing when it has ended', async () => {
    const { client, sessionId, text } = await open(simulator, command('echo ready; read x; seq 1 30000'))
    await client.until(() => client.stream.length > 0)
    client.send(1, 'go\r')
    await client.until(() => client.unacknowledged.size === 0)
    // With the client away the agent pauses, the terminal fills up, and the program ends only when it is read.
    simulator.cut(sessionId)
    await client.until(() => client.closeCode)
    await client.open(await getTicket(simulator, 'ResumeSession', { SessionId: sessionId }))
    await client.closedOutput()
    const lines = text()
      .split('\r\n')
      .filter((line) => /^\d+$/.test(line))
    expect(lines).toEqual(Array.from({ length: 30_000 }, (_, index) => String(index + 1)))
    client.close()
  })
})

describe('the end of a shell', () => {
  test('leaves no process behind, neither in the background nor in a session of its own', async () => {
    const { client, printed, sessionId } = await openShell()
    const mark = `31${Date.now() % 100_000}`
    client.send(1, `sleep ${mark} & nohup setsid sleep ${mark} > /dev/null 2>&1 & echo sta""rted\r`)
    await printed('\nstarted')
    await vi.waitFor(async () => expect(await processesWith(`sleep\0${mark}`)).toHaveLength(2))
    await callSsm(simulator, 'TerminateSession', { SessionId: sessionId })
    await client.closedOutput()
    await vi.waitFor(async () => expect(await processesWith(mark)).toEqual([]))
    client.close()
  })

  test('comes by TerminateSession though the program reads nothing of what was pasted', async () => {
    const { client, printed, sessionId } = await open(simulator, command('stty raw -echo; echo ready; sleep 1000'))
    await printed('ready')
    for (let count = 0; count < 200; count += 1) client.send(1, 'x'.repeat(1_024))
    // The terminal takes some kilobytes and no more: the rest is not acknowledged.
    await client.until(() => client.unacknowledged.size < 195)
    expect(client.unacknowledged.size).toBeGreaterThan(0)
    await callSsm(simulator, 'TerminateSession', { SessionId: sessionId })
    await client.closedOutput()
    expect(client.unacknowledged.size).toBeGreaterThan(0)
    client.close()
  })

  test('a dispose of the simulator kills shells and resolves when they are gone', async () => {
    const one = await startSimulator({ shellDelayMs: 0 })
    const { client, printed } = await openShell(one)
    const mark = `32${Date.now() % 100_000}`
    client.send(1, `sleep ${mark} & echo sta""rted; sleep ${mark}\r`)
    await printed('\nstarted')
    await one[Symbol.asyncDispose]()
    expect(await processesWith(mark)).toEqual([])
    await client.until(() => client.closeCode)
  })

  test('Terminating is said before the end, and Terminated after it', async () => {
    const { client, sessionId } = await openShell()
    const status = () => simulator.sessions().find(({ id }) => id === sessionId)?.status
    expect(status()).toBe('Connected')
    client.acknowledges = false
    client.send(1, 'exit\r')
    // Unacknowledged output keeps the agent for two seconds.
    await vi.waitFor(() => expect(status()).toBe('Terminated'))
    const last = simulator
      .sessions()
      .find(({ id }) => id === sessionId)!
      .log.slice(-2)
    expect(last.map(({ messageType }) => messageType)).toEqual(['agent_session_state', 'channel_closed'])
    client.close()
  })
})

describe('the first output', () => {
  test('comes a second after the start, as at an agent', async () => {
    await using one = await startSimulator()
    const before = performance.now()
    const { client, text } = await open(one)
    await client.until(() => client.stream.length > 0)
    expect(performance.now() - before).toBeGreaterThanOrEqual(990)
    expect(text()).toMatch(/^Culvert demo: /)
    client.close()
  })

  test('of an interactive command is the command’s own', async () => {
    const { client, text } = await open(simulator, command('printf "%s:" "$0" one'))
    expect(await client.closedOutput()).toBe('')
    expect(text()).toBe('/bin/sh:one:')
    client.close()
  })
})
