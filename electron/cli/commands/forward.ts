// culvert forward: one forward for as long as the command runs.
//
// Stable output with --json, one object a line:
//   {"type":"listening","host":"127.0.0.1","port":N,"sessionId":"…"}   once, first, when it can carry data
//   {"type":"state","kind":"up" | "reconnecting" | "failed" | "off", …}  the state now, then each change (TunnelState)
//   {"type":"event","kind":"connection-opened" | …}                      as they happen (TunnelEvent)
// The state is printed again every few seconds while stdout is a pipe or a socket: writing is the only way to notice
// that its reader has gone. Fields, states and events may be added.

import { printableJson, shownName } from '../../../shared/foreigntext'
import type { TunnelEvent, TunnelState } from '../../../shared/model/forward'
import type { Instance } from '../../../shared/model/instance'
import { hostWords } from '../../../shared/status'
import { savedDocument } from '../../core/authorizations/fromtarget'
import { isSavedTarget, type FoundHost } from '../../core/environments/finding'
import { pickFor } from '../../core/environments/picking'
import { isExact } from '../../core/environments/targets'
import type { HostPick, Tunnel } from '../../core/tunnels/parts'
import { aboutOf, documentOf, reasonOf, wishOf, type Command, type CommandContext } from '../context'
import { Interruption, interrupted } from '../life'
import { startDuration } from '../duration'
import { tellForecast } from '../forecast'
import { onHost } from '../onhost'
import { takeKeys } from '../takekeys'
import { errorWords, wordLine } from '../text'

/** A closed stdout is noticed within this time also when nothing happens. */
const REPEAT_MS = 5_000

/** A Name is looked up again at a new session, at most this often. */
const LOOK_AGAIN_MS = 10_000

/** Longer for people, who would be annoyed by a line every five seconds. */
const REPEAT_FOR_PEOPLE_MS = 60_000

/** Where the forward leads from its instance. `host` undefined: to itself. */
interface Way {
  readonly host: string | undefined
  readonly port: number
}

/** Prints what happens to a forward, in one of the two styles. */
interface Reporter {
  listening(tunnel: Tunnel, state: TunnelState): Promise<void>
  state(state: TunnelState): Promise<void>
  event(event: TunnelEvent): Promise<void>
  /** Prints the state again, to notice a reader that has gone. */
  repeat(state: TunnelState): Promise<void>
  readonly repeatMs: number
}

function jsonReporter({ stdout }: CommandContext): Reporter {
  const print = (line: object): Promise<void> => stdout.write(`${printableJson(line)}\n`)
  const state = (now: TunnelState): Promise<void> => print({ type: 'state', ...now })
  return {
    listening: ({ host, port, sessionId }) => print({ type: 'listening', host, port, sessionId }),
    state,
    event: (event) => print({ type: 'event', ...event }),
    repeat: state,
    repeatMs: REPEAT_MS,
  }
}

function textReporter({ stdout, stderr }: CommandContext, instance: Instance, way: Way): Reporter {
  const say = (text: string): Promise<void> => stderr.write(wordLine(text))
  const name = instance.name === '' ? instance.id : `${shownName(instance.name)} (${instance.id})`
  const { host, port } = way
  const destination =
    host === undefined ? `${name} port ${String(port)}` : `${shownName(host)}:${String(port)} by ${name}`
  let openConnections = 0
  let isIpv6Missing = false
  return {
    listening: async (tunnel, state) => {
      const local = String(tunnel.port)
      const also = isIpv6Missing ? '' : ` and [::1]:${local}`
      await stdout.write(`Forwarding ${tunnel.host}:${local}${also} -> ${destination}\n`)
      if (state.kind === 'up') await tellForecast(state, stderr)
    },
    state: async (state) => {
      if (state.kind === 'waiting') await say(`Waiting for ${state.for}: ${errorWords(state.cause)}`)
      if (state.kind === 'reconnecting' && state.attempt === 1) {
        await say(`The connection is lost (${state.cause.message}); reconnecting.`)
      }
    },
    event: async (event) => {
      switch (event.kind) {
        case 'connection-opened':
          openConnections += 1
          return
        case 'connection-closed':
          openConnections -= 1
          return
        case 'connection-answered':
          return
        case 'connection-failed':
          return say(`Connection ${String(event.connectionId)}: ${event.error.code}: ${event.error.message}`)
        case 'resumed':
          return say(`Reconnected after ${String(Math.round(event.pausedMs / 1_000))} s.`)
        case 'restarted': {
          const lost = String(event.connectionsLost)
          return say(`The session was gone (${event.cause.message}); a new one runs. Connections lost: ${lost}.`)
        }
        case 'moved':
          return say(`Moved from ${hostWords(event.from)} to ${hostWords(event.to)} (${event.cause.message})`)
        case 'notice':
          // The one address that may be missing.
          isIpv6Missing = true
          return say(event.text)
      }
    },
    repeat: () => stdout.write(`Still forwarding; connections open: ${String(openConnections)}\n`),
    repeatMs: REPEAT_FOR_PEOPLE_MS,
  }
}

