// Instances of a large account, for tests of what a page takes.

import type { Instance } from '../../shared/model/instance'

/** As many instances as a large account has, each with as many tags as are used there: over 16 Mi characters. */
export function manyInstances(count = 10_000): Instance[] {
  const tags = Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [`company:cost-centre:${index}`, `a value as long as they are: ${index}`]),
  )
  return Array.from({ length: count }, (_, index) => ({
    id: `i-${String(index).padStart(17, '0')}`,
    kind: 'ec2',
    name: `machine-${index}`,
    tags,
    platform: 'linux',
    state: 'running',
    agent: 'online',
  })) as unknown as Instance[]
}
