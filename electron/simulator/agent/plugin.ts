// What an agent session and its plugin (shell, command, port) know of each other. Types only.

import type { Duplex } from 'node:stream'
import type { Place } from '../shells/processes'
import type { Terminal, TerminalListener } from '../shells/pty'

/** What a session is for, after the document's parameters were put in. */
export type SessionPlan =
  | { readonly kind: 'shell' }
  | { readonly kind: 'interactive-command'; readonly command: string }
  | { readonly kind: 'command'; readonly command: string; readonly hasSeparateOutput: boolean }
  | { readonly kind: 'port'; readonly properties: Readonly<Record<string, string>> }

/** How a session ended at the agent; `output` is what the service shows in `channel_closed`. */
export interface SessionEnd {
  readonly status: 'Success' | 'Failed'
  readonly output: string
}

/**
 * What became of a payload: handled (it is acknowledged), or not taken because the plugin is not ready (no
 * acknowledgement, the client sends it again). A promise blocks the agent's reader until it resolves; then it counts as
 * handled. A throw is a handler error: logged, not acknowledged.
 */
export type Handled = 'handled' | 'not-ready' | Promise<void>

/** One running session type. */
export interface Plugin {
  /** Takes the payload of one `input_stream_data` that is not part of the handshake. `payload` may be kept. */
  receive(payloadType: number, payload: Buffer): Handled
  /** Ends it: processes are killed, connections destroyed. Idempotent; resolves when nothing is left. */
  dispose(): Promise<void>
}

/** What a plugin sees of its session. */
export interface PluginSession {
  readonly sessionId: string
  /** As the client reported it in the handshake; "" without one. */
  readonly clientVersion: string
  readonly agentVersion: string
  readonly computer: Computer
  readonly settings: AgentSettings
  /** Numbers, stores and (unless paused) sends one payload, whatever {@link canSend} says. */
  send(payloadType: number, payload: Buffer): void
  /** Whether a producer of output should send now: not paused, and the way to the service has room. */
  canSend(): boolean
  /** Calls `listener` each time when {@link canSend} may have become true; returns the unsubscribe. */
  onCanSend(listener: () => void): () => void
  /** The plugin's work is over. The session waits for acknowledgements, then closes. */
  finish(end: SessionEnd): void
}

/** The machine that an agent runs on, as far as a session can see it. */
export interface Computer {
  /** The Name tag, else the id. */
  readonly name: string
  /** Present on a Windows machine: the facts that its simulated shell prints. */
  readonly windows?: { readonly privateIp: string }
  /** Present in a container. Rejects once the container has stopped. */
  readonly container?: () => Promise<ContainerRoom>
  /** Connects to a port of the machine itself (`host` undefined) or of another host; rejects when it cannot. */
  dial(host: string | undefined, port: number, signal: AbortSignal): Promise<Duplex>
  /** The address that makes `host` a forbidden destination, if one does. */
  forbiddenAddress(host: string): string | undefined
}

/** A container that an agent runs in, as far as its sessions see it. Commands run in it without a shell, and what they leave behind stays. */
export interface ContainerRoom {
  /** For the line that says where a shell really runs. */
  readonly name: string
  /** Where commands run. Disposing it ends nothing. */
  enter(): Place
  /** The program that a word of a command line starts; undefined: the container has none of that name. */
  find(word: string): string | undefined
  /** Runs a command line on a terminal. Rejects, in the agent's words, where it cannot. */
  open(line: string, listener: TerminalListener): Promise<Terminal>
}

/** How the simulated agents behave. */
export interface AgentSettings {
  /** Output at 1,024 bytes a millisecond, as an agent does it; otherwise as fast as the client takes it. */
  readonly isPaced: boolean
  /** From the start of a shell to its first output. The agent waits 1,000 ms. */
  readonly shellDelayMs: number
  /** Whether shells may run on a pseudo terminal of this computer. */
  readonly hasPty: boolean
  /** Whether a shell starts with the line that says where it really runs. */
  readonly hasBanner: boolean
  /** The simulator's folder: where shells and commands have their homes. */
  readonly folder: string
}
