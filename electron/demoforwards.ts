// The ready forwards of the Demo: three that answer and one whose destination refuses. All are off until they are toggled.
//
// The simulator has what is behind them (simulator/world/world.ts). Doors hand them to the core, which knows nothing of the Demo.

import type { ReadyForward } from './core/forwards/ready'

function through(name: string): Pick<ReadyForward, 'target' | 'startAtLaunch'> {
  return { target: { kind: 'name', name }, startAtLaunch: false }
}

/** By name. Their ports are the usual ones of their services, moved up to where nothing else should be. */
export const demoForwards: readonly ReadyForward[] = [
  { name: 'demo-echo', ...through('checkout-api-1'), remotePort: 7, localPort: 10_007 },
  { name: 'demo-page', ...through('web-2'), remoteHost: 'intranet.internal', remotePort: 80, localPort: 18_080 },
  {
    name: 'demo-redis',
    ...through('cache-warmer'),
    remoteHost: 'cache.internal',
    remotePort: 6_379,
    localPort: 16_379,
  },
  {
    name: 'demo-refused',
    ...through('orders-db-bastion'),
    remoteHost: 'orders-db.internal',
    remotePort: 5_432,
    localPort: 15_432,
  },
]
