// How the files of this folder send their calls to ECS.

import type { ECSClient } from '@aws-sdk/client-ecs'
import type { Clients } from '../clients'
import type { Patience } from '../credentials/renewal'
import type { EcsSubject } from '../errors/ecs'
import type { Sender } from '../sender'

/** A call to ECS: its IAM action, and what it is about, for its errors. */
interface EcsCall {
  readonly action: `ecs:${string}`
  readonly about?: EcsSubject
  /** See `Subject`. */
  readonly patience?: Patience
}

/** Sends one call. Rejects with an `AppError`, or with the reason of `signal`. */
export type SendEcs = <T>(
  call: EcsCall,
  signal: AbortSignal,
  send: (client: ECSClient, options: { readonly abortSignal: AbortSignal }) => Promise<T>,
) => Promise<T>

/** The parts that every file of this folder is given. */
export interface EcsParts {
  readonly region: string
  readonly send: SendEcs
}

/** Makes the sending of an account's calls to ECS. */
export function ecsParts(options: {
  readonly region: string
  readonly clients: Pick<Clients, 'ecs'>
  readonly sender: Sender
}): EcsParts {
  const { region, clients, sender } = options
  return {
    region,
    send: ({ action, about, patience }, signal, send) =>
      sender.send(
        { action, ...(about === undefined ? {} : { ecs: about }), ...(patience === undefined ? {} : { patience }) },
        signal,
        async (abortSignal) => send(await clients.ecs(), { abortSignal }),
      ),
  }
}
