// A line over a real socket: its pace, its end, and what a peer cannot do to it.

import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { encodeFrames, encodeWord, FrameKind, type Frame } from './frames'
import { Line } from './line'

/** A line and the raw socket of its peer, which a test drives by hand. */
async function opened(head: Buffer = Buffer.alloc(0)): Promise<{ line: Line; frames: Frame[]; peer: Socket }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const accepted = once(server, 'connection')
  const peer = connect({ port: address.port, host: '127.0.0.1', allowHalfOpen: true })
  peer.on('error', () => undefined)
  const [socket] = (await accepted) as [Socket]
  const frames: Frame[] = []
  const line = new Line(socket, head)
  line.listen((frame) => frames.push(frame))
  onTestFinished(() => {
    peer.destroy()
    socket.destroy()
    server.close()
  })
  return { line, frames, peer }
}

test('bytes that came with the upgrade are read first', async () => {
  const { frames } = await opened(encodeWord({ kind: 'size' }))
  expect(frames.map(({ kind }) => kind)).toEqual([FrameKind.word])
})

test('a peer that has finished has gone, and sends that wait for room are released', async () => {
  const { line, peer } = await opened()
  peer.pause()
  // More than both ends of a socket hold: it waits until the line closes.
  const sent = line.send(encodeFrames(FrameKind.output, Buffer.alloc(32 * 1_048_576)))
  peer.end()
  expect(await line.closed).toBeUndefined()
  await sent
  await line.send(encodeWord({ kind: 'late' }))
})

test('a frame that no Culvert sends ends the line with its fault', async () => {
  const { line, peer } = await opened()
  peer.write(Buffer.from([9, 0, 0, 0, 0]))
  expect(await line.closed).toMatchObject({ code: 'protocol' })
})

test('an ended line has delivered what was sent before', async () => {
  const { line, peer } = await opened()
  const read: Buffer[] = []
  peer.on('data', (bytes) => read.push(bytes))
  peer.on('end', () => peer.end())
  void line.send(encodeWord({ kind: 'ended' }))
  await line.end()
  expect(Buffer.concat(read).toString()).toContain('{"kind":"ended"}')
})

test('a note is left out while the peer does not read', async () => {
  const { line, peer } = await opened()
  let written = 0
  line.note(Buffer.from('0123456789'))
  await once(peer, 'data')
  peer.pause()
  const sent = line.send(encodeFrames(FrameKind.output, Buffer.alloc(32 * 1_048_576)))
  const frame = Buffer.alloc(1_048_576)
  for (; written < 100; written += 1) line.note(frame)
  peer.resume()
  let read = 0
  peer.on('data', (bytes) => (read += bytes.length))
  await sent
  await line.end()
  expect(read).toBeLessThan(33 * 1_048_576)
})
