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
import type { Tunnel } from '../../core/tunnels/parts'
import { aboutOf, documentOf, reasonOf, type Command, type CommandContext } from '../context'
import { Interruption, interrupted } from '../life'
import { tellForecast } from '../forecast'
import { takeKeys } from '../takekeys'
import { errorWords, wordLine } from '../text'

/** A closed stdout is noticed within this time also when nothing happens. */
const REPEAT_MS = 5_000

/** Longer for people, who would be annoyed by a line every five seconds. */
const REPEAT_FOR_PEOPLE_MS = 60_000

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

function textReporter({ stdout, stderr, args }: CommandContext, instance: Instance): Reporter {
  const say = (text: string): Promise<void> => stderr.write(wordLine(text))
  const host = args.value('host')
  const port = args.value('remote-port') ?? ''
  const name = instance.name === '' ? instance.id : `${shownName(instance.name)} (${instance.id})`
  const destination = host === undefined ? `${name} port ${port}` : `${shownName(host)}:${port} by ${name}`
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

/** Runs a forward until it fails or the command is told to end, which is its ordinary ending: exit status 0. */
export const forward: Command = async (context) => {
  const { environment, args, isPiped, signal } = context
  const remotePort = args.portOption('remote-port')
  if (remotePort === undefined) throw args.usage('forward needs --remote-port')
  const localPort = args.portOption('local-port')
  const remoteHost = args.value('host')
  const document = documentOf(args)
  await using _keys = await takeKeys('forward', context)
  try {
    const instance = await environment.resolveTarget(args.positional(0), signal)
    const reporter = args.flag('json') ? jsonReporter(context) : textReporter(context, instance)
    let state: TunnelState = { kind: 'connecting' }
    // Lines leave in the order in which things happened; what happens before `listening` waits for it.
    let isListening = false
    let lines = Promise.resolve()
    const early: TunnelEvent[] = []
    const print = (write: () => Promise<void>): void => {
      lines = lines.then(write)
    }
    const tunnel = await environment.openTunnel({
      target: instance.id,
      remotePort,
      ...(remoteHost === undefined ? {} : { remoteHost }),
      ...(localPort === undefined ? {} : { localPort }),
      ...document,
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
      await Promise.race([tunnel.ended, interrupted(signal)])
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
