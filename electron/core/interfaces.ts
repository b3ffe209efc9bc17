// Whether this computer has any network at all, told by its interfaces: no packet is sent for it.

import { networkInterfaces } from 'node:os'

/** Whether an interface beyond loopback has an address that reaches farther than its own cable. */
export function hasNetwork(interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces()): boolean {
  return Object.values(interfaces).some((addresses) =>
    (addresses ?? []).some(
      ({ internal, address }) => !internal && !address.startsWith('fe80:') && !address.startsWith('169.254.'),
    ),
  )
}
