// The doctor's calls for one account, over the account's own clients, credentials and network.

import { lookup } from 'node:dns/promises'
import type { Examination, KeysSource } from '../../../shared/examination'
import type { Calls } from '../calls'
import { until } from '../deadline'
import type { CredentialSource } from '../errors/sentences'
import type { Network } from '../network'
import { asError } from '../../../shared/errors'
import { servicePlaces, type PlacesOptions } from './places'
import { reach } from './reach'
import { tryKey, tryMachines, tryNodes, tryNodeTags, trySessions } from './trials'

/** The parts of an account that are examined. */
export interface ExaminedAccount extends PlacesOptions {
  readonly network: Network
  readonly calls: Calls
  readonly source: () => CredentialSource
}

function sourceWords(source: CredentialSource): KeysSource {
  switch (source.kind) {
    case 'given':
      return { words: 'keys that Culvert was given', isRenewed: undefined }
    case 'handed':
      return { words: 'keys that were handed over (culvert credentials)', isRenewed: false }
    case 'environment':
      return { words: 'environment variables (AWS_ACCESS_KEY_ID)', isRenewed: false }
    case 'platform':
      return { words: 'this machine (web identity, container or instance role)', isRenewed: true }
    case 'profile': {
      const { name, login } = source
      return login === undefined
        ? { words: `the profile "${name}"`, isRenewed: undefined }
        : { words: `the profile "${name}" (${login})`, isRenewed: true }
    }
  }
}

/** Makes the doctor's calls. The account owns everything that they use. */
export function examinationOf(account: ExaminedAccount): Examination {
  const { calls, clients, network, source } = account
  const trials = { calls, clients, region: account.settings.region, source }
  return {
    places: () => servicePlaces(account),
    addressesOf: async (hostname, signal) => {
      const answers = await until(lookup(hostname, { all: true }), signal, () => asError(signal.reason))
      return answers.map(({ address }) => address)
    },
    reach: (url, signal) => reach(url, network, signal),
    keysSource: () => sourceWords(source()),
    tryMachines: (signal) => tryMachines(trials, signal),
    tryNodes: (signal) => tryNodes(trials, signal),
    tryNodeTags: (nodeId, signal) => tryNodeTags(trials, nodeId, signal),
    trySessions: (target, signal) => trySessions(trials, target, signal),
    documentText: async (name, signal) => (await calls.sessionDocument(name, signal)).content,
    tryKey: (kmsKeyId, signal) => tryKey(trials, kmsKeyId, signal),
  }
}
