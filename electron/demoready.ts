// The first line of a simulator that was started: where it listens, and the credentials of this start.
//
// Shared by both ways to start it (demo.ts, demoelectron.ts). Waits for the line, bounds it, and checks it. Does not own the
// child.

import * as z from 'zod'

/** From start to ready takes a third of a second; a machine that needs this long is stuck. */
const READY_MS = 10_000

/** A first line longer than this is not the one we wait for. */
const MAX_LINE = 10_000

const readyLine = z.object({
  endpointUrl: z.url({ protocol: /^http$/, hostname: /^127\.0\.0\.1$/ }),
  region: z.string().min(1),
  credentials: z.object({
    accessKeyId: z.string().min(1),
    secretAccessKey: z.string().min(1),
    sessionToken: z.string().min(1),
  }),
  hasRealShells: z.boolean().default(true),
})

/** What a started simulator says. */
type Ready = z.infer<typeof readyLine>

/** The simulator is ready, or `problem` says why not: the beginning of a sentence that quotes nothing of its output. */
export type Readiness = { readonly ready: Ready } | { readonly problem: string }

/**
 * Reads the first line of `stdout`, which goes on being read and is thrown away. `ended` resolves with how the child has ended.
 * Resolves with a problem when it ends first, says something else, or takes longer than `readyMs`. Never rejects.
 */
export function readReady(
  stdout: NodeJS.ReadableStream,
  ended: Promise<string>,
  readyMs: number = READY_MS,
): Promise<Readiness> {
  return new Promise((resolve) => {
    let text = ''
    const finish = (readiness: Readiness): void => {
      clearTimeout(timer)
      stdout.off('data', take)
      stdout.resume()
      resolve(readiness)
    }
    const take = (piece: string): void => {
      text += piece
      const length = text.indexOf('\n')
      if (length !== -1) finish(parseReady(text.slice(0, length)))
      else if (text.length > MAX_LINE) finish({ problem: 'it said something else' })
    }
    const timer = setTimeout(() => finish({ problem: 'it was not ready in time' }), readyMs)
    stdout.setEncoding('utf8').on('data', take)
    void ended.then((how) => finish({ problem: how }))
  })
}

// The problem has no error as its cause: JSON's and zod's could quote the credentials.
function parseReady(line: string): Readiness {
  const problem = 'it did not say where it listens'
  try {
    const parsed = readyLine.safeParse(JSON.parse(line))
    return parsed.success ? { ready: parsed.data } : { problem }
  } catch {
    return { problem }
  }
}