/** What picks the host of each session: of a set after a failover, of a Name after its instance was replaced. */
function pickOf({ environment, args }: CommandContext, found: FoundHost): HostPick {
  const target = { kind: 'text', text: args.positional(0), wish: wishOf(args) } as const
  return pickFor({ target, environment, lookAgainMs: LOOK_AGAIN_MS, onFound: () => undefined }, found)
}

/** Runs a forward until it fails or the command is told to end, which is its ordinary ending: exit status 0. */
export const forward: Command = async (context) => {
  const { environment, args, stderr, isPiped, signal } = context
  const text = args.positional(0)
  const givenPort = args.portOption('remote-port')
  if (givenPort === undefined && !isSavedTarget(text)) throw args.usage('forward needs --remote-port')
  const localPort = args.portOption('local-port')
  const remoteHost = args.value('host')
  const document = documentOf(args)
  const wish = wishOf(args)
  await using _keys = await takeKeys('forward', context)
  try {
    let reporter = jsonReporter(context)
    let state: TunnelState = { kind: 'connecting' }
    // Lines leave in the order in which things happened; what happens before `listening` waits for it.
    let isListening = false
    let lines = Promise.resolve()
    let early: TunnelEvent[] = []
    const print = (write: () => Promise<void>): void => {
      lines = lines.then(write)
    }
    const open = async (found: FoundHost): Promise<{ tunnel: Tunnel; found: FoundHost }> => {
      const { instance, saved } = found
      const remotePort = givenPort ?? saved?.defaultPort
      if (remotePort === undefined) throw args.usage(`forward needs --remote-port: ${text} has no default port`)
      const host = remoteHost ?? (givenPort === undefined ? saved?.remoteHost : undefined)
      if (!args.flag('json')) reporter = textReporter(context, instance, { host, port: remotePort })
      early = []
      const savedFor = savedDocument(saved, 'port')
      const tunnel = await environment.openTunnel({
        target: isExact(text) ? instance.id : pickOf(context, found),
        remotePort,
        ...(host === undefined ? {} : { remoteHost: host }),
        ...(localPort === undefined ? {} : { localPort }),
        ...(savedFor === undefined ? {} : { document: savedFor }),
        ...document,
        maxConnections: () => saved?.connectionLimit,
        ...reasonOf(args),
        ...aboutOf(instance),
        signal,
        onState: (next) => {
          state = next
          if (isListening) print(() => reporter.state(next))
        },
        onEvent: (event) => {
          // Connections that work are not printed; those that fail are.
          if (event.kind === 'connection-answered') return
          if (isListening) print(() => reporter.event(event))
          else early.push(event)
        },
      })
      return { tunnel, found }
    }
    const { tunnel, found } = await onHost({ ...context, text, wish }, open)
    using duration = startDuration(found.saved, 'the forward')
    const repeat = setInterval(() => print(() => reporter.repeat(state)), reporter.repeatMs)
    if (!isPiped) clearInterval(repeat)
    try {
      const notices = early.filter(({ kind }) => kind === 'notice')
      const others = early.filter(({ kind }) => kind !== 'notice')
      if (!args.flag('json')) for (const notice of notices) await reporter.event(notice)
      const now = state
      isListening = true
      print(() => reporter.listening(tunnel, now))
      print(() => reporter.state(now))
      for (const event of args.flag('json') ? early : others) print(() => reporter.event(event))
      const limit = await Promise.race([tunnel.ended, interrupted(signal), duration.passed])
      if (limit !== undefined) print(() => stderr.write(wordLine(limit)))
      return 0
    } finally {
      clearInterval(repeat)
      await tunnel[Symbol.asyncDispose]()
      await lines
    }
  } catch (error) {
    if (error instanceof Interruption) return 0
    throw error
  }
}
