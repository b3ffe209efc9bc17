import { describe, expect, it } from 'vitest'
import { OutputRouter } from './output'

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1')

/** A core that keeps all output from `keptFrom` on, and answers when the test tells it to. */
function makeCore() {
  const core = { said: '', keptFrom: 0, asked: [] as number[], isReachable: true }
  const waiting: (() => void)[] = []
  const router = new OutputRouter((_terminalId, fromOffset) => {
    core.asked.push(fromOffset)
    return new Promise((resolve, reject) => {
      waiting.push(() => {
        const startOffset = Math.min(Math.max(fromOffset, core.keptFrom), core.said.length)
        if (core.isReachable) resolve({ startOffset, bytes: bytesOf(core.said.slice(startOffset)), answeredOffset: 3 })
        else reject(new Error('lost'))
      })
    })
  })
  const seen = { text: '', endOffset: 0, replays: [] as [number, number][] }
  return {
    core,
    router,
    seen,
    sink: {
      replay: (endOffset: number, answeredOffset: number): void => void seen.replays.push([endOffset, answeredOffset]),
      take: (bytes: Uint8Array, endOffset: number): void => {
        seen.text += Buffer.from(bytes).toString('latin1')
        seen.endOffset = endOffset
      },
      missed: (count: number, endOffset: number): void => {
        seen.text += `[${count} missed before ${endOffset}]`
      },
    },
    /** The terminal prints `text`; `isHeard` is whether the event reaches this page. */
    say: (text: string, isHeard = true): void => {
      const offset = core.said.length
      core.said += text
      if (isHeard) router.push({ terminalId: 't', offset, bytes: bytesOf(text) })
    },
    answer: async (): Promise<void> => {
      for (const act of waiting.splice(0)) act()
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

describe('terminal output', () => {
  it('begins with what was said before the screen was there, and goes on without a gap or a repeat', async () => {
    const { core, router, seen, sink, say, answer } = makeCore()
    say('before ')
    router.attach('t', sink)
    say('meanwhile ')
    expect(seen.text).toBe('')
    await answer()
    say('after')
    expect(seen.text).toBe('before meanwhile after')
    expect(core.asked).toEqual([0])
    // Earlier output is marked as a replay, with the offset up to which it is answered; each piece has its end offset.
    expect(seen.replays).toEqual([[17, 3]])
    expect(seen.endOffset).toBe(22)
  })

  it('is asked for again from where it stopped when the Link was lost', async () => {
    const { core, router, seen, sink, say, answer } = makeCore()
    router.attach('t', sink)
    await answer()
    say('one ')
    say('missed ', false)
    router.reconnected()
    say('two')
    await answer()
    expect(seen.text).toBe('one missed two')
    expect(core.asked).toEqual([0, 4])
  })

  it('notices a gap by itself', async () => {
    const { router, seen, sink, say, answer } = makeCore()
    router.attach('t', sink)
    await answer()
    say('missed ', false)
    say('heard')
    await answer()
    expect(seen.text).toBe('missed heard')
  })

  it('says how much is no longer kept', async () => {
    const { core, router, seen, sink, say, answer } = makeCore()
    say('0123456789')
    core.keptFrom = 6
    router.attach('t', sink)
    await answer()
    expect(seen.text).toBe('[6 missed before 6]6789')
  })

  it('survives a replay that fails, and takes it up when the Link is back', async () => {
    const { core, router, seen, sink, say, answer } = makeCore()
    say('kept')
    core.isReachable = false
    router.attach('t', sink)
    await answer()
    expect(seen.text).toBe('')
    core.isReachable = true
    router.reconnected()
    await answer()
    expect(seen.text).toBe('kept')
  })

  it('goes to the screen that was attached last, and to none after its detach', async () => {
    const { router, seen, sink, say, answer } = makeCore()
    router.attach('t', {
      ...sink,
      take: () => {
        throw new Error('replaced')
      },
    })
    const detach = router.attach('t', sink)
    await answer()
    say('a')
    detach()
    say('b')
    expect(seen.text).toBe('a')
  })

  it('begins where it is wanted', async () => {
    const { router, seen, sink, say, answer } = makeCore()
    say('0123456789')
    router.attach('t', sink, 10)
    await answer()
    say('after')
    expect(seen.text).toBe('after')
    expect(seen.endOffset).toBe(15)
  })
})
