// culvert ssh-proxy: the raw bytes of one port of an instance on stdin and stdout, for ssh's ProxyCommand.
//
// Nothing but the tunnel's bytes is ever written to stdout. With keys that cannot be renewed, one line on stderr says how long it lives.

import type { Duplex, Readable } from 'node:stream'
import { once } from 'node:events'
import type { FoundHost } from '../../core/environments/finding'
import { aboutOf, documentOf, reasonOf, wishOf, type Command, type Printer } from '../context'
import { startDuration } from '../duration'
import { tellForecast } from '../forecast'
import { interrupted } from '../life'
import { onHost } from '../onhost'
import { takeKeys } from '../takekeys'
import { errorWords, wordLine } from '../text'

/**
 * After stdin has ended, bytes of the far end are delivered until it hangs up or is silent for this long. The raw session
 * has no half-close, so the far end never learns that stdin has ended and might wait for ever; ssh itself closes both ends at
 * once. Five seconds are more than any answer under way needs.
 */
const SILENCE_MS = 5_000

/** How long the last bytes of stdin may need to be acknowledged before the session is ended. */
const DRAIN_MS = 5_000

async function send(stdin: Readable, stream: Duplex): Promise<void> {
  for await (const chunk of stdin) {
    if (!stream.write(chunk)) await once(stream, 'drain')
  }
}

/** Delivers until the far end hangs up; `heard` is called for each piece. */
async function receive(stream: Duplex, stdout: Printer, heard: () => void): Promise<void> {
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) continue
    await stdout.write(chunk)
    heard()
  }
}

/** Joins stdin and stdout to the port until the far end hangs up or, after the end of stdin, falls silent. */
export const sshProxy: Command = async (context) => {
  const { environment, args, stdin, stdout, stderr, signal } = context
  const remotePort = args.port(args.positional(1), 'PORT')
  const document = documentOf(args)
  const wish = wishOf(args)
  await using _keys = await takeKeys('ssh-proxy', context)
  const open = async ({ instance, saved }: FoundHost) => {
    const options = { target: instance.id, remotePort, ...document, ...reasonOf(args), ...aboutOf(instance), signal }
    return { session: await environment.openRawSession(options), saved }
  }
  const { session, saved } = await onHost({ ...context, text: args.positional(0), wish }, open)
  await using _session = session
  using duration = startDuration(saved, 'the connection')
  // From now on the session waits for new credentials, of which ssh itself shows nothing.
  environment.login.onChange(() => {
    const { ended } = environment.login
    if (ended !== undefined) void stderr.write(wordLine(`Waiting for credentials: ${errorWords(ended.error)}`))
  })
  const { stream } = session
  await tellForecast(session.forecast, stderr)
  let timer: NodeJS.Timeout | undefined
  try {
    let heard = (): void => undefined
    const received = receive(stream, stdout, () => heard())
    const silent = async (): Promise<void> => {
      await send(stdin, stream)
      await session.drained(DRAIN_MS)
      await new Promise<void>((resolve) => {
        heard = () => {
          clearTimeout(timer)
          timer = setTimeout(resolve, SILENCE_MS)
        }
        heard()
      })
    }
    // Writing into a connection that has ended fails too. `received` tells whether that end was an error.
    const sent = silent().catch(() => received)
    await Promise.race([received, sent, interrupted(signal), duration.exceeded])
    return 0
  } finally {
    clearTimeout(timer)
  }
}
