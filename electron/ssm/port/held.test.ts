import { expect, it } from 'vitest'
import { AppError } from '../../../shared/errors'
import { ReceiveBudget } from './budget'
import { HeldOutput } from './held'

const turn = (): Promise<unknown> => new Promise(setImmediate)

function open(budget = new ReceiveBudget()) {
  const stalled: string[] = []
  const output = new HeldOutput(budget, (error) =>
    stalled.push(error instanceof AppError ? error.code : 'foreign error'),
  )
  return { output, budget, stalled }
}

async function read(output: HeldOutput): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of output) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

it('a million single bytes are counted as the memory that they take, and come out in order', async () => {
  const { output, budget } = open()
  const received = Buffer.alloc(65_536, 'culvert')
  // The reader asks for data once and then takes none.
  output.read(0)
  for (let index = 0; index < 1_000_000; index += 1) {
    const at = index % received.length
    output.receive(received.subarray(at, at + 1))
  }
  expect(budget.heldBytes).toBeGreaterThanOrEqual(999_999)
  expect(budget.heldBytes).toBeLessThan(1_100_000)
  // The Readable's own buffer, which the budget does not count, holds one piece at most.
  expect(output.readableLength).toBeLessThanOrEqual(1)
  output.remoteEnded()
  const bytes = await read(output)
  const wanted = Buffer.alloc(1_000_000)
  for (let at = 0; at < wanted.length; at += received.length) received.copy(wanted, at)
  expect([bytes.equals(wanted), budget.heldBytes]).toEqual([true, 0])
})

it('a reader that stalls beyond the budget is told once, its stream is gone without an error, and nothing is held', async () => {
  const { output, budget, stalled } = open(new ReceiveBudget({ perHolderBytes: 10_000, perProcessBytes: 1_000_000 }))
  for (let index = 0; index < 20; index += 1) output.receive(Buffer.alloc(1_024))
  await turn()
  expect([stalled, output.destroyed, output.errored, budget.heldBytes]).toEqual([['reader-stalled'], true, null, 0])
})

it('the end comes behind the bytes that are held, and nothing is taken after it', async () => {
  const { output } = open()
  for (const text of ['a', 'b', 'c']) output.receive(Buffer.from(text))
  output.remoteEnded()
  output.receive(Buffer.from('late'))
  expect((await read(output)).toString()).toBe('abc')
})

it('a reader that leaves gives back all that was held for it', async () => {
  const { output, budget } = open()
  for (let index = 0; index < 10; index += 1) output.receive(Buffer.alloc(1_024))
  expect(budget.heldBytes).toBeGreaterThan(0)
  output.destroy()
  await turn()
  expect(budget.heldBytes).toBe(0)
})
