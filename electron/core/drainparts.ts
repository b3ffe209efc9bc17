// The drains of the app, with their files: opened before the sessions, and disposed of after them.

import { toWireError } from '../../shared/errors'
import type { DrainView } from '../../shared/model/drain'
import type { HttpNetwork } from './drains/destinations/post'
import { openDrainFile } from './drains/drainfile'
import { Drains } from './drains/drains'
import { SecretStore, type FindKeyStore } from './drains/secrets'
import { systemClock } from './drains/time/clock'
import type { Journal } from './store/journal'

/** Options that the door sets. */
export interface DrainOptions {
  readonly dataDirectory: string
  readonly env: NodeJS.ProcessEnv
  /** Absent: secrets are kept in a file. */
  readonly findKeyStore?: FindKeyStore
  readonly resolveProxy?: ((url: string) => Promise<string>) | undefined
}

/** A way out of this computer, see aws/network.ts. */
interface Network {
  agentFor(url: string): Awaited<ReturnType<HttpNetwork['agentFor']>>
  destroy(): void
}

/** What the drains are made from. */
export interface DrainParts {
  /** Opens the way out of this computer. Called at the first use, and again where it has rejected. */
  readonly openNetwork: (
    options: Pick<DrainOptions, 'env' | 'resolveProxy'> & { readonly caBundle: string | undefined },
  ) => Promise<Network>
  /** The system's certificate authorities; undefined: Node's own. */
  readonly authorities: () => readonly string[] | undefined
  readonly settings: () => { readonly spoolMegabytes: number }
  readonly journal: Journal
  readonly changed: (views: readonly DrainView[]) => void
}

/** The open drains. Disposing leaves what has not arrived in their spools. */
export interface OpenDrains extends AsyncDisposable {
  readonly drains: Drains
  /** For each file: its contents in a word, and the path to which an unreadable one was moved; undefined: the file was readable. */
  readonly keptAside: readonly (readonly [what: string, path: string | undefined])[]
}

/** Opens the drains of a data directory. Rejects with `data-directory`. */
export async function openDrains(options: DrainOptions, parts: DrainParts): Promise<OpenDrains> {
  const { dataDirectory, findKeyStore, env, resolveProxy } = options
  const { openNetwork, authorities, settings, journal, changed } = parts
  const file = await openDrainFile(dataDirectory)
  const secrets = await SecretStore.open(dataDirectory, findKeyStore)
  let network: Promise<Network> | undefined
  const opened = async (): Promise<Network> => {
    network ??= openNetwork({ env, resolveProxy, caBundle: env['AWS_CA_BUNDLE'] })
    try {
      return await network
    } catch (error) {
      network = undefined
      throw error
    }
  }
  const drains = await Drains.open({
    dataDirectory,
    file,
    secrets,
    network: { agentFor: async (url) => (await opened()).agentFor(url), authorities },
    clock: systemClock,
    spoolMegabytes: () => settings().spoolMegabytes,
    changed,
    told: ({ name }, error) => {
      const fact =
        error === undefined
          ? ({ tone: 'up', text: `The drain "${name}" delivers again.` } as const)
          : ({
              tone: 'failed',
              text: `The drain "${name}" cannot deliver. Its records wait.`,
              error: toWireError(error),
            } as const)
      journal.add({ subject: { kind: 'app' }, ...fact })
    },
  })
  return {
    drains,
    keptAside: [
      ['saved drains', file.keptAside],
      ['secrets of drains', secrets.keptAside],
    ],
    [Symbol.asyncDispose]: async () => {
      await drains[Symbol.asyncDispose]()
      await Promise.all([file.close(), secrets.close()])
      await network?.then(
        (one) => one.destroy(),
        () => undefined,
      )
    },
  }
}
